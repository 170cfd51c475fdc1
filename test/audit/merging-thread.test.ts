import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { START } from '../../src/audit/delivery-cursor.js';
import { journalPlace } from '../../src/audit/journal-directory.js';
import { JournalSegments, SpoolBudget } from '../../src/audit/journal-segments.js';
import { JournalWriter } from '../../src/audit/journal-writer.js';
import type * as audit from '../../src/audit/index.js';
import { JournalTree } from '../../src/audit/merging/journal-tree.js';
import type * as merging from '../../src/audit/merging/merger.js';
import { type RecordSource, RecordStream } from '../../src/audit/merging/record-stream.js';
import { TrailVerifier } from '../../src/audit/verify/index.js';
import { OK, statementIntent } from './statement-samples.js';
import { afterThisTest, eventually, receiver, record, temporaryDirectory } from './trail-fixtures.js';

// A thread runs what is built; `npm test` builds first.
const built = (path: string): string => new URL(`../../dist/src/audit/${path}.js`, import.meta.url).href;
const { Merger: BuiltMerger } = (await import(built('merging/merger'))) as typeof merging;
const { createAuditTrail } = (await import(built('index'))) as typeof audit;

const EMPTY = { size: 0, roots: [] };

/** A sealed journal with short and long statements, open ones among them, and a line that is none. */
function journal(statements: number): JournalSegments {
  const place = journalPlace(temporaryDirectory(), 'writer', 'owner');
  const budget = new SpoolBudget(1e9);
  const segments = new JournalSegments(place, new Map(), budget);
  const writer = new JournalWriter({ segments, budget, segmentBytes: 1e6 });
  const late: number[] = [];
  for (let no = 1; no <= statements; no += 1) {
    const text = no % 50 === 0 ? `SELECT '${'ä'.repeat(200_000)}' -- ${no}` : `SELECT ${no}`;
    const ticket = writer.intent(statementIntent(no, text));
    writer.flush();
    if (no % 7 === 0) late.push(ticket);
    else writer.outcome(ticket, OK);
    writer.event('session', no, '"event":{"action":"open"}');
  }
  for (const ticket of late) writer.outcome(ticket, OK);
  writer.close();
  const damage = Buffer.from('not a line of a journal\n');
  appendFileSync(join(place.path, `${String(segments.last).padStart(8, '0')}.jsonl`), damage);
  segments.grown(segments.last, damage.length);
  segments.seal();
  return segments;
}

async function threaded(): Promise<{ merger: merging.Merger; warnings: unknown[] }> {
  const warnings: unknown[] = [];
  const silent = { info: () => undefined, error: () => undefined };
  const merger = new BuiltMerger({ ...silent, warn: (details: unknown) => void warnings.push(details) } as never);
  afterThisTest(() => merger.close());
  merger.useThread();
  await eventually(() => merger.thread !== undefined);
  return { merger, warnings };
}

interface Read {
  readonly records: string;
  readonly count: number;
  readonly damaged: readonly string[];
  readonly cursors: readonly unknown[];
}

async function readAll(source: RecordSource, limits = { maxRecords: 33, maxBytes: 1e6 }): Promise<Read> {
  const hash = createHash('sha256');
  const damaged: string[] = [];
  const cursors: unknown[] = [];
  let count = 0;
  for (let isFull = true; isFull;) {
    const batch = await source.next(limits);
    for (const bytes of batch.records) hash.update(bytes).update('\n');
    count += batch.records.length;
    damaged.push(...batch.damaged.map(String));
    cursors.push(batch.cursor);
    isFull = batch.full;
  }
  await source.close();
  return { records: hash.digest('hex'), count, damaged, cursors };
}

test('a thread makes the same records, cursors and tree', async () => {
  const segments = journal(1_000);
  const [hereTree, thereTree] = [new JournalTree(EMPTY), new JournalTree(EMPTY)];
  const here = await readAll(new RecordStream(segments, START, hereTree));
  const { merger, warnings } = await threaded();
  const there = await readAll(merger.open(segments, START, thereTree));
  expect(here.count).toBe(2_000);
  expect(here.damaged).toEqual(['not a line of a journal']);
  expect(there).toEqual(here);
  expect(thereTree.frontier()).toEqual(hereTree.frontier());
  expect(thereTree.uncovered).toBe(hereTree.uncovered);
  expect(warnings).toEqual([]);
});

test('several streams of one journal share the tree, and go on from where a thread takes over', async () => {
  const segments = journal(300);
  const tree = new JournalTree(EMPTY);
  const warn: unknown[] = [];
  const merger = new BuiltMerger({ warn: (details: unknown) => void warn.push(details) } as never);
  afterThisTest(() => merger.close());
  const [one, two] = [merger.open(segments, START, tree), merger.open(segments, START, tree)];
  const limits = { maxRecords: 100, maxBytes: 1e9 };
  const first = (await one.next(limits)).records.map(String);
  merger.useThread();
  await eventually(() => merger.thread !== undefined);
  const rest = (await one.next({ maxRecords: 1e9, maxBytes: 1e9 })).records.map(String);
  const all = (await two.next({ maxRecords: 1e9, maxBytes: 1e9 })).records.map(String);
  expect([...first, ...rest]).toEqual(all);
  expect(tree.size).toBe(600);
  await Promise.all([one.close(), two.close()]);
});

test('where the thread ends, what is asked fails, and the next stream does without it', async () => {
  const segments = journal(20);
  const { merger, warnings } = await threaded();
  const source = merger.open(segments, START, new JournalTree(EMPTY));
  const thread = merger.thread;
  const asked = source.next({ maxRecords: 5, maxBytes: 1e6 });
  const ended = thread?.end();
  await expect(asked).rejects.toThrow('the thread for merging was ended');
  await ended;
  await source.close();
  const again = await readAll(merger.open(segments, START, new JournalTree(EMPTY)));
  expect(again.count).toBe(40);
  expect(warnings).toEqual([]);
});

test('a journal whose file cannot be read says so from the thread, too', async () => {
  const segments = journal(5);
  const place = { ...segments.place, path: `${segments.place.path}/00000001.jsonl` };
  const wrong = new JournalSegments(place, new Map([[1, 100]]), new SpoolBudget(1e9));
  const { merger } = await threaded();
  const source = merger.open(wrong, START, new JournalTree(EMPTY));
  await expect(source.next({ maxRecords: 5, maxBytes: 1e6 })).rejects.toThrow(/ENOTDIR/);
  await source.close();
});

test('a busy trail is delivered by a thread, whole and sealed', { timeout: 60_000 }, async () => {
  const sink = receiver();
  let threads = 0;
  process.once('worker', () => (threads += 1));
  const warnings: unknown[] = [];
  const logger = {
    info: () => undefined,
    error: () => undefined,
    warn: (details: unknown) => void warnings.push(details),
  };
  const trail = await createAuditTrail({
    directory: temporaryDirectory(),
    transports: [sink.transport],
    segmentBytes: 100_000,
    logger: logger as never,
    drainDeadlineMs: 20_000,
    batchAgeMs: 5,
  });
  for (let no = 1; no <= 20_000; no += 1) {
    record(trail, no);
    if (no % 1_000 === 0) await eventually(() => sink.json.length >= no - 1);
  }
  expect(await trail.close()).toBe(true);
  expect(warnings).toEqual([]);
  expect(threads).toBe(1);
  expect(sink.json).toHaveLength(20_000);
  const verifier = new TrailVerifier();
  for (const text of sink.all) verifier.add(Buffer.from(text));
  expect(verifier.report().findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(sink.all.length).toBeGreaterThan(20_010);
});
