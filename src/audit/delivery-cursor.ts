import { closeSync, fdatasync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

import { FailureError } from '../errors.js';
import { syncDirectory } from './disk-sync.js';
import type { JournalSegments } from './journal-segments.js';
import { isFrontier, type TreeFrontier } from './seal/merkle-tree.js';

const SUFFIX = '.cursor';
/** From when on a log is begun anew; later where its lines are long. */
const MAX_LOG_BYTES = 64 * 1024;
const flush = promisify(fdatasync);

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const CursorSchema = v.object({
  v: v.literal(1),
  segment: Count,
  offset: Count,
  low: Count,
  seq: Count,
  prev: v.optional(v.string()),
  tree: v.pipe(
    v.object({ size: Count, roots: v.array(v.string()) }),
    v.check((tree) => isFrontier(tree)),
  ),
  carried: v.array(v.string()),
});

/**
 * How far a transport has come in a journal, and what is needed to go on from there with the same records, bytes and numbers.
 *
 * Reading begins again at `low` of the segment, so that intents before `offset` whose outcome comes after it are known. Intents still open
 * from older segments are carried here instead, so that one very long statement keeps no segment from being removed.
 */
export interface DeliveryCursor {
  readonly segment: number;
  /** What ends at or before this byte of the segment is delivered. */
  readonly offset: number;
  /** Where reading begins again. */
  readonly low: number;
  /** Number of the last record delivered; 0 before the first. */
  readonly seq: number;
  /** SHA-256 of that record, base64url. */
  readonly prev?: string | undefined;
  /** The Merkle tree over the journal's records: at least those up to `seq`, and more where another transport is ahead. */
  readonly tree: TreeFrontier;
  /** Lines of intents from older segments, without their newline. */
  readonly carried: readonly string[];
}

/** The start of a journal. */
export const START: DeliveryCursor = {
  segment: 1,
  offset: 0,
  low: 0,
  seq: 0,
  tree: { size: 0, roots: [] },
  carried: [],
};

const cursorPath = (journalPath: string, transport: string): string => join(journalPath, `${transport}${SUFFIX}`);

/** Where each cursor is a line, and the last that can be read counts: one line costs no more than its bytes. */
export class CursorLog {
  readonly #path: string;
  #fd: number | undefined;
  #bytes = 0;

  constructor(journalPath: string, transport: string) {
    this.#path = cursorPath(journalPath, transport);
  }

  /**
   * Notes a cursor: whole or not at all.
   * @param sync - to the disk itself, because segments before it are about to go
   * @throws the file system's error; the cursor before it still counts
   */
  async save(cursor: DeliveryCursor, sync: boolean): Promise<void> {
    const line = Buffer.from(`${JSON.stringify({ v: 1, ...cursor })}\n`);
    const fd = this.#append(line);
    if (fd === undefined) await this.#begin(line);
    else if (sync) await flush(fd);
  }

  /** Closes the file. It can be saved to all the same. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #append(line: Buffer): number | undefined {
    const fd = this.#fd;
    if (fd === undefined || this.#bytes + line.length > Math.max(MAX_LOG_BYTES, 4 * line.length)) return undefined;
    this.#bytes += line.length;
    if (writeSync(fd, line) === line.length) return fd;
    // What would come next would be glued to a part of a line.
    return undefined;
  }

  /** In a file of its own, which takes the place of the one before as soon as it is on the disk, and is named there: a power cut leaves either. */
  async #begin(line: Buffer): Promise<void> {
    this.close();
    const draft = `${this.#path}.new`;
    const fd = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(fd, line);
      await flush(fd);
      renameSync(draft, this.#path);
      await syncDirectory(dirname(this.#path));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.#fd = fd;
    this.#bytes = line.length;
  }
}

/** The last cursor that can be read of each transport, in a journal. Lines that a power cut spoilt are left out. */
export async function loadCursors(journalPath: string): Promise<Map<string, DeliveryCursor>> {
  const cursors = new Map<string, DeliveryCursor>();
  for (const name of await readdir(journalPath)) {
    if (!name.endsWith(SUFFIX)) continue;
    const cursor = lastCursor(await readFile(join(journalPath, name), 'utf8'));
    if (cursor !== undefined) cursors.set(name.slice(0, -SUFFIX.length), cursor);
  }
  return cursors;
}

/**
 * Where a transport begins in a journal: at its own cursor; without one at the start, or where that is gone, where the slowest of the
 * others is.
 * @throws FailureError `JOURNAL_CORRUPT` when the start is gone and no cursor is left
 */
export function startingCursor(
  segments: JournalSegments,
  transport: string,
  cursors: ReadonlyMap<string, DeliveryCursor>,
): DeliveryCursor {
  const own = cursors.get(transport);
  if (own !== undefined) return own;
  if (segments.first === 1) return START;
  const slowest = [...cursors.values()].sort((a, b) => a.seq - b.seq)[0];
  if (slowest !== undefined) return slowest;
  throw new FailureError(
    'JOURNAL_CORRUPT',
    `audit journal ${segments.place.path}: it begins at segment ${segments.first} and no cursor says what came before; ` +
      'its records are kept there and not delivered: look at the files, and move the directory away',
  );
}

function lastCursor(log: string): DeliveryCursor | undefined {
  for (const line of log.split('\n').reverse()) {
    const cursor = parseCursor(line);
    if (cursor !== undefined) return cursor;
  }
  return undefined;
}

function parseCursor(json: string): DeliveryCursor | undefined {
  try {
    const result = v.safeParse(CursorSchema, JSON.parse(json));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
