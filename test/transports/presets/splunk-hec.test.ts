import { expect, test } from 'vitest';

import { cef, splunkHec, type SplunkHecOptions } from '../../../src/transports/index.js';
import { deniedStatement, maskedStatement } from '../formats/sample-records.js';
import { batchOf, calm, startReceiver, type Received } from '../receiver.js';
import { eventCollector, type EventCollector } from './event-collector.js';

const TOKEN = '11111111-2222-3333-4444-555555555555';
const CHANNEL = 'fe0ecfad-13d5-401b-847d-77833bd77131';
const batch = batchOf(deniedStatement, maskedStatement);

interface Collector extends EventCollector {
  readonly url: string;
  readonly received: Received[];
}

async function startCollector(indexedAfter?: number): Promise<Collector> {
  const collector = eventCollector(TOKEN, indexedAfter);
  return { ...collector, ...(await startReceiver(collector.answer)) };
}

test('records arrive as events with their time and metadata', async () => {
  const { url, events, received } = await startCollector();
  const transport = splunkHec({ url, token: async () => TOKEN, index: 'audit', host: 'agent-host' });
  expect(transport.name).toBe('splunk');
  expect(await transport.send(batch, calm)).toEqual({ status: 'accepted' });
  const time = Date.parse(deniedStatement.time) / 1000 + 0.000456;
  expect(events).toEqual([
    {
      time: expect.closeTo(time, 6) as number,
      sourcetype: 'countersign',
      host: 'agent-host',
      index: 'audit',
      event: deniedStatement,
    },
    expect.objectContaining({ event: maskedStatement }),
  ]);
  expect(received[0]?.headers['content-encoding']).toBe('gzip');
  await transport.close?.();
});

test('an event of text is a string', async () => {
  const { url, events } = await startCollector();
  await splunkHec({ url, token: TOKEN, format: cef }).send(batch, calm);
  expect(events[0]?.['event']).toMatch(/^CEF:0\|/);
});

test('a wrong token is tried again, and never told', async () => {
  const { url } = await startCollector();
  const result = await splunkHec({ url, token: 'wrong-token' }).send(batch, calm);
  expect(result).toMatchObject({ status: 'retry', reason: expect.stringContaining('Invalid token') as string });
  expect(JSON.stringify(result)).not.toContain('wrong-token');
});

test.each([
  [503, 9, 'retry'],
  [500, 8, 'retry'],
  [403, 1, 'retry'],
  [400, 7, 'retry'],
  [400, 10, 'retry'],
  [400, 6, 'rejected'],
  [400, 13, 'rejected'],
  [400, 15, 'rejected'],
  [413, 0, 'rejected'],
])('an answer of %d with code %d is taken as %s', async (status, code, expected) => {
  const { url } = await startReceiver(() => ({ status, body: { code }, headers: { 'retry-after': '3' } }));
  const result = await splunkHec({ url, token: TOKEN }).send(batch, calm);
  expect(result.status).toBe(expected);
  if (status === 503) expect(result).toMatchObject({ afterMs: 3000 });
});

const acknowledged = (url: string, timeoutMs = 10_000): SplunkHecOptions => ({
  url,
  token: TOKEN,
  acknowledgement: { channel: CHANNEL, pollMs: 5, timeoutMs },
});

test('with acknowledgement a batch is accepted once indexers have it', async () => {
  const { url, received } = await startCollector(2);
  const transport = splunkHec(acknowledged(url));
  expect(await transport.send(batch, calm)).toEqual({ status: 'accepted' });
  const question = `/services/collector/ack?channel=${CHANNEL}`;
  expect(received.map(({ path }) => path)).toEqual(['/services/collector/event', question, question, question]);
  expect(received[1]?.body).toBe('{"acks":[7]}');
  await transport.close?.();
});

test('a batch that is not indexed in time is sent again, and so is one of a token without acknowledgement', async () => {
  const slow = await startCollector(1_000_000);
  expect(await splunkHec(acknowledged(slow.url, 50)).send(batch, calm)).toMatchObject({
    status: 'retry',
    reason: expect.stringContaining('not indexed within 50 ms') as string,
  });
  const off = await startCollector();
  expect(await splunkHec(acknowledged(off.url)).send(batch, calm)).toMatchObject({
    status: 'retry',
    reason: expect.stringContaining('no ackId') as string,
  });
});

test('an abort ends the wait for indexers', async () => {
  const { url } = await startCollector(1_000_000);
  const result = await splunkHec(acknowledged(url, 60_000)).send(batch, AbortSignal.timeout(200));
  expect(result.status).toBe('retry');
});

test('every bad option is named', () => {
  const options = { url: 'http://splunk.example', token: 'a b', acknowledgement: { channel: 'x' }, colour: 1 };
  expect(() => splunkHec(options)).toThrow(
    /url: .*token: .*acknowledgement.channel: .*colour: there is no such option/,
  );
});
