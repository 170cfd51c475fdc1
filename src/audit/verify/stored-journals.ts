import { loadCursors, START } from '../delivery-cursor.js';
import { type JournalPlace, listJournals, listSegments } from '../journal-directory.js';
import { JournalSegments, SpoolBudget } from '../journal-segments.js';
import { RecordStream } from '../merging/record-stream.js';
import type { TrailVerifier } from './trail-verifier.js';

const LIMITS = { maxRecords: 1000, maxBytes: 1024 * 1024 };
const NO_TREE = { add: () => undefined, frontier: () => START.tree };

/**
 * Gives a verifier the records of the journals in an audit directory, which are those that are not delivered yet. Nothing is written there.
 * @param onRecord - sees each record; its memory is used again
 * @returns how many journals there are
 */
export async function readStoredJournals(
  directory: string,
  verifier: TrailVerifier,
  onRecord: (record: Buffer) => void,
): Promise<number> {
  const places = await listJournals(directory);
  for (const place of places) await readJournal(place, verifier, onRecord);
  return places.length;
}

async function readJournal(
  place: JournalPlace,
  verifier: TrailVerifier,
  onRecord: (record: Buffer) => void,
): Promise<void> {
  const segments = new JournalSegments(place, await listSegments(place.path), new SpoolBudget(0));
  segments.seal();
  const cursors = [...(await loadCursors(place.path)).values()].sort((a, b) => a.seq - b.seq);
  const start = segments.first === 1 ? START : (cursors[0] ?? START);
  // A tree that is ahead of the slowest cursor is that of another transport: it says nothing of this place.
  if (start.seq > 0)
    verifier.deliveredUpTo(place.writerId, start.seq, cursors.find(({ tree }) => tree.size === start.seq)?.tree);
  const stream = new RecordStream(segments, start, NO_TREE);
  try {
    for (;;) {
      const { records, damaged, full } = await stream.next(LIMITS);
      for (const record of [...records, ...damaged]) {
        verifier.add(record);
        onRecord(record);
      }
      if (!full) return;
    }
  } finally {
    await stream.close();
  }
}
