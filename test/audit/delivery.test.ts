import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { backoffMs } from '../../src/audit/backoff.js';
import type { StatementRecord, Transport } from '../../src/audit/index.js';
import { eventually, numbersTo, openTrail, receiver, record, temporaryDirectory } from './trail-fixtures.js';

test('a record that a receiver will never take is found by halving and kept as a dead letter; all others arrive in order', async () => {
  const directory = temporaryDirectory();
  const sink = receiver();
  const refused = new Set([3, 64, 65]);
  const picky: Transport = {
    name: 'picky',
    send: async (batch, signal) => {
      const numbers = batch.records.map(
        (bytes) => (JSON.parse(bytes.toString()) as Partial<StatementRecord>).session?.statement_no ?? 0,
      );
      return numbers.some((no) => refused.has(no))
        ? { status: 'rejected', reason: 'no' }
        : sink.transport.send(batch, signal);
    },
  };
  const problems: object[] = [];
  const logger = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields: object) => void problems.push(fields),
  };
  const trail = await openTrail({ directory, transports: [picky], logger });
  for (const no of numbersTo(100)) record(trail, no);
  expect(await trail.close()).toBe(true);
  expect(sink.numbers()).toEqual(numbersTo(100).filter((no) => !refused.has(no)));
  const letters = readFileSync(join(directory, 'dead-letter-picky.jsonl'), 'utf8').trimEnd().split('\n');
  expect(letters.map((line) => (JSON.parse(line) as StatementRecord).session.statement_no)).toEqual([3, 64, 65]);
  expect(problems).toHaveLength(3);
  expect(trail.stats().transports[0]).toMatchObject({ name: 'picky', rejected: 3, accepted: 97 + 2, pendingBytes: 0 });
});

test('a dead transport holds up neither statements nor another transport', async () => {
  const sink = receiver('live');
  const hung: Transport = { name: 'hung', send: () => new Promise(() => undefined) };
  const failing: Transport = { name: 'failing', send: () => Promise.reject(new Error('broken')) };
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [hung, failing, sink.transport],
    drainDeadlineMs: 50,
  });
  for (const no of numbersTo(50)) record(trail, no);
  await eventually(() => trail.stats().transports[2]?.pendingBytes === 0);
  expect(sink.json).toHaveLength(50);
  const stats = trail.stats().transports;
  expect(stats.map(({ name, pendingBytes }) => [name, pendingBytes > 0])).toEqual([
    ['hung', true],
    ['failing', true],
    ['live', false],
  ]);
  expect(stats[1]?.problem).toBe('broken');
});

test('each transport gets the same bytes', async () => {
  const [one, two] = [receiver('one'), receiver('two')];
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [one.transport, two.transport],
    segmentBytes: 3000,
  });
  for (const no of numbersTo(60)) record(trail, no);
  await trail.close();
  expect(one.json).toHaveLength(60);
  expect(two.json).toEqual(one.json);
});

test('the wait that a receiver asks for is kept, and the same batch is sent again under the same id', async () => {
  const attempts: { id: string; at: number }[] = [];
  const busy: Transport = {
    name: 'busy',
    send: async ({ id }) => {
      attempts.push({ id, at: performance.now() });
      return attempts.length === 1 ? { status: 'retry', afterMs: 400, reason: 'busy' } : { status: 'accepted' };
    },
  };
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [busy] });
  record(trail, 1);
  await eventually(() => attempts.length >= 2);
  const [first, second] = attempts;
  expect(second?.id).toBe(first?.id);
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(395);
});

test('a batch is bounded in records and in bytes', async () => {
  const sizes: number[][] = [];
  const measuring: Transport = {
    name: 'measuring',
    send: async ({ records }) => {
      sizes.push([records.length, records.reduce((sum, bytes) => sum + bytes.length, 0)]);
      return { status: 'accepted' };
    },
  };
  const trail = await openTrail({
    directory: temporaryDirectory(),
    transports: [measuring],
    batchRecords: 10,
    batchBytes: 20_000,
    batchAgeMs: 30,
  });
  for (const no of numbersTo(40)) record(trail, no, no > 20 ? 'x'.repeat(9000) : 'SELECT 1');
  await trail.close();
  expect(sizes.reduce((sum, [count = 0]) => sum + count, 0)).toBe(40 + 2);
  expect(sizes.every(([count = 0, bytes = 0]) => count <= 10 && bytes < 30_000)).toBe(true);
});

test('records that come while nothing else does wait no longer than the age of a batch', async () => {
  const sink = receiver();
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [sink.transport], batchAgeMs: 20 });
  for (const no of [1, 2, 3]) {
    record(trail, no);
    await eventually(() => sink.json.length === no);
    await delay(30);
  }
});

test('back-off grows to its cap with full jitter, and believes a receiver up to an hour', () => {
  const longest = (attempt: number): number => Math.max(...Array.from({ length: 2000 }, () => backoffMs(attempt)));
  expect(longest(1)).toBeLessThanOrEqual(100);
  expect(longest(4)).toBeLessThanOrEqual(800);
  expect(longest(4)).toBeGreaterThan(400);
  expect(longest(1000)).toBeLessThanOrEqual(30_000);
  expect(backoffMs(1, 5000)).toBeGreaterThanOrEqual(5000);
  expect(backoffMs(1, 1e12)).toBe(3_600_000);
});
