import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { journalPlace, segmentPath } from '../../src/audit/journal-directory.js';
import { JournalSegments, SpoolBudget } from '../../src/audit/journal-segments.js';
import { JournalWriter } from '../../src/audit/journal-writer.js';
import type { FailureError } from '../../src/errors.js';
import { OK, statementIntent } from './statement-samples.js';
import { afterThisTest, temporaryDirectory } from './trail-fixtures.js';

function openWriter(maxBytes = 1e9): { writer: JournalWriter; path: string; lines(): string[] } {
  const place = journalPlace(temporaryDirectory(), 'writer', 'owner');
  const budget = new SpoolBudget(maxBytes);
  const segments = new JournalSegments(place, new Map(), budget);
  const writer = new JournalWriter({ segments, budget, segmentBytes: 1e9 });
  afterThisTest(() => {
    writer.close();
  });
  return { writer, path: place.path, lines: () => linesOf(place.path, 1) };
}

/** The lines of a segment, without definitions. */
function linesOf(path: string, segment: number): string[] {
  const lines = readFileSync(segmentPath(path, segment), 'utf8').split('\n').slice(0, -1);
  return lines.filter((line) => !line.startsWith('{"define":'));
}

function told(writer: JournalWriter): Promise<FailureError | undefined> {
  return new Promise((written) => {
    writer.onceWritten({ written }, false);
  });
}

test('the intent of a statement that is open alone is written at once', async () => {
  const { writer, lines } = openWriter();
  writer.intent(statementIntent(1));
  const waiter = told(writer);
  expect(lines().map((line) => line.slice(0, 12))).toEqual(['{"intent":1,']);
  expect(await waiter).toBeUndefined();
});

test('the intents of one turn are written together, and then their waiters are told', async () => {
  const { writer, lines } = openWriter();
  writer.intent(statementIntent(1));
  writer.flush();
  writer.intent(statementIntent(2));
  const first = told(writer);
  writer.intent(statementIntent(3));
  const second = told(writer);
  expect(lines()).toHaveLength(1);
  expect(await Promise.all([first, second])).toEqual([undefined, undefined]);
  expect(lines().map((line) => line.slice(0, 12))).toEqual(['{"intent":1,', '{"intent":2,', '{"intent":3,']);
});

test('what cannot be written withdraws the intents and refusals of its turn, and keeps the outcomes', async () => {
  const { writer, path, lines } = openWriter();
  const before = writer.intent(statementIntent(1));
  writer.flush();
  const withdrawn = writer.intent(statementIntent(2));
  writer.outcome(before, OK);
  writer.refuse(statementIntent(3), { status: 'denied', durationMicros: 0 });
  writer.outcome(withdrawn, { status: 'aborted', durationMicros: 0 });
  writer.intent(statementIntent(4));
  expect(writer.openIntents).toBe(1);
  rmSync(path, { recursive: true });
  writeFileSync(path, 'in the way');
  writer.checkPresence();
  expect(await told(writer)).toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
  expect(writer.openIntents).toBe(0);
  expect(() => writer.intent(statementIntent(5))).toThrow('no segment can be begun');
  rmSync(path);
  writer.intent(statementIntent(6));
  writer.flush();
  expect(linesOf(path, 2).map((line) => line.slice(0, 13))).toEqual(['{"outcome":1,', '{"intent":4,"']);
  expect(lines).toThrow('ENOENT');
});

test('what intents have in common is written once a segment', () => {
  const { writer, path } = openWriter();
  const intent = statementIntent(1);
  for (let no = 0; no < 3; no += 1) writer.intent(intent);
  writer.flush();
  const starts = readFileSync(segmentPath(path, 1), 'utf8').matchAll(/^\{"(\w+)"/gm);
  expect(Array.from(starts, ([, kind]) => kind)).toEqual(['define', 'define', 'define', 'intent', 'intent', 'intent']);
});

test('an intent that would take the journal beyond its bound is refused at once, and its neighbours stand', async () => {
  const { writer, lines } = openWriter(2000);
  writer.intent(statementIntent(1));
  expect(() => writer.intent(statementIntent(2, 'x'.repeat(3000)))).toThrow('it is full');
  await setImmediate();
  expect(lines()).toHaveLength(1);
});
