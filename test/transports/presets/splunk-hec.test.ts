import { expect, test } from 'vitest';

import { cef, splunkHec, type SplunkHecOptions } from '../../../src/transports/index.js';
import { deniedStatement, maskedStatement } from '../formats/sample-records.js';
import { batchOf, calm, startReceiver, type Answer, type Received } from '../receiver.js';

const TOKEN = '11111111-2222-3333-4444-555555555555';
const CHANNEL = 'fe0ecfad-13d5-401b-847d-77833bd77131';
const batch = batchOf(deniedStatement, maskedStatement);

interface Collector {
  readonly url: string;
  readonly received: Received[];
  readonly events: Record<string, unknown>[];
}

/**
 * An HTTP Event Collector as Splunk documents it: objects one after another, no array; answers by code. `indexedAfter` switches
 * acknowledgement on, and says how many questions are answered with no.
 */
async function startCollector(indexedAfter?: number): Promise<Collector> {
  const events: Record<string, unknown>[] = [];
  let questions = 0;
  const { url, received } = await startReceiver(({ path, headers, body }): Answer => {
    const channel = headers['x-splunk-request-channel'];
    if (headers.authorization === undefined) return { status: 401, body: { text: 'Token is required', code: 2 } };
    if (headers.authorization !== `Splunk ${TOKEN}`) return { status: 403, body: { text: 'Invalid token', code: 4 } };
    if (indexedAfter !== undefined && channel === undefined) {
      return { status: 400, body: { text: 'Data channel is missing', code: 10 } };
    }
    if (path === `/services/collector/ack?channel=${String(channel)}`) {
      const { acks } = JSON.parse(body) as { acks: number[] };
      const isIndexed = questions++ >= (indexedAfter ?? 0);
      return { status: 200, body: { acks: Object.fromEntries(acks.map((id) => [id, isIndexed])) } };
    }
    if (path !== '/services/collector/event') return { status: 404, body: { text: 'Not found', code: 404 } };
    const read = readObjects(body);
    const bad = read.findIndex(({ event }) => event === undefined || event === '');
    if (bad >= 0) {
      return { status: 400, body: { text: 'Event field is required', code: 12, 'invalid-event-number': bad } };
    }
    events.push(...read);
    return { status: 200, body: { text: 'Success', code: 0, ...(indexedAfter !== undefined && { ackId: 7 }) } };
  });
  return { url, received, events };
}

/** Objects one after another. The records of these tests have no braces in their texts. */
function readObjects(body: string): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < body.length; at++) {
    if (body[at] === '{') depth++;
    if (body[at] === '}' && --depth === 0) {
      found.push(JSON.parse(body.slice(start, at + 1)) as Record<string, unknown>);
      start = at + 1;
    }
  }
  expect(body.slice(start)).toBe('');
  return found;
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
