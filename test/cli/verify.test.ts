import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { Transport } from '../../src/audit/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { alertRulesOf } from '../../src/collector/alerts/alert-rules.js';
import { createCollector } from '../../src/collector/index.js';
import { openDatabase } from '../../src/collector/store/sqlite.js';
import { StoreWriter } from '../../src/collector/store/store-writer.js';
import { startChild, type Child } from '../audit/child.js';
import {
  afterThisTest,
  isCheckpoint,
  numbersTo,
  openTrail,
  receiver,
  record,
  temporaryDirectory,
} from '../audit/trail-fixtures.js';
import { MAIN } from './run-command.js';

const command = (...args: string[]): Child => startChild(MAIN, args);

interface Exported {
  readonly file: string;
  readonly all: readonly string[];
  readonly key: string;
}

async function exportedTrail(): Promise<Exported> {
  const sink = receiver();
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [sink.transport],
    signing: { everyRecords: 5 },
  });
  for (const no of numbersTo(20)) record(trail, no);
  await trail.close();
  const file = join(temporaryDirectory(), 'trail.jsonl');
  writeFileSync(file, `${sink.all.join('\n')}\n`);
  return { file, all: sink.all, key: trail.stats().signingKey };
}

const written = (all: readonly string[]): string => {
  const file = join(temporaryDirectory(), 'changed.jsonl');
  writeFileSync(file, all.join('\n'));
  return file;
};

test('verify finds nothing in an untouched file, names what was changed in another, and says which key it believed', async () => {
  const { file, all, key } = await exportedTrail();
  const good = command('verify', file);
  expect(await good.ended).toBe(0);
  expect(good.lines).toContain(`key ${key}: first use, give it with --key to pin it`);
  expect(good.lines.at(-1)).toBe('ok');

  const edited = all.map((text, index) => (index === 6 ? text.replace('"SELECT', '"DELETE') : text));
  const id = (JSON.parse(all[6] ?? '') as { id: string }).id;
  const bad = command('verify', written(edited), '--key', key, '--json');
  expect(await bad.ended).toBe(1);
  const report = JSON.parse(bad.lines[0] ?? '') as { ok: boolean; findings: object[]; keys: object[] };
  expect(report).toMatchObject({
    ok: false,
    findings: [{ problem: 'edited', seq: 7, id }],
    keys: [{ key, trust: 'pinned' }],
  });
});

test('an end that was cut off is a warning, an error against a checkpoint that was kept, and ends with 1 under --strict', async () => {
  const { all } = await exportedTrail();
  const cut = written(all.slice(0, 9));
  const witness = written(all.filter(isCheckpoint).slice(-1));
  const [plain, strict, witnessed] = [
    command('verify', cut),
    command('verify', cut, '--strict'),
    command('verify', cut, '--checkpoint', witness),
  ];
  expect([await plain.ended, await strict.ended, await witnessed.ended]).toEqual([0, 1, 1]);
  expect(plain.lines[0]).toMatch(/^warning {2}open end/);
  expect(witnessed.lines.join('\n')).toMatch(/ERROR {2}truncated .*seq 10/);
});

test('a proof that a record is in the trail, and one that a journal only grew, are made and checked offline', async () => {
  const { file, all, key } = await exportedTrail();
  const { id } = JSON.parse(all[4] ?? '') as { id: string };
  const old = written(all.filter(isCheckpoint).slice(1, 2));
  const [inclusion, growth] = [command('prove', id, '--from', file), command('prove', '--since', old, '--from', file)];
  expect([await inclusion.ended, await growth.ended]).toEqual([0, 0]);
  const proofs = [written(inclusion.lines), written(growth.lines)];
  for (const proof of proofs) expect(await command('verify', '--proof', proof, '--key', key).ended).toBe(0);

  const forged = written([(inclusion.lines[0] ?? '').replace('SELECT ', 'DELETE ')]);
  const refused = command('verify', '--proof', forged);
  expect(await refused.ended).toBe(1);
  expect(refused.lines[0]).toContain('does not lead to the root');
  expect(await command('prove', 'no-such-id', '--from', file).ended).toBe(1);
});

