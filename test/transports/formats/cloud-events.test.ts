import { CloudEvent, HTTP } from 'cloudevents';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { cloudEvents } from '../../../src/transports/index.js';
import { bytesOf, eventRecord, hostileText, statementRecord } from './record-arbitrary.js';
import { deniedStatement, sampleRecords } from './sample-records.js';

/** The event as the official SDK reads it off an HTTP request. Throws where it is not a valid one. */
function received(record: object): CloudEvent<unknown> {
  const body = cloudEvents.encode(bytesOf(record)).toString();
  const event = HTTP.toEvent<unknown>({ headers: { 'content-type': cloudEvents.contentType }, body });
  if (!(event instanceof CloudEvent)) throw new Error('not one event');
  event.validate();
  return event;
}

test('a statement becomes a CloudEvent with the record as its data', () => {
  expect(received(deniedStatement)).toMatchObject({
    specversion: '1.0',
    id: deniedStatement.id,
    source: '/countersign/journals/w-1',
    type: 'countersign.statement.v1',
    subject: 'agent-7',
    datacontenttype: 'application/json',
    data: deniedStatement,
  });
});

test('the data are the bytes of the record', () => {
  const bytes = bytesOf(deniedStatement);
  expect(cloudEvents.encode(bytes).includes(Buffer.concat([Buffer.from('"data":'), bytes, Buffer.from('}')]))).toBe(
    true,
  );
});

test('every type of record is a valid CloudEvent', () => {
  for (const record of sampleRecords) expect(received(record).type).toBe(`countersign.${record.type}.v1`);
});

test('a batch is read by the SDK', () => {
  const body = `[${sampleRecords.map((record) => cloudEvents.encode(bytesOf(record)).toString()).join(',')}]`;
  const headers = { 'content-type': cloudEvents.arrayContentType ?? '' };
  expect(HTTP.toEvent({ headers, body })).toHaveLength(sampleRecords.length);
});

test('whatever the texts, the event is valid and says the same', () => {
  fc.assert(
    fc.property(fc.oneof(statementRecord(hostileText), eventRecord(hostileText)), (record) => {
      expect(received(record).data).toEqual(JSON.parse(JSON.stringify(record)));
    }),
  );
});
