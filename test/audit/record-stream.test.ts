import { expect, test } from 'vitest';
import { type DeliveryCursor, START } from '../../src/audit/delivery-cursor.js';
import { journalPlace } from '../../src/audit/journal-directory.js';
import { JournalSegments, SpoolBudget } from '../../src/audit/journal-segments.js';
import { JournalWriter } from '../../src/audit/journal-writer.js';
import { RecordStream } from '../../src/audit/merging/record-stream.js';
import { OK, statementIntent } from './statement-samples.js';
import { brokenLink, NO_TREE, temporaryDirectory } from './trail-fixtures.js';

/** A sealed journal of statements that share what they refer to; every third one ends long after it began. */
function journal(statements: number, segmentBytes: number): JournalSegments {
  const place = journalPlace(temporaryDirectory(), 'writer', 'owner');
  const budget = new SpoolBudget(1e9);
  const segments = new JournalSegments(place, new Map(), budget);
  const writer = new JournalWriter({ segments, budget, segmentBytes });
  const { head, tail, shape, verdict } = statementIntent(0);
  const slow: number[] = [];
  for (let no = 1; no <= statements; no += 1) {
    const ticket = writer.intent({ ...statementIntent(no, `SELECT ',"truncated":${no}'`), head, tail, shape, verdict });
    writer.flush();
    if (no % 3 === 0) slow.push(ticket);
    else writer.outcome(ticket, OK);
    if (slow.length === 7) for (const late of slow.splice(0)) writer.outcome(late, OK);
    writer.flush();
  }
  for (const late of slow) writer.outcome(late, OK);
  writer.close();
  segments.seal();
  return segments;
}

async function read(
  segments: JournalSegments,
  cursor: DeliveryCursor,
  maxRecords: number,
): Promise<[string[], DeliveryCursor]> {
  const stream = new RecordStream(segments, cursor, NO_TREE);
  const batch = await stream.next({ maxRecords, maxBytes: 1e9 });
  const json = batch.records.map(String);
  expect(batch.damaged).toEqual([]);
  await stream.close();
  return [json, batch.cursor];
}

for (const segmentBytes of [1e9, 3000]) {
  test(`a stream that begins anew anywhere gives the same records, in segments of ${segmentBytes} bytes`, async () => {
    const segments = journal(60, segmentBytes);
    const [all] = await read(segments, START, 1e9);
    expect(all).toHaveLength(60);
    expect(brokenLink(all)).toBeUndefined();
    expect(JSON.parse(all[0] ?? '')).toMatchObject({
      agent: { subject: 'agent-a' },
      session: { id: 's-1', statement_no: 1 },
      db: { system: 'mariadb' },
      statement: { text: `SELECT ',"truncated":1'`, truncated: false },
      outcome: { status: 'ok' },
    });
    for (const step of [1, 7, 25]) {
      const pieces: string[] = [];
      let cursor = START;
      while (pieces.length < all.length) {
        const [records, next] = await read(segments, JSON.parse(JSON.stringify(cursor)) as DeliveryCursor, step);
        expect(records.length).toBeGreaterThan(0);
        pieces.push(...records);
        cursor = next;
      }
      expect(pieces).toEqual(all);
    }
  });
}
