import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { type DeliveryCursor, START } from '../../src/audit/delivery-cursor.js';
import { journalPlace, segmentPath } from '../../src/audit/journal-directory.js';
import { recoverJournal } from '../../src/audit/journal-recovery.js';
import { JournalSegments, SpoolBudget } from '../../src/audit/journal-segments.js';
import { JournalWriter } from '../../src/audit/journal-writer.js';
import { RecordStream } from '../../src/audit/merging/record-stream.js';
import { OK, statementIntent } from './statement-samples.js';
import { brokenLink, NO_TREE, openTrail, receiver, temporaryDirectory } from './trail-fixtures.js';

const WRITER = '00000000-0000-4000-8000-000000000001';
const DEAD_OWNER = '0123456789ab';
const limits = { maxRecords: 100, maxBytes: 1e6 };

/** A journal as a dead process leaves it: statement 1 ended, 2 did not, the last line is 3's. Returns the bytes of its segment. */
function abandonedJournal(directory: string, last: 'intent' | 'outcome' | 'refusal'): Buffer {
  const place = journalPlace(directory, WRITER, DEAD_OWNER);
  const budget = new SpoolBudget(1e9);
  const writer = new JournalWriter({
    segments: new JournalSegments(place, new Map(), budget),
    budget,
    segmentBytes: 1e9,
  });
  writer.outcome(writer.intent(statementIntent(1)), OK);
  writer.intent(statementIntent(2));
  if (last === 'refusal') writer.refuse(statementIntent(3), { status: 'denied', durationMicros: 0 });
  else {
    const ticket = writer.intent(statementIntent(3));
    if (last === 'outcome') writer.outcome(ticket, OK);
  }
  writer.close();
  return readFileSync(segmentPath(place.path, 1));
}

async function recovered(directory: string): Promise<string[]> {
  const segments = await recoverJournal(journalPlace(directory, WRITER, DEAD_OWNER), new SpoolBudget(1e9));
  const stream = new RecordStream(segments, START, NO_TREE);
  const { records } = await stream.next(limits);
  await stream.close();
  return records.map((bytes) => bytes.toString());
}

/** A line of an intent that refers to a head only; the journal above defines one as 1. */
const compactIntent = (rest: string, head = 1): Buffer =>
  Buffer.from(
    `{"intent":9,"head":${head},"tail":0,"shape":0,"v":1,"type":"statement","id":"${WRITER}","time":"2026-11-21T10:00:00.000000Z",${rest}}`,
  );

const summary = (json: readonly string[]): string[] =>
  json.map((text) => {
    const { session, outcome } = JSON.parse(text) as { session: { statement_no: number }; outcome: { status: string } };
    return `${session.statement_no} ${outcome.status}`;
  });

test.each([
  ['intent', ['1 ok', '2 unknown'], ['1 ok', '2 unknown', '3 unknown']],
  ['outcome', ['1 ok', '2 unknown', '3 unknown'], ['1 ok', '3 ok', '2 unknown']],
  ['refusal', ['1 ok', '2 unknown'], ['1 ok', '3 denied', '2 unknown']],
] as const)('a last line (%s) torn at any byte is cut, and no whole line is lost', async (last, torn, whole) => {
  const directory = temporaryDirectory();
  const bytes = abandonedJournal(directory, last);
  const file = segmentPath(journalPlace(directory, WRITER, DEAD_OWNER).path, 1);
  const lastLineStart = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  for (let length = lastLineStart; length <= bytes.length; length++) {
    writeFileSync(file, bytes.subarray(0, length));
    const json = await recovered(directory);
    expect(summary(json), `cut at ${length} of ${bytes.length}`).toEqual(length === bytes.length ? whole : torn);
    expect(brokenLink(json)).toBeUndefined();
  }
});

test('a recovery that is interrupted at any byte and done again gives the same records', async () => {
  const directory = temporaryDirectory();
  const before = abandonedJournal(directory, 'intent');
  const file = segmentPath(journalPlace(directory, WRITER, DEAD_OWNER).path, 1);
  const expected = await recovered(directory);
  const after = readFileSync(file);
  expect(after.length).toBeGreaterThan(before.length);
  for (let length = before.length; length <= after.length; length++) {
    writeFileSync(file, after.subarray(0, length));
    expect(await recovered(directory)).toEqual(expected);
  }
});

