import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { Transport } from '../../src/audit/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { createCollector } from '../../src/collector/index.js';
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
  expect(found.lines[0]).toContain(`journal ${trail.stats().writerId}: 32 records, 31 covered by`);
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
