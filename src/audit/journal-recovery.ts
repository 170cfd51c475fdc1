import { open } from 'node:fs/promises';

import { loadCursors } from './delivery-cursor.js';
import { removeReserve } from './disk-reserve.js';
import { listSegments, segmentPath, type JournalPlace } from './journal-directory.js';
import { JournalLineView, lineEnd, unknownOutcomeLine, wholeLinesEnd } from './journal-line.js';
import { JournalReader } from './merging/journal-reader.js';
import { JournalSegments, type SpoolBudget } from './journal-segments.js';

const TAIL_BYTES = 64 * 1024;

/**
 * Makes the journal of a dead writer whole: cuts the torn tail after the last whole line, and gives every intent without an outcome
 * the outcome `unknown`. Doing it again, after dying in the middle of it, gives the same.
 */
export async function recoverJournal(place: JournalPlace, budget: SpoolBudget): Promise<JournalSegments> {
  removeReserve(place.path);
  const sizes = await listSegments(place.path);
  const last = [...sizes.keys()].at(-1);
  if (last !== undefined) sizes.set(last, await cutTornTail(segmentPath(place.path, last), sizes.get(last) ?? 0));
  const segments = new JournalSegments(place, sizes, budget);
  await endOpenIntents(segments);
  segments.seal();
  return segments;
}

/** Gives every intent of a journal that nobody writes any more, and that has no outcome, the outcome `unknown`. */
export async function endOpenIntents(segments: JournalSegments): Promise<void> {
  const tickets = await openTickets(segments);
  if (tickets.size === 0) return;
  const bytes = Buffer.from([...tickets].map(unknownOutcomeLine).join(''));
  const handle = await open(segmentPath(segments.place.path, segments.last), 'a', 0o600);
  try {
    // Zeros that could not be cut off would stand in front of them.
    await handle.truncate(segments.size(segments.last) ?? 0);
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
  segments.grown(segments.last, bytes.length);
}

async function openTickets(segments: JournalSegments): Promise<Set<number>> {
  const tickets = new Set<number>();
  const cursors = await loadCursors(segments.place.path);
  const view = new JournalLineView();
  const note = (bytes: Buffer, start: number, end: number): void => {
    const { kind, ticket } = view.read(bytes, start, end);
    if (kind === 'intent') tickets.add(ticket);
    else if (kind === 'outcome') tickets.delete(ticket);
  };
  const carried = [...cursors.values()].flatMap((cursor) => cursor.carried).map((line) => Buffer.from(line));
  for (const line of carried) note(line, 0, line.length);
  const reader = new JournalReader(segments, { segment: segments.first, offset: 0 });
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      const { bytes } = chunk;
      for (let start = 0, end = lineEnd(bytes, 0); end !== -1; start = end + 1, end = lineEnd(bytes, start))
        note(bytes, start, end);
    }
  } finally {
    await reader.close();
  }
  return tickets;
}

async function cutTornTail(path: string, size: number): Promise<number> {
  const handle = await open(path, 'r+');
  try {
    let end = size;
    while (end > 0) {
      const start = Math.max(0, end - TAIL_BYTES);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
      const whole = wholeLinesEnd(buffer.subarray(0, bytesRead));
      end = start + whole;
      if (whole > 0) break;
    }
    if (end < size) await handle.truncate(end);
    return end;
  } finally {
    await handle.close();
  }
}
