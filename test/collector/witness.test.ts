import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { AuditLogger, Transport } from '../../src/audit/index.js';
import { checkpointRecord, noteOf, readCheckpoint } from '../../src/audit/evidence.js';
import { TrailSigning } from '../../src/audit/seal/trail-signing.js';
import { createCollector, type Collector } from '../../src/collector/index.js';
import { httpTransport } from '../../src/transports/index.js';
import {
  afterThisTest,
  isCheckpoint,
  numbersTo,
  openTrail,
  record,
  temporaryDirectory,
} from '../audit/trail-fixtures.js';
import { trailRecords } from './trail-records.js';

interface Witness {
  readonly writers: { writer_id: string; size: number; root: string; note: string }[];
  readonly findings: { problem: string; writer_id: string; seq: number; id: string; message: string }[];
}

interface Setup {
  readonly collector: Collector;
  readonly warnings: object[];
  post(...records: string[]): Promise<{ warnings?: string[] }>;
  /** Posts as one of two senders. */
  postAs(token: string, ...records: string[]): Promise<{ warnings?: string[] }>;
  get(path: string): Promise<Response>;
  witness(): Promise<Witness>;
}

const READER = 'the-token-of-the-reader';
const [OWN, OTHER] = ['the-token-of-one-agent', 'the-token-of-the-other'];

async function start(directory: string = temporaryDirectory(), isOpen = true): Promise<Setup> {
  const warnings: object[] = [];
  const logger: AuditLogger = {
    info: () => undefined,
    warn: (fields) => void warnings.push(fields),
    error: () => undefined,
  };
  const closed = { tokens: [READER], writerTokens: [OWN, OTHER] };
  const collector = await createCollector({ directory, logger, ...(!isOpen && closed) });
  afterThisTest(() => collector.close());
  const postAs = async (token: string, ...records: string[]): Promise<{ warnings?: string[] }> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = `{"records":[${records.join(',')}]}`;
    const response = await fetch(collector.recordsUrl, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    return (await response.json()) as { warnings?: string[] };
  };
  const get = (path: string): Promise<Response> =>
    fetch(`${collector.url}${path}`, { headers: { authorization: `Bearer ${READER}` } });
  return {
    collector,
    warnings,
    postAs,
    get,
    post: (...records) => postAs('', ...records),
    witness: async () => (await (await get('/v1/witness')).json()) as Witness,
  };
}

const key = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

test('the last checkpoint of each writer is kept, also over a restart of the collector, and an honest writer is not accused', async () => {
  const directory = temporaryDirectory();
  const first = await start(directory);
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [httpTransport({ url: first.collector.recordsUrl })],
    signing: { everyRecords: 5 },
  });
  for (const no of numbersTo(23)) record(trail, no);
  await trail.close();
  const before = await first.witness();
  await first.collector.close();
  const second = await start(directory);
  const { writers, findings } = await second.witness();
  expect(writers).toEqual(before.writers);
  expect(writers).toMatchObject([{ writer_id: trail.stats().writerId }]);
  expect(readCheckpoint(writers[0]?.note ?? '')).toMatchObject({ action: 'close', size: writers[0]?.size });
  expect([findings, first.warnings]).toEqual([[], []]);
});

test('batches that come again change nothing', async () => {
  const { post, witness } = await start();
  const all = await trailRecords(key());
  for (let at = 0; at < all.length; at += 2) await post(...all.slice(at, at + 4));
  const { writers, findings } = await witness();
  expect(findings).toEqual([]);
  expect(writers[0]?.size).toBe(all.length - 1);
});

test('a record that is not what was signed is a fork: said to the sender, logged and listed', async () => {
  const { post, witness, warnings } = await start();
  const all = await trailRecords(key());
  const changed = all.map((text, index) => (index === 2 ? text.replace('"SELECT ', '"DELETE ') : text));
  const answer = await post(...changed);
  expect(answer.warnings?.[0]).toContain('are not those that were signed');
  const { findings, writers } = await witness();
  expect(findings[0]).toMatchObject({ problem: 'fork' });
  expect(warnings[0]).toMatchObject({ problem: 'fork' });
  expect(writers[0]?.size).toBe(0);
});

