import { parseRecord } from './parsed-record.js';
import type { RecordFormat } from './record-format.js';

const DATA = Buffer.from(',"data":');
const END = Buffer.from('}');

/**
 * CloudEvents 1.0, structured JSON. `data` is the record, byte for byte: the chain can be checked after it. An event of more than 64 KiB
 * need not be forwarded by intermediaries.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export const cloudEvents: RecordFormat = {
  name: 'cloudevents',
  contentType: 'application/cloudevents+json',
  arrayContentType: 'application/cloudevents-batch+json',
  encode(record) {
    const { id, type, time, v, writer, agent } = parseRecord(record);
    const attributes = {
      specversion: '1.0',
      id,
      source: `/countersign/journals/${encodeURIComponent(wellFormed(writer.id))}`,
      type: `countersign.${type}.v${String(v)}`,
      time,
      datacontenttype: 'application/json',
      // An attribute must not be an empty string.
      ...(agent !== undefined && agent.subject !== '' && { subject: wellFormed(agent.subject) }),
    };
    const head = Buffer.from(JSON.stringify(attributes));
    return Buffer.concat([head.subarray(0, -1), DATA, record, END]);
  },
};

/** Half of a surrogate pair cannot be percent-encoded, and is forbidden in an attribute. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
