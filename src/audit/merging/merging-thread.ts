import { hasProgram, ThreadClient } from '../../threads/thread-client.js';
import type { DeliveryCursor } from '../delivery-cursor.js';
import type { JournalSegments } from '../journal-segments.js';
import type { JournalTree } from './journal-tree.js';
import type { MergedBatch, MergeRequest } from './merge-messages.js';
import { SLAB_BYTES } from './record-slab.js';
import type { BatchLimits, RecordSource, StreamBatch } from './record-stream.js';

const PROGRAM = new URL('./merge-thread.js', import.meta.url);

/** Has the records of journals put together and hashed by a thread, so that those who run statements do not wait for it. */
export class MergingThread {
  readonly #thread: ThreadClient<MergeRequest, MergedBatch | undefined>;
  #streams = 0;

  /** Whether its program is there: a bundler may not have taken it along. */
  static get isPossible(): boolean {
    return hasProgram(PROGRAM);
  }

  /**
   * Starts it.
   * @param onReady - called once, when it can be asked
   * @param onEnd - called once, when it has ended or could not begin
   * @throws Error where there can be no thread
   */
  constructor(onReady: () => void, onEnd: (error: Error) => void) {
    this.#thread = new ThreadClient({ program: PROGRAM, name: 'merging', onEnd });
    this.#thread.ready.then(onReady, () => undefined);
  }

  get isAlive(): boolean {
    return this.#thread.isAlive;
  }

  /** A stream of records from a cursor on. @param tree - learns what the thread has hashed */
  open(segments: JournalSegments, cursor: DeliveryCursor, tree: JournalTree): RecordSource {
    const stream = ++this.#streams;
    const opened = this.#thread.ask({ kind: 'open', stream, place: segments.place, cursor, tree: tree.frontier() });
    // Where it fails, so does the first batch.
    opened.catch(() => undefined);
    const pieces = new CopiedPieces();
    return {
      next: async (limits): Promise<StreamBatch> => {
        const batch = await this.#next(stream, segments, limits);
        tree.advance(batch.cursor.tree, batch.uncovered);
        const { damaged, firstSeq, cursor, full } = batch;
        const records = pieces.recordsOf(batch);
        return { records, damaged: damaged.map((bytes) => Buffer.from(bytes)), firstSeq, cursor, full };
      },
      close: async (): Promise<void> => {
        if (this.isAlive) await this.#thread.ask({ kind: 'close', stream });
      },
    };
  }

  /** Ends the thread. What it is asked for fails. */
  end(): Promise<void> {
    return this.#thread.end();
  }

  async #next(stream: number, segments: JournalSegments, limits: BatchLimits): Promise<MergedBatch> {
    const { sealed } = segments;
    const batch = await this.#thread.ask({ kind: 'next', stream, limits, sizes: segments.sizes(), sealed });
    if (batch === undefined) throw new Error('the thread that merges records gave no batch');
    return batch;
  }
}

interface CopiedPiece {
  readonly shared: Uint8Array;
  /** Of this thread alone: not everything that takes a Buffer takes one of shared memory. */
  readonly own: Buffer;
}

/** The records of a stream's batches, copied out of the memory that the threads share, piece by piece. */
class CopiedPieces {
  readonly #pieces = new Map<number, CopiedPiece>();

  recordsOf({ newPieces, spans }: MergedBatch): Buffer[] {
    for (const [number, memory] of newPieces) {
      this.#pieces.set(number, { shared: new Uint8Array(memory), own: Buffer.allocUnsafeSlow(memory.byteLength) });
    }
    const records: Buffer[] = [];
    for (let at = 0; at < spans.length;) {
      const first = at;
      const number = spans[at] ?? 0;
      const piece = this.#pieces.get(number);
      if (piece === undefined) throw new Error('the thread that merges records named memory that nobody knows');
      for (; at < spans.length && spans[at] === number; at += 3) {
        const start = spans[at + 1] ?? 0;
        records.push(piece.own.subarray(start, start + (spans[at + 2] ?? 0)));
      }
      const from = spans[first + 1] ?? 0;
      const to = (spans[at - 2] ?? 0) + (spans[at - 1] ?? 0);
      piece.own.set(piece.shared.subarray(from, to), from);
      if (piece.shared.length !== SLAB_BYTES) this.#pieces.delete(number);
    }
    return records;
  }
}
