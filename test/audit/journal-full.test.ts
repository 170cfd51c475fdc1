import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, type TestContext } from 'vitest';

import type { Transport } from '../../src/audit/index.js';
import { OK } from './statement-samples.js';
import {
  afterThisTest,
  begin,
  brokenLink,
  eventually,
  openTrail,
  receiver,
  record,
  temporaryDirectory,
  type Receiver,
} from './trail-fixtures.js';

const unavailable: unknown = expect.objectContaining({ code: 'JOURNAL_UNAVAILABLE' });

/** A receiver that takes nothing until it is opened. */
function gated(sink: Receiver): { transport: Transport; open(): void } {
  let open = false;
  return {
    transport: {
      name: 'function',
      send: async (batch, signal) => (open ? sink.transport.send(batch, signal) : { status: 'retry', reason: 'down' }),
    },
    open: () => void (open = true),
  };
}

/** Records until the journal refuses. Returns how many were taken. */
function fill(attempt: (no: number) => void): number {
  for (let no = 1; no < 100_000; no++) {
    try {
      attempt(no);
    } catch (error) {
      expect(error).toEqual(unavailable);
      return no - 1;
    }
  }
  throw new Error('the journal took everything');
}

/** A file system of 256 kB, where the machine lets us make one. */
function smallDisk(context: TestContext): string {
  const directory = temporaryDirectory();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'countersign-test', directory]);
  if (mounted.status !== 0) context.skip('mounting a small file system takes root');
  afterThisTest(() => spawnSync('umount', ['--lazy', directory]));
  return directory;
}

test('a journal that holds maxBytes refuses statements, and takes them again once records are delivered', async () => {
  const sink = receiver();
  const gate = gated(sink);
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [gate.transport],
    maxBytes: 50_000,
    segmentBytes: 5000,
  });
  const taken = fill((no) => record(trail, no));
  expect(taken).toBeGreaterThan(50);
  expect(trail.stats().usedBytes).toBeLessThan(60_000);
  gate.open();
  await eventually(() => trail.stats().usedBytes < 20_000);
  record(trail, taken + 1);
  await trail.close();
  expect(sink.numbers()).toEqual(Array.from({ length: taken + 1 }, (_, index) => index + 1));
  expect(brokenLink(sink.all)).toBeUndefined();
});

test('a full disk refuses statements, tears no line, keeps outcomes, and goes on when there is room', async (context) => {
  const directory = smallDisk(context);
  const sink = receiver();
  const gate = gated(sink);
  const ballast = join(directory, 'ballast');
  writeFileSync(ballast, Buffer.alloc(128 * 1024));
  const trail = await openTrail({ directory, transports: [gate.transport], segmentBytes: 20_000 });
  const tickets: number[] = [];
  const taken = fill((no) => tickets.push(begin(trail, no, 'x'.repeat(777))));
  for (const ticket of tickets) trail.outcome(ticket, OK);
  await delay(50);
  unlinkSync(ballast);
  await eventually(() => {
    try {
      record(trail, taken + 1);
      return true;
    } catch {
      return false;
    }
  });
  gate.open();
  expect(await trail.close()).toBe(true);
  expect(sink.numbers()).toEqual(Array.from({ length: taken + 1 }, (_, index) => index + 1));
  expect(sink.records().every((found) => found.outcome.status === 'ok')).toBe(true);
  expect(brokenLink(sink.all)).toBeUndefined();
});

test('a disk that the journal itself has filled is emptied by delivery, and statements go on', async (context) => {
  const sink = receiver();
  const gate = gated(sink);
  const trail = await openTrail({ directory: smallDisk(context), transports: [gate.transport], segmentBytes: 20_000 });
  const taken = fill((no) => record(trail, no, 'x'.repeat(777)));
  gate.open();
  await eventually(() => {
    try {
      record(trail, taken + 1);
      return true;
    } catch {
      return false;
    }
  });
  expect(await trail.close()).toBe(true);
  expect(sink.numbers()).toEqual(Array.from({ length: taken + 1 }, (_, index) => index + 1));
  expect(brokenLink(sink.all)).toBeUndefined();
});

test('a journal that somebody removed is begun anew, and statements are refused while it cannot be', async () => {
  const directory = temporaryDirectory();
  const sink = receiver();
  const trail = await openTrail({ directory, transports: [sink.transport] });
  record(trail, 1);
  await eventually(() => sink.json.length === 1);
  const journal = join(directory, readdirSync(directory).find((name) => name.includes('@')) ?? '');
  rmSync(journal, { recursive: true });
  writeFileSync(journal, 'in the way');
  await delay(1200);
  expect(() => begin(trail, 2)).toThrow(unavailable as Error);
  rmSync(journal);
  record(trail, 3);
  expect(readdirSync(journal)).toContain('reserve');
  await trail.close();
  expect(sink.numbers()).toEqual([1, 3]);
});
