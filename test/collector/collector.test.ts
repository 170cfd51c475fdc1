import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { createCollector, type CollectorOptions } from '../../src/collector/index.js';
import { afterThisTest, temporaryDirectory } from '../audit/trail-fixtures.js';

const TOKEN = 'a-token-of-enough-characters';

interface Api {
  post(
    body: string | Buffer,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  get(query: string, headers?: Record<string, string>): Promise<{ status: number; text: string }>;
}

async function start(
  options: Partial<CollectorOptions> = {},
): Promise<Api & { url: string; directory: string; close(): Promise<void> }> {
  const directory = options.directory ?? temporaryDirectory();
  const collector = await createCollector({ directory, tokens: [TOKEN], ...options });
  afterThisTest(() => collector.close());
  const authorization = `Bearer ${TOKEN}`;
  return {
    url: collector.url,
    directory,
    close: () => collector.close(),
    post: async (body, headers = {}) => {
      const all = { 'content-type': 'application/json', authorization, ...headers };
      const response = await fetch(collector.recordsUrl, { method: 'POST', body, headers: all });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    get: async (query, headers = {}) => {
      const response = await fetch(`${collector.recordsUrl}${query}`, { headers: { authorization, ...headers } });
      return { status: response.status, text: await response.text() };
    },
  };
}

const recordJson = (id: string, more = ''): string => `{"v":1,"type":"statement","id":"${id}"${more}}`;
const bodyOf = (...records: string[]): string => `{"records":[${records.join(',')}]}`;

test('records are kept byte for byte and read back in the order in which they came', async () => {
  const api = await start();
  const odd = recordJson(
    '1',
    ',  "n":1.0e0,"big":12345678901234567890,"t":"\\u00e9é\\"]}, {[","__proto__":{"x":1}, "z":[[],{}] ',
  );
  expect(await api.post(bodyOf(odd, recordJson('2')))).toEqual({
    status: 200,
    body: { stored: 2, duplicates: 0, conflicts: [] },
  });
  expect(await api.get('')).toEqual({
    status: 200,
    text: `{"records":[${odd},${recordJson('2')}],"more":false,"head":"2","next":"2"}`,
  });
});

test('a batch that comes again changes nothing', async () => {
  const api = await start();
  await api.post(bodyOf(recordJson('1'), recordJson('2')));
  const again = await api.post(bodyOf(recordJson('2'), recordJson('3')));
  expect(again.body).toEqual({ stored: 1, duplicates: 1, conflicts: [] });
});

test('a record with the id of another and other bytes is reported and kept apart; the first stays', async () => {
  const api = await start();
  const unknown = recordJson('1', ',"outcome":{"status":"unknown"}');
  await api.post(bodyOf(unknown));
  const conflict = await api.post(bodyOf(recordJson('1', ',"outcome":{"status":"ok"}')));
  expect(conflict).toEqual({
    status: 200,
    body: { stored: 0, duplicates: 0, conflicts: ['1'], warnings: [expect.stringContaining('with other bytes')] },
  });
  expect((await api.get('')).text).toBe(`{"records":[${unknown}],"more":false,"head":"1","next":"1"}`);
});

test('records outlive the collector', async () => {
  const first = await start();
  await first.post(bodyOf(recordJson('1')));
  await first.close();
  const second = await start({ directory: first.directory });
  expect((await second.get('')).text).toContain(recordJson('1'));
});

test('records are read by agent, by task, by page, and the newest first', async () => {
  const api = await start();
  const of = (id: number): string =>
    recordJson(String(id), `,"agent":{"subject":"a${id % 2}"},"task":{"id":"t${id % 3}"}`);
  await api.post(bodyOf(...[1, 2, 3, 4, 5, 6].map(of)));
  const ids = async (query: string): Promise<unknown[]> => {
    const { records, next } = JSON.parse((await api.get(query)).text) as { records: { id: string }[]; next: string };
    return [...records.map(({ id }) => Number(id)), next];
  };
  expect(await ids('?agent=a1')).toEqual([1, 3, 5, '6']);
  expect(await ids('?agent=a1&task=t0')).toEqual([3, '6']);
  expect(await ids('?limit=2')).toEqual([1, 2, '2']);
  expect(await ids('?limit=2&after=2')).toEqual([3, 4, '4']);
  expect(await ids('?after=6')).toEqual(['6']);
  expect(await ids('?order=desc&limit=2')).toEqual([6, 5, '5']);
  expect(await ids('?order=desc&limit=2&after=5')).toEqual([4, 3, '3']);
  expect(await ids("?agent=' OR 1=1 --")).toEqual(['6']);
});

test.each([
  '?limit=0',
  '?limit=x',
  '?after=-1',
  '?order=up',
  '?nonsense=1',
  '?agent=a&agent=b',
  '?agent=',
  '?text=***',
  '?text=or*',
  '?text=ord* cus*',
  '?since=today',
  '?rows=-1',
])('a bad query (%s) is refused', async (query) => {
  const api = await start();
  expect((await api.get(query)).status).toBe(400);
});

test.each([
  ['no JSON', 400, 'nonsense'],
  ['no list', 400, '{"records":{}}'],
  ['an open list', 400, '{"records":[{"v":1}'],
  ['an open string', 400, '{"records":["x]}'],
  ['more after the end', 400, '{"records":[]},{}'],
  ['bytes that are not UTF-8', 400, Buffer.from([...Buffer.from('{"records":["'), 0xff, ...Buffer.from('"]}')])],
  ['a record that is not JSON', 422, bodyOf('{"v":1,}')],
  ['two values where one belongs', 422, bodyOf('{} {}')],
  ['a record that is no object', 422, bodyOf('[]')],
  ['nothing between two commas', 422, bodyOf(recordJson('1'), '', recordJson('2'))],
  ['another version', 422, bodyOf('{"v":2,"type":"statement","id":"1"}')],
  ['line breaks in a record', 422, bodyOf('{"v":1,"type":"x",\n"id":"1"}')],
  [
    'values too deep',
    422,
    bodyOf(`{"v":1,"type":"x","id":"1","statement":{"parameters":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}}`),
  ],
  ['too many records', 422, bodyOf(...Array.from({ length: 20_001 }, () => '0'))],
  ['no id', 422, bodyOf('{"v":1,"type":"statement"}')],
  ['an id that is too long', 422, bodyOf(recordJson('x'.repeat(200)))],
])('a body with %s is answered %d, and nothing of it is kept', async (_what, status, body) => {
  const api = await start();
  const answer = await api.post(body);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toBeTypeOf('string');
  expect((await api.get('')).text).toBe('{"records":[],"more":false,"head":"0","next":"0"}');
});

test('a batch that cannot be read keeps no other from being stored, and numbers that are none do no harm', async () => {
  const api = await start();
  const deep = `{"v":1,"type":"x","id":"d","statement":{"parameters":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}}`;
  const odd = '{"v":1,"type":"x","id":"odd","outcome":{"rows":{"toString":1},"affected":[[[1]]]}}';
  const bodies = Array.from({ length: 20 }, (_, no) => bodyOf(no === 7 ? deep : recordJson(`r${no}`)));
  const answers = await Promise.all([...bodies, bodyOf(odd)].map((body) => api.post(body)));
  expect(answers.map(({ status }) => status)).toEqual([...bodies.map((_, no) => (no === 7 ? 422 : 200)), 200]);
});

test('a page ends where it is long enough, and nothing of the rest is lost', async () => {
  const api = await start();
  const long = 'y'.repeat(7_000_000);
  for (let no = 0; no < 6; no++)
    await api.post(gzipSync(bodyOf(recordJson(String(no), `,"y":"${long}"`))), { 'content-encoding': 'gzip' });
  const ids: string[] = [];
  let pages = 0;
  for (let after = '0', more = true; more; pages += 1) {
    const page = JSON.parse((await api.get(`?limit=1000&after=${after}`)).text) as {
      records: { id: string }[];
      more: boolean;
      next: string;
    };
    ids.push(...page.records.map(({ id }) => id));
    ({ more, next: after } = page);
  }
  expect([ids, pages > 1]).toEqual([['0', '1', '2', '3', '4', '5'], true]);
});

test('no record is as good as some', async () => {
  const api = await start();
  expect((await api.post('{ "records" : [ ] }')).body).toEqual({ stored: 0, duplicates: 0, conflicts: [] });
});

test('a compressed body is read; one that swells beyond the limit, or is no gzip, is refused', async () => {
  const api = await start({ maxDecompressedBytes: 10_000 });
  const gzip = { 'content-encoding': 'gzip' };
  expect((await api.post(gzipSync(bodyOf(recordJson('1'))), gzip)).body.stored).toBe(1);
  expect((await api.post(gzipSync(Buffer.alloc(10_000_000, ' ')), gzip)).status).toBe(413);
  expect((await api.post('plain', gzip)).status).toBe(400);
  expect((await api.post('plain', { 'content-encoding': 'br' })).status).toBe(415);
});

test('a body that is too large, or not JSON by its type, is refused', async () => {
  const api = await start({ maxBodyBytes: 1000 });
  expect((await api.post(bodyOf(recordJson('1', `,"x":"${'x'.repeat(2000)}"`)))).status).toBe(413);
  expect((await api.post('x', { 'content-type': 'text/plain' })).status).toBe(415);
});

test('without the token nothing is read or written; health is told to anybody', async () => {
  const api = await start({ tokens: [TOKEN, 'another-token-of-enough-length'] });
  for (const authorization of [
    '',
    'Bearer',
    'Bearer wrong',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN} x`,
  ]) {
    expect((await api.post(bodyOf(recordJson('1')), { authorization })).status, authorization).toBe(401);
    expect((await api.get('', { authorization })).status, authorization).toBe(401);
  }
  expect((await api.get('', { authorization: 'bearer another-token-of-enough-length' })).text).toBe(
    '{"records":[],"more":false,"head":"0","next":"0"}',
  );
  expect(await (await fetch(`${api.url}/healthz`)).json()).toEqual({ status: 'ok' });
});

test('without any token only the loopback interface is served, and only under a loopback name', async () => {
  const directory = temporaryDirectory();
  const attempt = createCollector({ directory, host: '0.0.0.0' });
  await expect(attempt).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    message: expect.stringContaining('tokens: ') as string,
  });
  const api = await start({ tokens: [] });
  expect((await api.get('', { authorization: '' })).status).toBe(200);
  const { port } = new URL(api.url);
  expect(await statusUnderHost(Number(port), 'attacker.example')).toBe(403);
  expect(await statusUnderHost(Number(port), `localhost:${port}`)).toBe(200);
});

async function statusUnderHost(port: number, host: string): Promise<number | undefined> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: '/v1/records', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.once('error', reject).end();
  });
}

test('bad options are named, and a port that is taken is an error', async () => {
  const directory = temporaryDirectory();
  await expect(createCollector({ directory: '', port: 70_000, tokens: ['short'] })).rejects.toThrow(
    /directory: .*port: .*tokens/,
  );
  const { url } = await start();
  const taken = createCollector({ directory, port: Number(new URL(url).port) });
  await expect(taken).rejects.toMatchObject({ code: 'COLLECTOR_FAILED' });
});
