import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createCollector } from '../../src/collector/index.js';
import { afterThisTest, numbersTo, temporaryDirectory } from '../audit/trail-fixtures.js';
import { type RecordParts, statementRecord } from '../cli/session-records.js';

const TOKEN = 'a-token-of-enough-characters';

interface Api {
  readonly directory: string;
  close(): Promise<void>;
  post(...records: readonly object[]): Promise<void>;
  get(path: string, token?: string): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Ids of the sessions that are listed. */
  ids(query: string): Promise<unknown[]>;
}

async function start(directory = temporaryDirectory()): Promise<Api> {
  const collector = await createCollector({ directory, tokens: [TOKEN] });
  afterThisTest(() => collector.close());
  const get: Api['get'] = async (path, token = TOKEN) => {
    const response = await fetch(`${collector.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return {
    directory,
    close: () => collector.close(),
    get,
    async post(...records) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
      const body = JSON.stringify({ records });
      expect((await fetch(collector.recordsUrl, { method: 'POST', body, headers })).status).toBe(200);
    },
    async ids(query) {
      const { sessions, next } = (await get(`/v1/sessions${query}`)).body;
      return [...(sessions as { id: string }[]).map(({ id }) => id), next];
    },
  };
}

const of = (session: string, no: number, parts: Partial<RecordParts> = {}): object =>
  statementRecord({ session, no, seq: no, ...parts });

test('a session is listed with who, for what, when, where, and how its statements ended', async () => {
  const api = await start();
  await api.post(
    of('a', 1),
    of('a', 2, { agent: 'billing', task: 'T-2', status: 'denied', atMs: 5000 }),
    of('a', 3, { status: 'error', atMs: 4000 }),
    {
      v: 1,
      type: 'session',
      id: 'x',
      session: { id: 'a' },
      event: { action: 'close' },
      time: '2026-11-20T22:41:00.000001Z',
    },
    { v: 1, type: 'summary', id: 'y' },
  );
  const { status, body } = await api.get('/v1/sessions');
  expect(status).toBe(200);
  expect(body).toEqual({
    sessions: [
      {
        position: 1,
        id: 'a',
        started: '2026-11-20T22:40:01.010000Z',
        ended: '2026-11-20T22:41:00.000001Z',
        server: 'db1:3306',
        statements: 3,
        refused: 1,
        errors: 1,
        agents: ['billing', 'support'],
        tasks: ['T-1', 'T-2'],
      },
    ],
    next: '1',
  });
});

test('a batch that comes again is not counted again', async () => {
  const api = await start();
  await api.post(of('a', 1), of('a', 2));
  await api.post(of('a', 2), of('a', 3), of('a', 1));
  expect((await api.get('/v1/sessions')).body.sessions).toMatchObject([{ id: 'a', statements: 3 }]);
});

test('sessions are listed by agent, by task, by time, by page, and the newest', async () => {
  const api = await start();
  for (const no of numbersTo(6)) {
    await api.post(of(`s${no}`, 1, { agent: `a${no % 2}`, task: `t${no % 3}`, atMs: no * 1000 }));
  }
  expect(await api.ids('?agent=a1')).toEqual(['s1', 's3', 's5', '5']);
  expect(await api.ids('?agent=a1&task=t0')).toEqual(['s3', '3']);
  expect(await api.ids('?limit=2')).toEqual(['s1', 's2', '2']);
  expect(await api.ids('?limit=2&after=2')).toEqual(['s3', 's4', '4']);
  expect(await api.ids('?order=desc&limit=2')).toEqual(['s6', 's5', '5']);
  expect(await api.ids('?since=2026-11-20T22:40:06.000000Z')).toEqual(['s5', 's6', '6']);
  expect(await api.ids("?agent=' OR 1=1 --")).toEqual(['0']);
});

test('a session names some of its agents and tasks, however many there are, and is found by each', async () => {
  const api = await start();
  await api.post(...numbersTo(40).map((no) => of('a', no, { task: `t${no}`, agent: `a${no}` })));
  const { agents, tasks } = ((await api.get('/v1/sessions')).body.sessions as Record<string, unknown[]>[])[0] ?? {};
  expect([agents?.length, tasks?.length]).toEqual([8, 8]);
  expect(await api.ids('?task=t40&agent=a39')).toEqual(['a', '1']);
});

test("a session's records are read by its id, by page", async () => {
  const api = await start();
  await api.post(...numbersTo(6).map((no) => of(`s${no % 2}`, no)));
  const read = async (query: string): Promise<unknown> =>
    ((await api.get(`/v1/records?${query}`)).body.records as { id: string }[]).map(({ id }) => id);
  expect(await read('session=s1')).toEqual(['s1-1', 's1-3', 's1-5']);
  expect(await read('session=s1&limit=2&after=1')).toEqual(['s1-3', 's1-5']);
  expect(await read('session=nobody')).toEqual([]);
});

test('what is made of the records is made again, each record once, where a crash has undone it', async () => {
  const first = await start();
  await first.post(...numbersTo(1200).map((no) => of(`s${no % 3}`, no)));
  const before = (await first.get('/v1/witness')).body;
  await first.close();
  rmSync(join(first.directory, 'ledger.db'));
  const second = await start(first.directory);
  await second.post(of('s1', 1201));
  expect((await second.get('/v1/sessions')).body.sessions).toMatchObject([
    { id: 's1', statements: 401, agents: ['support'] },
    { id: 's2', statements: 400 },
    { id: 's0', statements: 400 },
  ]);
  expect((await second.get('/v1/witness')).body).toEqual(before);
});

test('sessions are told only to who has the token', async () => {
  const api = await start();
  expect((await api.get('/v1/sessions', 'another-token-of-enough')).status).toBe(401);
});

test.each(['?limit=0', '?after=x', '?newest=yes', '?since=yesterday', '?session=a', '?agent=a&agent=b'])(
  'a bad query (%s) is refused',
  async (query) => {
    const api = await start();
    expect((await api.get(`/v1/sessions${query}`)).status).toBe(400);
  },
);
