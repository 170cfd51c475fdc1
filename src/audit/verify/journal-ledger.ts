import { hash } from 'node:crypto';

import { checkpointRecord, noteOf, readCheckpoint, type SignedCheckpoint } from '../seal/checkpoint.js';
import { leafHash, type TreeHash } from '../seal/merkle-tree.js';
import { HashList } from './hash-list.js';
import type { RecordFrame } from './record-frame.js';

/** Records that stand behind one another and are chained: each is the next of the one before. */
export interface Run {
  /** Index of the first line. */
  readonly start: number;
  /** Number of the first record; 0 where it is no record. */
  readonly firstSeq: number;
  /** What the first record says of the one before it. */
  readonly firstPrev: string | undefined;
  readonly firstId: string | undefined;
  lastId: string | undefined;
  count: number;
}

/** A checkpoint in a journal. */
export interface FoundCheckpoint {
  readonly line: number;
  readonly seq: number;
  readonly id: string;
  /** Undefined where its bytes are not those of a checkpoint of this journal in this place. */
  readonly checkpoint: SignedCheckpoint | undefined;
}

/** The chain hash in the form in which it stands in a record. */
export const toPrev = (value: TreeHash): string => Buffer.from(value, 'latin1').toString('base64url');

/** The lines of one journal as they were found: their hashes, and where the chain breaks. 64 bytes a record. */
export class JournalLedger {
  readonly writer: string;
  readonly runs: Run[] = [];
  readonly checkpoints: FoundCheckpoint[] = [];
  /** SHA-256 of each line. */
  readonly chain: HashList = new HashList();
  /** The same with the prefix of a leaf. */
  readonly leaves: HashList = new HashList();
  #lastPrev: string | undefined;

  constructor(writer: string) {
    this.writer = writer;
  }

  /** The first checkpoint that is one. */
  get firstCheckpoint(): SignedCheckpoint | undefined {
    return this.checkpoints.find(({ checkpoint }) => checkpoint !== undefined)?.checkpoint;
  }

  /** Takes the next record of the journal. @param bytes - attacker-controlled */
  add(bytes: Buffer, frame: RecordFrame): void {
    const { seq, prev, id } = frame;
    const run = this.runs.at(-1);
    if (run !== undefined && run.firstSeq > 0 && seq === run.firstSeq + run.count && prev === this.#lastPrev) {
      run.count += 1;
      run.lastId = id;
    } else this.#begin(seq, prev, id);
    const note = noteOf(frame.value);
    if (frame.type === 'checkpoint' || note !== undefined) this.#noteCheckpoint(bytes, frame, note);
    this.#hash(bytes);
  }

  /** Takes a line that is no record. */
  addUnreadable(bytes: Buffer): void {
    this.#begin(0, undefined, undefined);
    this.#hash(bytes);
  }

  #begin(firstSeq: number, firstPrev: string | undefined, id: string | undefined): void {
    this.runs.push({ start: this.chain.length, firstSeq, firstPrev, firstId: id, lastId: id, count: 1 });
  }

  #hash(bytes: Buffer): void {
    const chained = hash('sha256', bytes, 'binary');
    this.chain.push(chained);
    this.leaves.push(leafHash(bytes));
    this.#lastPrev = toPrev(chained);
  }

  #noteCheckpoint(bytes: Buffer, { seq, prev, id }: RecordFrame, note = ''): void {
    const read = readCheckpoint(note);
    const isWhole = read?.writerId === this.writer && bytes.equals(Buffer.from(checkpointRecord(read, seq, prev)));
    this.checkpoints.push({ line: this.chain.length, seq, id, checkpoint: isWhole ? read : undefined });
  }
}
