import { appendFileSync, closeSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalPlace, segmentPath } from '../../src/audit/journal-directory.js';
import { endOpenIntents, recoverJournal } from '../../src/audit/journal-recovery.js';
import { JournalSegments, SpoolBudget } from '../../src/audit/journal-segments.js';
import { JournalWriter } from '../../src/audit/journal-writer.js';
import { SegmentFile } from '../../src/audit/segment-file.js';
import { readStoredJournals } from '../../src/audit/verify/stored-journals.js';
import { TrailVerifier } from '../../src/audit/verify/trail-verifier.js';
import { OK, statementIntent } from './statement-samples.js';
import { afterThisTest, temporaryDirectory } from './trail-fixtures.js';

const WRITER = '00000000-0000-4000-8000-000000000001';
const AHEAD = 64 * 1024;

function segmentFile(): { file: SegmentFile; path: string } {
  const path = join(temporaryDirectory(), 'segment');
  const file = new SegmentFile(path);
  afterThisTest(() => {
    closeSync(file.fd);
  });
  return { file, path };
}

/** A writer with the lines of one statement, one of which waited for the disk. */
async function writeOnDisk(segmentBytes = 1e9): Promise<{ writer: JournalWriter; directory: string; path: string }> {
  const directory = temporaryDirectory();
  const place = journalPlace(directory, WRITER, '0123456789ab');
  const budget = new SpoolBudget(1e9);
  const segments = new JournalSegments(place, new Map(), budget);
  const writer = new JournalWriter({ segments, budget, segmentBytes });
  afterThisTest(() => {
    writer.close();
  });
  const ticket = writer.intent(statementIntent(1));
  await new Promise((written) => {
    writer.onceWritten({ written }, true);
  });
  writer.outcome(ticket, OK);
  writer.flush();
  return { writer, directory, path: place.path };
}

test('lines take the place of the zeros that are written ahead, and trimming leaves the lines', () => {
  const { file, path } = segmentFile();
  file.append(Buffer.from('one\n'), 4);
  file.writeAhead();
  file.writeAhead();
  expect(statSync(path).size).toBe(4 + AHEAD);
  file.append(Buffer.from('two\nmore'), 4);
  expect(readFileSync(path, 'latin1').slice(0, 9)).toBe('one\ntwo\n\0');
  expect([file.size, statSync(path).size]).toEqual([8, 4 + AHEAD]);
  file.trim();
  expect(readFileSync(path, 'latin1')).toBe('one\ntwo\n');
  file.append(Buffer.from('three\n'), 6);
  expect(readFileSync(path, 'latin1')).toBe('one\ntwo\nthree\n');
});

test('what is longer than the zeros makes the file longer, and others follow', () => {
  const { file, path } = segmentFile();
  file.writeAhead();
  file.append(Buffer.alloc(AHEAD + 10, 'x'), AHEAD + 10);
  expect(statSync(path).size).toBe(AHEAD + 10);
  file.writeAhead();
  expect(statSync(path).size).toBe(2 * AHEAD + 10);
});

test('zeros are written for those who wait for the disk only, and go when the segment ends', async () => {
  const { writer, path } = await writeOnDisk(500);
  const first = segmentPath(path, 1);
  expect(statSync(first).size).toBeGreaterThan(AHEAD);
  writer.intent(statementIntent(2));
  writer.flush();
  expect(readFileSync(first, 'latin1')).toMatch(/\}\n$/);
  expect(readFileSync(segmentPath(path, 2), 'latin1')).toMatch(/\}\n$/);
});

test('closing takes the zeros away', async () => {
  const { writer, path } = await writeOnDisk();
  writer.close();
  expect(readFileSync(segmentPath(path, 1), 'latin1')).toMatch(/\}\n$/);
});

test('a journal with zeros at its end, of a process that is alive or was killed, is read and made whole', async () => {
  const { writer, directory, path } = await writeOnDisk();
  writer.intent(statementIntent(2));
  writer.flush();
  const read = async (): Promise<string[]> => {
    const records: string[] = [];
    await readStoredJournals(directory, new TrailVerifier(), (record) => records.push(record.toString()));
    return records.map((text) => (JSON.parse(text) as { outcome: { status: string } }).outcome.status);
  };
  expect(statSync(segmentPath(path, 1)).size).toBeGreaterThan(AHEAD);
  expect(await read()).toEqual(['ok']);
  const place = journalPlace(directory, WRITER, '0123456789ab');
  const segments = await recoverJournal(place, new SpoolBudget(1e9));
  expect(existsSync(path)).toBe(true);
  expect(segments.size(1)).toBe(statSync(segmentPath(path, 1)).size);
  expect(readFileSync(segmentPath(path, 1), 'latin1')).toMatch(/\}\n$/);
  expect(await read()).toEqual(['ok', 'unknown']);
});

test('how statements ended is written where zeros are left that could not be cut off', async () => {
  const { writer, path } = await writeOnDisk();
  writer.intent(statementIntent(2));
  writer.close();
  const segment = segmentPath(path, 1);
  const { size } = statSync(segment);
  appendFileSync(segment, Buffer.alloc(AHEAD));
  const place = journalPlace('', WRITER, '0123456789ab');
  const segments = new JournalSegments({ ...place, path }, new Map([[1, size]]), new SpoolBudget(1e9));
  await endOpenIntents(segments);
  expect(readFileSync(segment, 'latin1').slice(size)).toMatch(/^\{"outcome":2,[^\0]*\}\n$/);
  expect(segments.size(1)).toBe(statSync(segment).size);
});
