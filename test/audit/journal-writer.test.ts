import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { journalPlace, segmentPath } from '../../src/audit/journal-directory.js';
import { JournalSegments } from '../../src/audit/journal-segments.js';
import { JournalWriter } from '../../src/audit/journal-writer.js';
import type { FailureError } from '../../src/errors.js';
import { OK, statementIntent } from './statement-samples.js';
import { afterThisTest, temporaryDirectory } from './trail-fixtures.js';

function openWriter(maxBytes = 1e9): { writer: JournalWriter; path: string; lines(): string[] } {
  const place = journalPlace(temporaryDirectory(), 'writer', 'owner');
  const budget = { maxBytes, usedBytes: 0 };
  const segments = new JournalSegments(place, new Map(), budget);
  const writer = new JournalWriter({ segments, budget, segmentBytes: 1e9 });
  afterThisTest(() => {
    writer.close();
  });
  const lines = (): string[] => readFileSync(segmentPath(place.path, 1), 'utf8').split('\n').slice(0, -1);
  return { writer, path: place.path, lines };
}

function told(writer: JournalWriter): Promise<FailureError | undefined> {
  return new Promise((written) => {
    writer.onceWritten({ written });
  });
}

test('the intents of one turn are written together, and then their waiters are told', async () => {
  const { writer, lines } = openWriter();
  writer.intent(statementIntent(1));
  const first = told(writer);
  writer.intent(statementIntent(2));
  const second = told(writer);
  expect(lines()).toEqual([]);
  expect(await Promise.all([first, second])).toEqual([undefined, undefined]);
  expect(lines().map((line) => line.slice(0, 12))).toEqual(['{"intent":1,', '{"intent":2,']);
});

test('what cannot be written withdraws the intents and refusals of its turn, and keeps the outcomes', async () => {
  const { writer, path, lines } = openWriter();
  const before = writer.intent(statementIntent(1));
  writer.flush();
  rmSync(path, { recursive: true });
  writeFileSync(path, 'in the way');
  writer.checkPresence();
  const withdrawn = writer.intent(statementIntent(2));
  writer.outcome(before, OK);
  writer.refuse(statementIntent(3), { status: 'denied', durationMicros: 0 });
  writer.outcome(withdrawn, { status: 'aborted', durationMicros: 0 });
  writer.intent(statementIntent(4));
  expect(writer.openIntents).toBe(1);
  expect(await told(writer)).toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
  expect(writer.openIntents).toBe(0);
  rmSync(path);
  writer.intent(statementIntent(5));
  writer.flush();
  const written = readFileSync(segmentPath(path, 2), 'utf8').split('\n').slice(0, -1);
  expect(written.map((line) => line.slice(0, 13))).toEqual(['{"outcome":1,', '{"intent":4,"']);
  expect(lines).toThrow('ENOENT');
});

test('an intent that would take the journal beyond its bound is refused at once, and its neighbours stand', async () => {
  const { writer, lines } = openWriter(2000);
  writer.intent(statementIntent(1));
  expect(() => writer.intent(statementIntent(2, 'x'.repeat(3000)))).toThrow('it is full');
  await setImmediate();
  expect(lines()).toHaveLength(1);
});
