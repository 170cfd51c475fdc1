import type { RecordBatch, SendResult, Transport } from '../../audit/index.js';
import { parseRecord } from '../formats/parsed-record.js';
import { isJson } from '../formats/record-format.js';
import { isSuccess, objectIn, rejectionOf, retryOf } from '../http-answer.js';
import { joinRecords } from '../joined-records.js';
import { HttpReceiver, type ReceiverAnswer } from '../http-receiver.js';
import { currentSecret, routeOf } from '../receiver-options.js';
import { SplunkIndexers } from './splunk-indexers.js';
import { checkSplunkOptions, type CheckedSplunkOptions, type SplunkHecOptions } from './splunk-options.js';

/** Codes in an answer of 400 that blame the data: invalid format, no event, an empty event, indexed fields. Others can be mended. */
const BAD_DATA: ReadonlySet<unknown> = new Set([6, 12, 13, 15]);

/**
 * Sends records to the HTTP Event Collector of Splunk, one JSON object after another. Without `acknowledgement` an answer of 2xx says that
 * Splunk took the batch into its queue; with it, that indexers have it.
 * @throws FailureError `OPTIONS_INVALID`
 * @see https://help.splunk.com/en/splunk-enterprise/get-started/get-data-in/10.0/get-data-with-http-event-collector
 * @example
 * ```ts
 * splunkHec({ url: 'https://splunk.example:8088', token: process.env.SPLUNK_TOKEN ?? '', index: 'audit' });
 * ```
 */
export function splunkHec(options: SplunkHecOptions): Transport {
  const checked = checkSplunkOptions(options);
  const url = routeOf(checked.url, '/services/collector/event');
  const receiver = new HttpReceiver({ ...checked, url });
  const indexers = checked.acknowledgement && new SplunkIndexers(checked, checked.acknowledgement);
  return {
    name: checked.name,
    acknowledges: indexers !== undefined,
    async send(batch, signal) {
      const headers = await headersOf(checked);
      const answer = await receiver.post(headers, bodyOf(checked, batch), signal);
      if (typeof answer === 'string') return { status: 'retry', reason: answer };
      if (!isSuccess(answer)) return refusalOf(answer);
      return indexers === undefined
        ? { status: 'accepted' }
        : indexers.confirm(objectIn(answer)?.['ackId'], headers, signal);
    },
    async close() {
      receiver.close();
      indexers?.close();
    },
  };
}

async function headersOf({ token, acknowledgement }: CheckedSplunkOptions): Promise<Record<string, string>> {
  return {
    'content-type': 'application/json',
    authorization: `Splunk ${await currentSecret(token)}`,
    ...(acknowledgement && { 'x-splunk-request-channel': acknowledgement.channel }),
  };
}

function bodyOf(options: CheckedSplunkOptions, { records }: RecordBatch): Buffer {
  return joinRecords(
    records.map((record) => eventOf(options, record)),
    'concatenated',
  );
}

const EVENT = Buffer.from(',"event":');
const END = Buffer.from('}');

function eventOf({ format, host, source, sourcetype, index }: CheckedSplunkOptions, record: Buffer): Buffer {
  const head = Buffer.from(JSON.stringify({ time: epochSeconds(record), sourcetype, host, source, index }));
  const encoded = format.encode(record);
  const event = isJson(format) ? encoded : Buffer.from(JSON.stringify(encoded.toString()));
  return Buffer.concat([head.subarray(0, -1), EVENT, event, END]);
}

/** Seconds since the epoch with the record's microseconds. Undefined lets Splunk take its own time. */
function epochSeconds(record: Buffer): number | undefined {
  const { time } = parseRecord(record);
  const ms = Date.parse(time);
  const [, fraction = '0'] = /\.(\d+)Z$/.exec(time) ?? [];
  return Number.isNaN(ms) ? undefined : Number(`${String(Math.floor(ms / 1000))}.${fraction}`);
}

function refusalOf(answer: ReceiverAnswer): SendResult {
  const isBadData = answer.status === 400 && BAD_DATA.has(objectIn(answer)?.['code']);
  return isBadData || answer.status === 413 ? rejectionOf(answer) : retryOf(answer);
}
