import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, type TestContext } from 'vitest';

import { cef, fileTransport, type FileTransportOptions, type Transport } from '../../src/index.js';
import { afterThisTest, brokenLink, openTrail, record, temporaryDirectory } from '../audit/trail-fixtures.js';
import { deniedStatement } from './formats/sample-records.js';
import { batchOf, calm } from './receiver.js';
import { statementsIn } from './ten-thousand.js';

const LINE = `${JSON.stringify({ a: 1 })}\n`;
const batch = batchOf({ a: 1 });

/** A transport to a file in a folder of its own. */
function makeFile(
  options: Partial<FileTransportOptions> = {},
  folder: string = temporaryDirectory(),
): { transport: Transport; path: string; folder: string } {
  const path = join(folder, 'records.jsonl');
  const transport = fileTransport({ path, ...options });
  afterThisTest(() => transport.close?.());
  return { transport, path, folder };
}

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

test('records are lines of a file that only its owner can read', async () => {
  const { transport, path } = makeFile();
  expect(await transport.send(batchOf({ a: 'é\n' }, { b: 2 }), calm)).toEqual({ status: 'accepted' });
  await transport.send(batch, calm);
  expect(read(path)).toBe(`{"a":"é\\n"}\n{"b":2}\n${LINE}`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(transport.name).toBe('file');
});

test('a trail delivers every record, in a chain that holds', async () => {
  const { transport, path } = makeFile({ maxBytes: 2000 });
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [transport], batchRecords: 3 });
  for (let no = 1; no <= 20; no++) record(trail, no);
  await trail.close();
  const names = readdirSync(join(path, '..')).sort();
  // The file itself is the newest.
  const files = [...names.slice(1), ...names.slice(0, 1)];
  expect(files.length).toBeGreaterThan(2);
  const lines = files.flatMap((name) => read(path, '..', name).trimEnd().split('\n'));
  expect(statementsIn(lines)).toHaveLength(20);
  expect(brokenLink(lines)).toBeUndefined();
});

test('another form is written as lines too', async () => {
  const { transport, path } = makeFile({ format: cef });
  await transport.send(batchOf(deniedStatement, deniedStatement), calm);
  expect(read(path)).toMatch(/^CEF:0[^\n]+\nCEF:0[^\n]+\n$/);
});

test.each([
  ['half a line', `${LINE}${LINE}{"torn":`, LINE + LINE],
  ['more than it reads at once', `${LINE}${'x'.repeat(200_000)}`, LINE],
  ['nothing but half a line', '{"torn":', ''],
])('a file that a crash left with %s is repaired', async (_what, left, whole) => {
  const { transport, path } = makeFile();
  writeFileSync(path, left);
  await transport.send(batch, calm);
  expect(read(path)).toBe(whole + LINE);
});

test('a file is set aside before it passes its size, and all are kept', async () => {
  const { transport, folder } = makeFile({ maxBytes: 3 * LINE.length });
  for (let no = 0; no < 8; no++) await transport.send(batch, calm);
  const [current = '', ...aside] = readdirSync(folder).sort();
  expect(current).toBe('records.jsonl');
  expect(aside).toHaveLength(2);
  for (const name of aside) {
    expect(name).toMatch(/^records\.jsonl\.\d{8}T\d{9}Z$/);
    expect(read(folder, name)).toBe(LINE.repeat(3));
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
  expect(read(folder, current)).toBe(LINE.repeat(2));
});

test('a batch that is larger than a file may be is not divided', async () => {
  const { transport, folder } = makeFile({ maxBytes: 1 });
  for (let no = 0; no < 2; no++) await transport.send(batchOf({ a: 1 }, { a: 1 }), calm);
  expect(readdirSync(folder).map((name) => read(folder, name))).toEqual([LINE + LINE, LINE + LINE]);
});

test('a file is set aside when it is old', async () => {
  const { transport, folder } = makeFile({ maxAgeMs: 60 });
  await transport.send(batch, calm);
  await transport.send(batch, calm);
  expect(readdirSync(folder)).toHaveLength(1);
  await delay(100);
  await transport.send(batch, calm);
  expect(readdirSync(folder)).toHaveLength(2);
});

test('the oldest files are deleted beyond those that are to be kept, and nothing else', async () => {
  const { transport, folder } = makeFile({ maxBytes: 1, keepFiles: 2 });
  const others = ['records.jsonl.1', 'records.jsonl.gz', 'other.20200101T000000000Z'];
  for (const name of others) writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'records.jsonl.20200101T000000000Z'), '');
  for (let no = 1; no <= 5; no++) await transport.send(batchOf({ no }), calm);
  const names = readdirSync(folder).sort();
  expect(names).toEqual(expect.arrayContaining(others));
  const kept = names.filter((name) => !others.includes(name)).map((name) => read(folder, name));
  expect(kept).toEqual(['{"no":5}\n', '{"no":3}\n', '{"no":4}\n']);
});