test('a second story under the same numbers is a fork, a shorter one is a rollback', async () => {
  const { post, witness } = await start();
  const signing = key();
  const all = await trailRecords(signing);
  await post(...all);
  const writer = (JSON.parse(all[0] ?? '') as { writer: { id: string } }).writer.id;

  const other = (all[3] ?? '').replace(/"id":"[^"]+","time"/, '"id":"0199aaaa-0000-7000-8000-000000000000","time"');
  expect((await post(other)).warnings?.[0]).toContain(`writer ${writer} has two records 4`);

  const signer = await TrailSigning.of(temporaryDirectory(), { key: signing });
  const last = readCheckpoint(noteOf(JSON.parse(all.at(-1) ?? '')) ?? '');
  if (last === undefined) throw new Error('no checkpoint');
  const shorter = await signer.sign({ ...last, id: '0199aaaa-0000-7000-8000-000000000001', size: 3, action: 'mark' });
  expect((await post(checkpointRecord(shorter, 99, 'x'))).warnings?.[0]).toContain('and now has 3');
  expect((await witness()).findings.map(({ problem }) => problem)).toEqual(['fork', 'rollback']);
});

test('a record that never came is named when a checkpoint covers it', async () => {
  const { post, witness } = await start();
  const all = await trailRecords(key());
  await post(...all.toSpliced(2, 1));
  expect((await witness()).findings[0]).toMatchObject({
    problem: 'removed',
    message: expect.stringContaining('record 3 ') as string,
  });
});

test('a checkpoint that was changed, and one of a key that nobody vouches for, are found', async () => {
  const { post, witness } = await start();
  const all = await trailRecords(key());
  const at = all.findLastIndex(isCheckpoint);
  const edited = (all[at] ?? '').replace(/"time":"20/, '"time":"21');
  await post(...all.with(at, edited));
  expect((await witness()).findings).toMatchObject([{ problem: 'forged', seq: at + 1 }]);

  const directory = temporaryDirectory();
  const { collector, witness: second, warnings } = await start();
  const transport = (): Transport => httpTransport({ url: collector.recordsUrl });
  for (const signing of [{}, { key: key() }]) {
    const trail = await openTrail({ directory, transports: [transport()], signing });
    record(trail, 1);
    await trail.close();
  }
  expect((await second()).findings.map(({ problem }) => problem)).toEqual(['unknown key', 'unknown key']);
  expect(warnings).toHaveLength(2);
});

test('what another sender says for a writer is kept and told of, and accuses nobody', async () => {
  const { postAs, witness, get } = await start(temporaryDirectory(), false);
  const all = await trailRecords(key());
  const forged = (at: number): string =>
    (all[at] ?? '').replace(/"id":"[^"]+","time"/, `"id":"0199aaaa-0000-7000-8000-00000000000${at}","time"`);
  await postAs(OWN, ...all.slice(0, 4));
  const { warnings } = await postAs(OTHER, forged(2), forged(4));
  expect(warnings?.join()).toMatch(/come from writer token \w+: they are kept, and are not believed/);
  const signer = await TrailSigning.of(temporaryDirectory(), { key: key() });
  const last = readCheckpoint(noteOf(JSON.parse(all.at(-1) ?? '')) ?? '');
  if (last === undefined) throw new Error('no checkpoint');
  const false_ = await signer.sign({ ...last, id: '0199aaaa-0000-7000-8000-000000000099', size: 99 });
  await postAs(OTHER, checkpointRecord(false_, 100, 'x'));
  await postAs(OWN, ...all.slice(4));
  const { findings, writers } = await witness();
  expect(findings.map(({ problem }) => problem)).toEqual(['other sender']);
  expect(writers[0]?.size).toBe(all.length - 1);
  const { headers } = await get('/v1/records/0199aaaa-0000-7000-8000-000000000004');
  expect(decodeURI(headers.get('countersign-sender') ?? '')).toMatch(/^writer token \w{16}$/);
  expect(Date.parse(headers.get('countersign-received-at') ?? '')).toBeGreaterThan(Date.now() - 60_000);
});

test('who brings a checkpoint before its writer does is told of, and can accuse nobody', async () => {
  const { postAs, witness } = await start(temporaryDirectory(), false);
  const all = await trailRecords(key(), 20);
  const first = all.findIndex((text, at) => at > 0 && isCheckpoint(text));
  const next = all.findIndex((text, at) => at > first && isCheckpoint(text));
  await postAs(OWN, ...all.slice(0, first + 1));
  await postAs(OTHER, all[next] ?? '');
  const forged = (all[next + 1] ?? '').replace(
    /"id":"[^"]+","time"/,
    '"id":"0199aaaa-0000-7000-8000-000000000007","time"',
  );
  await postAs(OTHER, forged);
  await postAs(OWN, ...all.slice(first + 1));
  const { findings, writers } = await witness();
  expect(findings.map(({ problem }) => problem).filter((problem) => problem === 'fork')).toEqual([]);
  expect(findings[0]).toMatchObject({ problem: 'other sender' });
  expect(writers[0]?.size).toBe(all.length - 1);
});