test.each([
  ['zeros', Buffer.alloc(100)],
  ['a record cut short', Buffer.from('{"v":1,"type":"session","id":"0"}')],
  ['an intent cut short', Buffer.from('{"intent":9,"v":1,"type":"statement"}')],
  ['an intent without a type', Buffer.from('{"intent":9,"v":1,}')],
  ['an intent without a number', Buffer.from('{"intent":x,"v":1}')],
  ['an intent without the number of its statement', compactIntent('"statement":{"truncated":false}')],
  ['an intent that ends in its text', compactIntent('"statement_no":1,"statement":{"text":"S"}')],
  [
    'an intent that refers to nothing',
    compactIntent('"statement_no":1,"statement":{"text":"S","truncated":false}', 99),
  ],
  ['an outcome with too long a number', Buffer.from('{"outcome":1234567890123456,"status":"ok"}')],
])('a damaged line (%s) is set aside, and the lines around it are delivered', async (_what, damaged) => {
  const directory = temporaryDirectory();
  const bytes = abandonedJournal(directory, 'outcome');
  const file = segmentPath(journalPlace(directory, WRITER, DEAD_OWNER).path, 1);
  const firstLineEnd = bytes.indexOf('\n') + 1;
  const line = Buffer.concat([damaged, Buffer.from('\n')]);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, firstLineEnd), line, bytes.subarray(firstLineEnd)]));
  const sink = receiver();
  const trail = await openTrail({ directory, transports: [sink.transport] });
  await trail.close();
  expect(summary(sink.json)).toEqual(['1 ok', '3 ok', '2 unknown']);
  expect(readFileSync(join(directory, 'dead-letter-function.jsonl'))).toEqual(line);
});

test('an intent that refers to a definition that is no head is set aside', async () => {
  const directory = temporaryDirectory();
  const bytes = abandonedJournal(directory, 'outcome');
  const definition = Buffer.from('{"define":77,"a":1}\n');
  const rest = '"statement_no":1,"statement":{"text":"S","truncated":false}';
  const intent = Buffer.concat([compactIntent(rest, 77), Buffer.from('\n')]);
  const file = segmentPath(journalPlace(directory, WRITER, DEAD_OWNER).path, 1);
  writeFileSync(file, Buffer.concat([definition, intent, bytes]));
  const sink = receiver();
  const trail = await openTrail({ directory, transports: [sink.transport] });
  await trail.close();
  expect(summary(sink.json)).toEqual(['1 ok', '3 ok', '2 unknown']);
  expect(readFileSync(join(directory, 'dead-letter-function.jsonl'))).toEqual(intent);
});

test('a stream begun anew at the cursor after any batch goes on with the same records', async () => {
  const directory = temporaryDirectory();
  const place = journalPlace(directory, WRITER, DEAD_OWNER);
  const budget = new SpoolBudget(1e9);
  const segments = new JournalSegments(place, new Map(), budget);
  const writer = new JournalWriter({ segments, budget, segmentBytes: 1500 });
  const tickets = Array.from({ length: 40 }, (_, index) => {
    const ticket = writer.intent(statementIntent(index + 1));
    if (index % 3 === 0) writer.outcome(ticket, OK);
    return ticket;
  });
  for (const [index, ticket] of tickets.entries()) if (index % 3 !== 0) writer.outcome(ticket, OK);
  writer.close();
  segments.seal();

  const whole = new RecordStream(segments, START, NO_TREE);
  const expected = (await whole.next(limits)).records.map(String);
  await whole.close();
  expect(expected).toHaveLength(40);
  let cursor = START;
  async function restart(from: DeliveryCursor): Promise<string[]> {
    const stream = new RecordStream(segments, from, NO_TREE);
    const batch = await stream.next({ maxRecords: 3, maxBytes: 1e6 });
    await stream.close();
    cursor = JSON.parse(JSON.stringify(batch.cursor)) as DeliveryCursor;
    return batch.records.map(String);
  }
  const pieces: string[] = [];
  for (let piece = await restart(cursor); piece.length > 0; piece = await restart(cursor)) pieces.push(...piece);
  expect(pieces).toEqual(expected);
});

test('a journal whose start is gone, and with it every cursor, is kept and not delivered', async () => {
  const directory = temporaryDirectory();
  abandonedJournal(directory, 'outcome');
  const { path } = journalPlace(directory, WRITER, DEAD_OWNER);
  cpSync(segmentPath(path, 1), segmentPath(path, 2));
  rmSync(segmentPath(path, 1));
  const sink = receiver();
  const problems: unknown[] = [];
  const note = (fields: object): void => void problems.push((fields as { err?: { code?: string } }).err?.code);
  const logger = { info: () => undefined, warn: () => undefined, error: note };
  const trail = await openTrail({ directory, transports: [sink.transport], logger, drainDeadlineMs: 200 });
  await trail.close();
  expect(problems).toContain('JOURNAL_CORRUPT');
  expect(sink.json).toEqual([]);
});

test('an empty journal is taken away', async () => {
  const directory = temporaryDirectory();
  mkdirSync(journalPlace(directory, WRITER, DEAD_OWNER).path);
  const trail = await openTrail({ directory, transports: [receiver().transport] });
  expect(await trail.close()).toBe(true);
});
