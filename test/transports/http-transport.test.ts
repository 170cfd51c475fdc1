import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { httpTransport, type HttpTransportOptions } from '../../src/transports/index.js';
import { afterThisTest } from '../audit/trail-fixtures.js';
import { recordTexts, startReceiver, startSilent } from './http-receiver.js';
import { expectTenThousand } from './ten-thousand.js';

const batch = { id: 'writer-1-2', records: [Buffer.from('{"a":"é"}'), Buffer.from('{"b":2}')] };
const send = (options: HttpTransportOptions): Promise<{ status: string; afterMs?: number }> =>
  httpTransport(options).send(batch, new AbortController().signal);

test('a batch is posted as compressed JSON with its id, token and headers', async () => {
  const { url, received } = await startReceiver({ status: 200, body: '{}' });
  const headers = { 'x-tenant': 't1' };
  expect(await send({ url, token: async () => 'secret-token', headers })).toEqual({ status: 'accepted' });
  const [request] = received;
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'idempotency-key': 'writer-1-2',
    authorization: 'Bearer secret-token',
    'x-tenant': 't1',
  });
  expect(gunzipSync(request?.body ?? '').toString()).toBe('{"records":[{"a":"é"},{"b":2}]}');
});

test('compression can be switched off', async () => {
  const { url, received } = await startReceiver({ status: 204 });
  await send({ url, gzip: false });
  expect(received[0]?.headers['content-encoding']).toBeUndefined();
  expect(received[0]?.body.toString()).toBe('{"records":[{"a":"é"},{"b":2}]}');
});

test.each([
  [200, 'accepted'],
  [202, 'accepted'],
  [302, 'retry'],
  [400, 'rejected'],
  [401, 'retry'],
  [403, 'retry'],
  [404, 'retry'],
  [408, 'retry'],
  [413, 'rejected'],
  [422, 'rejected'],
  [425, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
])('an answer of %d is taken as %s', async (status, expected) => {
  const { url } = await startReceiver({ status, headers: status === 302 ? { location: 'http://127.0.0.1:9/' } : {} });
  expect((await send({ url })).status).toBe(expected);
});

test('Retry-After is read as seconds and as a date', async () => {
  const seconds = await startReceiver({ status: 503, headers: { 'retry-after': '7' } });
  expect(await send({ url: seconds.url })).toMatchObject({ status: 'retry', afterMs: 7000 });
  const date = await startReceiver({
    status: 429,
    headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() },
  });
  const { afterMs } = await send({ url: date.url });
  expect(afterMs).toBeGreaterThan(55_000);
  expect(afterMs).toBeLessThanOrEqual(60_000);
});

test('a receiver that hangs up, is not there, or is silent for too long is tried again', async () => {
  const { url } = await startReceiver(undefined);
  expect((await send({ url })).status).toBe('retry');
  expect((await send({ url: 'http://127.0.0.1:9/' })).status).toBe('retry');
  expect((await send({ url: await startSilent(), timeoutMs: 100 })).status).toBe('retry');
});

test('conflicts that a collector reports become a warning', async () => {
  const { url } = await startReceiver({ status: 200, body: '{"conflicts":["id-1"]}' });
  expect(await send({ url })).toMatchObject({ status: 'accepted', warning: expect.stringContaining('id-1') as string });
});

test('records leave over HTTPS, or over the loopback interface', () => {
  const make = (url: string) => (): unknown => httpTransport({ url });
  expect(make('https://collector.example/v1/records')).not.toThrow();
  expect(make('http://localhost:7070/')).not.toThrow();
  expect(make('http://[::1]:7070/')).not.toThrow();
  for (const url of ['http://collector.example/', 'http://127.0.0.1.example/', 'ftp://localhost/', 'collector', '']) {
    expect(make(url), url).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }) as Error);
  }
});

test('every bad option is named at once', () => {
  const options = { url: 'http://x/', token: 'with space', timeoutMs: 0 };
  expect(() => httpTransport(options)).toThrow(/url: .*token: .*timeoutMs: /);
});

test('an abort ends a request', async () => {
  const url = await startSilent();
  const result = await httpTransport({ url }).send(batch, AbortSignal.timeout(50));
  expect(result.status).toBe('retry');
});

test('a receiver that does not answer is given up in time, also when garbage is collected meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const timer = setInterval(collectGarbage, 20);
  afterThisTest(() => clearInterval(timer));
  const transport = httpTransport({ url: await startSilent(), timeoutMs: 300 });
  const results = Array.from({ length: 20 }, () => transport.send(batch, new AbortController().signal));
  for (const result of await Promise.all(results)) {
    expect(result).toMatchObject({ status: 'retry', reason: expect.stringContaining('within 300 ms') as string });
  }
});

test('neither a token nor a key is in a reason, also where the receiver repeats it', async () => {
  const { url } = await startReceiver(({ headers }) => ({
    status: 401,
    body: `bad ${headers.authorization} ${headers['x-key']}`,
  }));
  const result = await httpTransport({
    url: `${url}?sig=secret-query`,
    token: 'secret-token',
    headers: { 'x-key': 'secret-key' },
  }).send(batch, new AbortController().signal);
  expect(result).toMatchObject({
    status: 'retry',
    reason: expect.stringContaining('answered 401: bad Bearer ***') as string,
  });
  expect(JSON.stringify(result)).not.toContain('secret');
});

test('ten thousand records are received byte for byte', async () => {
  const { url, received } = await startReceiver({ status: 200 });
  await expectTenThousand(httpTransport({ url }), async () =>
    received.flatMap(({ body }) => recordTexts(gunzipSync(body).toString())),
  );
});
