import { open } from 'node:fs/promises';

import type { AuditLogger } from '../audit-logger.js';
import { segmentPath } from '../journal-directory.js';
import type { JournalSegments } from '../journal-segments.js';
import type { JournalTree } from '../merging/journal-tree.js';
import { RecordIds } from '../record-id.js';
import { formatMicros } from '../record-time.js';
import {
  type CheckpointAction,
  checkpointMembers,
  type JournalLink,
  MAX_LINKS,
  type SignedCheckpoint,
} from './checkpoint.js';
import { endedJournals, forgetEnds, leaveEnd, standingJournals } from './journal-links.js';
import { hashToBase64 } from './merkle-tree.js';
import type { TrailSigning } from './trail-signing.js';

/** Puts a record into a journal that is being written. */
export interface CheckpointWriter {
  event(type: 'checkpoint', timeMicros: number, members: string, id: Buffer): void;
}

/** Options of {@link JournalSealer}. */
export interface JournalSealerOptions {
  readonly directory: string;
  readonly segments: JournalSegments;
  readonly signing: TrailSigning;
  /** Records after which a checkpoint is due. */
  readonly everyRecords: number;
  /** The tree over its records. */
  readonly tree: JournalTree;
  /** Whether its last checkpoint is in the journal. */
  readonly closed: boolean;
  /** The journal's writer; undefined where nobody writes it any more. */
  readonly writer: CheckpointWriter | undefined;
  readonly logger: AuditLogger;
}

/**
 * Puts signed checkpoints of the Merkle tree over the records of a journal into that journal. There they are lines like others: whoever reads
 * the journal, from wherever, gets the same checkpoints in the same places.
 *
 * A checkpoint covers the records that some transport has merged when it is made. It stands behind them, not always at once.
 */
export class JournalSealer {
  readonly #options: JournalSealerOptions;
  readonly #tree: JournalTree;
  readonly #ids = new RecordIds();
  #marking: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #closed: boolean;
  #marksEnded: boolean;

  constructor(options: JournalSealerOptions) {
    this.#options = options;
    this.#tree = options.tree;
    this.#closed = options.closed;
    this.#marksEnded = options.writer === undefined;
  }

  /** Whether the last checkpoint is in the journal: nothing follows it. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Makes the journal's first record. It names the journals that were there before.
   * @throws what the writer or an external signer throws
   */
  async open(): Promise<void> {
    const { directory, segments } = this.#options;
    const ended = await endedJournals(directory);
    const standing = await standingJournals(directory, segments.place.writerId);
    const known = new Set(ended.map(({ writerId }) => writerId));
    await this.#put('open', [...ended, ...standing.filter(({ writerId }) => !known.has(writerId))]);
    await forgetEnds(directory, ended);
  }

  /** Makes a checkpoint where enough records are not covered by one. */
  markIfDue(): void {
    if (this.#tree.uncovered >= this.#options.everyRecords) this.mark();
  }

  /** Makes a checkpoint where any record is not covered by one. */
  mark(): void {
    if (this.#tree.uncovered === 0 || this.#marksEnded) return;
    this.#marking ??= this.#mark().finally(() => (this.#marking = undefined));
  }

  /** Has no more checkpoints put in through the writer, which is about to end. Resolves when none is being made. */
  async endMarks(): Promise<void> {
    this.#marksEnded = true;
    await this.#marking;
  }

  /**
   * Makes the last checkpoint, of a journal that is sealed and of which all records were merged.
   * @throws the file system's error, or what an external signer throws
   */
  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  /** Delivery does not wait for a signature, nor end because there is none. */
  async #mark(): Promise<void> {
    const { directory, logger, segments } = this.#options;
    this.#tree.cover();
    try {
      const ended = await endedJournals(directory);
      await this.#put('mark', ended);
      await forgetEnds(directory, ended);
    } catch (err) {
      this.#tree.uncover();
      logger.warn(
        { err, journal: segments.place.path },
        'audit checkpoint could not be made, the next one covers more',
      );
    }
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    const { directory, segments } = this.#options;
    const ended = await endedJournals(directory);
    const checkpoint = await this.#sign('close', ended);
    const { id, time } = checkpoint;
    const line = `{"v":1,"type":"checkpoint","id":"${id}","time":"${time}",${checkpointMembers(checkpoint)}}\n`;
    await append(segments, Buffer.from(line));
    this.#closed = true;
    await forgetEnds(directory, ended);
    await leaveEnd(directory, checkpoint);
  }

  async #put(action: 'open' | 'mark', previous: readonly JournalLink[]): Promise<void> {
    const timeMicros = Date.now() * 1000;
    const checkpoint = await this.#sign(action, previous, timeMicros);
    const id = Buffer.from(checkpoint.id, 'latin1');
    this.#options.writer?.event('checkpoint', timeMicros, checkpointMembers(checkpoint), id);
  }

  #sign(
    action: CheckpointAction,
    previous: readonly JournalLink[],
    timeMicros = Date.now() * 1000,
  ): Promise<SignedCheckpoint> {
    return this.#options.signing.sign({
      writerId: this.#options.segments.place.writerId,
      size: this.#tree.size,
      root: hashToBase64(this.#tree.root()),
      id: this.#ids.next(timeMicros / 1000).toString('latin1'),
      time: formatMicros(timeMicros).toString('latin1'),
      action,
      previous: previous.slice(0, MAX_LINKS),
    });
  }
}

/** What a failed write left of a line is cut off first. */
async function append(segments: JournalSegments, bytes: Buffer): Promise<void> {
  const { last } = segments;
  const handle = await open(segmentPath(segments.place.path, last), 'a', 0o600);
  try {
    await handle.truncate(segments.size(last) ?? 0);
    await handle.appendFile(bytes);
  } finally {
    await handle.close();
  }
  segments.grown(last, bytes.length);
}