test('a collector is verified with the checkpoints that it has witnessed', async () => {
  const collector = await createCollector({ directory: temporaryDirectory() });
  afterThisTest(() => collector.close());
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [httpTransport({ url: collector.recordsUrl })],
  });
  for (const no of numbersTo(30)) record(trail, no);
  await trail.close();
  const found = command('verify', '--url', collector.url, '--key', trail.stats().signingKey);
  expect(await found.ended).toBe(0);
  expect(found.lines[0]).toContain(
    `journal ${trail.stats().writerId}: 32 records, 31 covered by 2 checkpoints, closed`,
  );
});

test('an audit directory is verified where it stands, and a line that was changed in it is found', async () => {
  const directory = temporaryDirectory();
  const down: Transport = { name: 'slow', send: async () => ({ status: 'retry', reason: 'down' }) };
  const trail = await openTrail({ directory, transports: [receiver().transport, down], drainDeadlineMs: 300 });
  for (const no of numbersTo(10)) record(trail, no);
  await trail.close();
  expect(await command('verify', directory).ended).toBe(0);

  const journal = readdirSync(directory).find((name) => name.includes('@')) ?? '';
  const segment = join(directory, journal, '00000001.jsonl');
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('SELECT 4', 'SELECT 5'));
  const bad = command('verify', directory);
  expect(await bad.ended).toBe(1);
  expect(bad.lines[0]).toMatch(/^ERROR {2}forged {2}journal /);
});

test('a path that is not there, no source, and a file that holds no key are errors', async () => {
  const nothing = join(temporaryDirectory(), 'nothing');
  const { file } = await exportedTrail();
  const failing = [command('verify', nothing), command('verify'), command('verify', file, '--key', file)];
  expect(await Promise.all(failing.map((child) => child.ended))).toEqual([1, 1, 1]);
});

test('verify finds nothing where a collector has removed what it kept long enough, and what is wrong with the rest', async () => {
  const directory = temporaryDirectory();
  const [{ all: ended }, { all, key }] = [await exportedTrail(), await exportedTrail()];
  const writer = new StoreWriter(directory, { partitionRecords: 7, keepDays: 2, alerts: alertRulesOf() });
  const put = (lines: readonly string[], day: number): void => {
    for (const line of lines)
      writer.store([{ form: 'lines', bytes: Buffer.from(line), sender: 'agent' }], new Date(Date.UTC(2026, 9, day)));
  };
  put([...ended, ...all.slice(0, 9)], 1);
  put(all.slice(9), 5);
  writer.close();
  const collector = await createCollector({ directory });
  const verify = async (): Promise<{ code: number | null; text: string }> => {
    const child = command('verify', '--url', collector.url, '--key', key);
    const code = await child.ended;
    return { code, text: child.lines.join('\n') };
  };
  const good = await verify();
  expect(good.text).toMatch(/\d+ records, the first [1-9]\d? kept elsewhere or removed, \d+ covered/);
  expect(good.text.split('\n').at(-1)).toBe('ok');
  expect(good.text.match(/^journal/gm)).toHaveLength(1);
  await collector.close();

  const [last] = readdirSync(directory)
    .filter((name) => name.startsWith('records-') && name.endsWith('.db'))
    .sort()
    .slice(-1);
  const db = openDatabase(join(directory, last ?? ''), { durable: false });
  db.exec(
    `UPDATE records SET json = replace(json, '"SELECT', '"DELETE') WHERE position = (SELECT min(position) FROM records)`,
  );
  db.close();
  const changed = await createCollector({ directory });
  afterThisTest(() => changed.close());
  const bad = command('verify', '--url', changed.url, '--key', key);
  expect(await bad.ended).toBe(1);
  expect(bad.lines[0]).toMatch(/^ERROR {2}edited/);
}, 30_000);