test('a writer whose token changed is believed from its next checkpoint on', async () => {
  const { postAs, witness } = await start(temporaryDirectory(), false);
  const all = await trailRecords(key());
  const half = all.findLastIndex((text) => !isCheckpoint(text)) - 2;
  expect(all.slice(0, half).some(isCheckpoint)).toBe(true);
  await postAs(OWN, ...all.slice(0, half));
  await postAs(OTHER, ...all.slice(half).filter((text) => !isCheckpoint(text)));
  for (const text of all.slice(half)) await postAs(OTHER, text);
  const { findings, writers } = await witness();
  expect(findings.map(({ problem }) => problem)).toEqual(['other sender']);
  expect(writers[0]?.size).toBe(all.length - 1);
  const again = (all.at(-2) ?? '').replace(/"id":"[^"]+","time"/, '"id":"0199aaaa-0000-7000-8000-000000000000","time"');
  await postAs(OTHER, again);
  expect((await witness()).findings.map(({ problem }) => problem)).toEqual(['other sender', 'fork']);
});

test('an honest writer that sends over two ways at once is not accused, whichever way brings what first', async () => {
  const all = await trailRecords(key(), 20);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }), async (isOther) => {
      const { postAs, witness, collector } = await start(temporaryDirectory(), false);
      for (const [at, text] of all.entries()) {
        const ways = isOther[at] === true ? [OTHER, OWN] : [OWN, OTHER];
        for (const token of ways) await postAs(token, text);
      }
      const { findings, writers } = await witness();
      await collector.close();
      expect(findings.map(({ problem }) => problem).filter((problem) => problem !== 'other sender')).toEqual([]);
      expect(writers[0]?.size).toBe(all.length - 1);
    }),
    { numRuns: 10 },
  );
}, 60_000);

test('a journal that is put back to an earlier state and goes on from there is found out', async () => {
  const [directory, copy] = [temporaryDirectory(), temporaryDirectory()];
  const { collector, witness } = await start();
  const down: Transport = { name: 'http', send: async () => ({ status: 'retry', reason: 'down' }) };
  const first = await openTrail({ directory, transports: [down], drainDeadlineMs: 20 });
  for (const no of numbersTo(4)) record(first, no);
  await first.close();
  cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });

  const deliver = async (from: string): Promise<void> => {
    const trail = await openTrail({ directory: from, transports: [httpTransport({ url: collector.recordsUrl })] });
    await trail.close();
  };
  await deliver(directory);
  for (const name of readdirSync(directory)) rmSync(`${directory}/${name}`, { recursive: true });
  await deliver(copy);
  const { findings } = await witness();
  expect(findings.map(({ writer_id }) => writer_id)).toContain(first.stats().writerId);
});
