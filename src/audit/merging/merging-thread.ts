import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import type { DeliveryCursor } from '../delivery-cursor.js';
import type { JournalSegments } from '../journal-segments.js';
import type { JournalTree } from './journal-tree.js';
import type { MergeAnswer, MergedBatch, MergeRequest } from './merge-messages.js';
import { SLAB_BYTES } from './record-slab.js';
import type { BatchLimits, RecordSource, StreamBatch } from './record-stream.js';

interface Asked {
  readonly resolve: (batch: MergedBatch | undefined) => void;
  readonly reject: (error: Error) => void;
}

const PROGRAM = new URL('./merge-thread.js', import.meta.url);

/** Has the records of journals put together and hashed by a thread, so that those who run statements do not wait for it. */
export class MergingThread {
  readonly #worker: Worker;
  /** By stream, in the order of asking. */
  readonly #asked = new Map<number, Asked[]>();
  #waiting = 0;
  #streams = 0;
  #death: Error | undefined;

  /** Whether its program is there: a bundler may not have taken it along. */
  static get isPossible(): boolean {
    return existsSync(fileURLToPath(PROGRAM));
  }

  /**
   * Starts it.
   * @param onReady - called once, when it can be asked
   * @param onEnd - called once, when it has ended or could not begin
   */
  constructor(onReady: () => void, onEnd: (error: Error) => void) {
    // Nothing of the program's own is preloaded.
    this.#worker = new Worker(PROGRAM, { name: 'countersign merging', execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (answer: MergeAnswer) => {
      if ('ready' in answer) onReady();
      else this.#onAnswer(answer);
    });
    const end = (error: Error): void => {
      if (this.#death !== undefined) return;
      this.#die(error);
      onEnd(error);
    };
    this.#worker.on('error', end);
    this.#worker.on('exit', (code) => end(new Error(`the thread that merges records ended with code ${code}`)));
  }

  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /** A stream of records from a cursor on. @param tree - learns what the thread has hashed */
  open(segments: JournalSegments, cursor: DeliveryCursor, tree: JournalTree): RecordSource {
    const stream = ++this.#streams;
    const opened = this.#ask({ kind: 'open', stream, place: segments.place, cursor, tree: tree.frontier() });
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
        if (this.#death === undefined) await this.#ask({ kind: 'close', stream });
      },
    };
  }

  /** Ends the thread. What it is asked for fails. */
  async end(): Promise<void> {
    this.#die(new Error('the thread that merges records was ended'));
    await this.#worker.terminate();
  }

  async #next(stream: number, segments: JournalSegments, limits: BatchLimits): Promise<MergedBatch> {
    const { sealed } = segments;
    const batch = await this.#ask({ kind: 'next', stream, limits, sizes: segments.sizes(), sealed });
    if (batch === undefined) throw new Error('the thread that merges records gave no batch');
    return batch;
  }

  #ask(request: MergeRequest): Promise<MergedBatch | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) throw this.#death;
      this.#worker.postMessage(request);
      const queue = this.#asked.get(request.stream) ?? [];
      this.#asked.set(request.stream, queue);
      queue.push({ resolve, reject });
      // The process is not to end while something is being delivered.
      if (this.#waiting++ === 0) this.#worker.ref();
    });
  }

  #onAnswer(answer: Exclude<MergeAnswer, { ready: true }>): void {
    const queue = this.#asked.get(answer.stream);
    const asked = queue?.shift();
    if (queue?.length === 0) this.#asked.delete(answer.stream);
    if (--this.#waiting === 0) this.#worker.unref();
    if ('problem' in answer) asked?.reject(new Error(answer.problem));
    else asked?.resolve(answer.batch);
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of [...this.#asked.values()].flat()) reject(this.#death);
    this.#asked.clear();
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