test('a file that logrotate moved, deleted or emptied is noticed', async () => {
  const { transport, path } = makeFile();
  await transport.send(batch, calm);
  renameSync(path, `${path}.1`);
  await transport.send(batch, calm);
  expect([read(`${path}.1`), read(path)]).toEqual([LINE, LINE]);
  rmSync(path);
  await transport.send(batch, calm);
  expect(read(path)).toBe(LINE);
  truncateSync(path);
  await transport.send(batch, calm);
  expect(read(path)).toBe(LINE);
});

test('a folder that is not there is waited for', async () => {
  const { transport, path, folder } = makeFile({}, join(temporaryDirectory(), 'later'));
  expect(await transport.send(batch, calm)).toMatchObject({
    status: 'retry',
    reason: expect.stringContaining('ENOENT') as string,
  });
  mkdirSync(folder);
  expect(await transport.send(batch, calm)).toEqual({ status: 'accepted' });
  expect(read(path)).toBe(LINE);
});

test('journals that deliver at the same time do not tear lines', async () => {
  const { transport, folder } = makeFile({ maxBytes: 500 });
  await Promise.all(Array.from({ length: 100 }, (_, no) => transport.send(batchOf({ no }, { no }), calm)));
  const lines = readdirSync(folder).flatMap((name) => read(folder, name).trimEnd().split('\n'));
  expect(lines.map((line) => (JSON.parse(line) as { no: number }).no).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 200 }, (_, index) => index >> 1),
  );
});

/** A file system of 64 kB, where the machine lets us make one. */
function smallDisk(context: TestContext): string {
  const directory = temporaryDirectory();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'countersign-test', directory]);
  if (mounted.status !== 0) context.skip('mounting a small file system takes root');
  afterThisTest(() => spawnSync('umount', ['--lazy', directory]));
  return directory;
}

test('a full disk is waited for, and leaves no part of a line', async (context) => {
  const { transport, path, folder } = makeFile({}, smallDisk(context));
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(40_000));
  expect(await transport.send(batch, calm)).toEqual({ status: 'accepted' });
  const large = batchOf({ text: 'x'.repeat(30_000) });
  expect(await transport.send(large, calm)).toMatchObject({
    status: 'retry',
    reason: expect.stringContaining('ENOSPC') as string,
  });
  expect(read(path)).toBe(LINE);
  rmSync(join(folder, 'ballast'));
  expect(await transport.send(large, calm)).toEqual({ status: 'accepted' });
  expect(read(path)).toBe(`${LINE}{"text":"${'x'.repeat(30_000)}"}\n`);
});

test('an old file that cannot be deleted is a warning, and no reason to keep records back', async () => {
  const { transport, folder } = makeFile({ maxBytes: 1, keepFiles: 0 });
  mkdirSync(join(folder, 'records.jsonl.20200101T000000000Z'));
  await transport.send(batch, calm);
  expect(await transport.send(batch, calm)).toMatchObject({
    status: 'accepted',
    warning: expect.stringContaining('could not be deleted') as string,
  });
});

test('an existing file keeps its permissions', async () => {
  const { transport, path } = makeFile();
  writeFileSync(path, LINE);
  chmodSync(path, 0o640);
  await transport.send(batch, calm);
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test('every bad option is named', () => {
  const options = { path: 'records.jsonl', maxBytes: 0, keepFiles: 1.5, compress: true };
  expect(() => fileTransport(options)).toThrow(/path: .*maxBytes: .*keepFiles: .*compress: there is no such option/);
});
