import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { CursorLog, type DeliveryCursor, loadCursors, START } from '../../src/audit/delivery-cursor.js';
import { afterThisTest, temporaryDirectory } from './trail-fixtures.js';

const at = (seq: number, carried: readonly string[] = []): DeliveryCursor => ({ ...START, seq, offset: seq, carried });

function opened(directory: string): CursorLog {
  const log = new CursorLog(directory, 'http');
  afterThisTest(() => log.close());
  return log;
}

async function found(directory: string): Promise<DeliveryCursor | undefined> {
  return (await loadCursors(directory)).get('http');
}

test('the last of many cursors counts, and the file stays small', async () => {
  const directory = temporaryDirectory();
  const log = opened(directory);
  for (let seq = 1; seq <= 2_000; seq += 1) await log.save(at(seq), seq % 500 === 0);
  expect(await found(directory)).toMatchObject(at(2_000));
  expect(statSync(join(directory, 'http.cursor')).size).toBeLessThanOrEqual(64 * 1024);
  expect(readdirSync(directory)).toEqual(['http.cursor']);
});

test('lines that are longer than the file should be do not make it new each time', async () => {
  const directory = temporaryDirectory();
  const log = opened(directory);
  const long = ['x'.repeat(100_000)];
  for (let seq = 1; seq <= 10; seq += 1) await log.save(at(seq, long), false);
  expect(await found(directory)).toMatchObject(at(10, long));
  expect(statSync(join(directory, 'http.cursor')).size).toBeGreaterThan(200_000);
  expect(statSync(join(directory, 'http.cursor')).size).toBeLessThanOrEqual(400_500);
});

test('wherever a line was torn, the one before it counts', async () => {
  const directory = temporaryDirectory();
  const log = opened(directory);
  await log.save(at(1), false);
  await log.save(at(2), false);
  const path = join(directory, 'http.cursor');
  const whole = readFileSync(path);
  const first = whole.indexOf('\n') + 1;
  for (let length = first; length < whole.length - 1; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    expect(await found(directory)).toMatchObject(at(1));
    // As a power cut leaves what was not on the disk.
    writeFileSync(path, Buffer.concat([whole.subarray(0, length), Buffer.alloc(whole.length - length)]));
    expect(await found(directory)).toMatchObject(at(1));
  }
  writeFileSync(path, whole.subarray(0, first - 2));
  expect(await found(directory)).toBeUndefined();
});

test('a log goes on where another ended, and after it was closed', async () => {
  const directory = temporaryDirectory();
  const former = opened(directory);
  await former.save(at(1), false);
  former.close();
  const log = opened(directory);
  expect(await found(directory)).toMatchObject(at(1));
  await log.save(at(2), false);
  log.close();
  await log.save(at(3), true);
  expect(await found(directory)).toMatchObject(at(3));
});

test('a cursor without a newline behind it counts', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'http.cursor'), JSON.stringify({ v: 1, ...at(7) }));
  expect(await found(directory)).toMatchObject(at(7));
});

test('where no cursor can be written, it says so', async () => {
  const directory = join(temporaryDirectory(), 'missing');
  await expect(opened(directory).save(at(1), false)).rejects.toThrow('ENOENT');
});
