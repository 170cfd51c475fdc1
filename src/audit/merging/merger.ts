import type { AuditLogger } from '../audit-logger.js';
import type { DeliveryCursor } from '../delivery-cursor.js';
import type { JournalSegments } from '../journal-segments.js';
import type { JournalTree } from './journal-tree.js';
import { type BatchLimits, type RecordSource, RecordStream, type StreamBatch } from './record-stream.js';
import { MergingThread } from './merging-thread.js';

/** Records a second from which a thread is worth its memory: about 1 % of a processor. */
const BUSY_RECORDS = 1_000;
const BUSY_MS = 1_000;

/**
 * Puts the records of a trail's journals together: in the caller's own thread while there are few, and from when there were many in one of
 * its own. The records are the same.
 */
export class Merger {
  readonly #logger: AuditLogger;
  /** As soon as it can be asked. */
  #thread: MergingThread | undefined;
  #starting: MergingThread | undefined;
  /** There is a thread, or is to be none any more. */
  #isDecided = false;
  #since = 0;
  #records = 0;

  constructor(logger: AuditLogger) {
    this.#logger = logger;
  }

  /** Where a journal is read further by a thread. */
  get thread(): MergingThread | undefined {
    return this.#thread?.isAlive === true ? this.#thread : undefined;
  }

  /** The records of a journal from a cursor on. @param tree - over all of its records */
  open(segments: JournalSegments, cursor: DeliveryCursor, tree: JournalTree): RecordSource {
    return new MergedRecords(this, segments, cursor, tree);
  }

  /** So many records were put together in the caller's thread. */
  count(records: number): void {
    if (this.#isDecided) return;
    const now = performance.now();
    if (now - this.#since > BUSY_MS) {
      this.#since = now;
      this.#records = 0;
    }
    this.#records += records;
    if (this.#records >= BUSY_RECORDS) this.useThread();
  }

  /** Has a thread take over, from the next batch on. */
  useThread(): void {
    this.#isDecided = true;
    if (!MergingThread.isPossible) {
      this.#logger.info({}, 'audit records are put together without a thread of their own: its program is not there');
      return;
    }
    const onEnd = (err: unknown): void => {
      this.#logger.warn({ err }, 'audit records are put together without a thread of their own');
    };
    try {
      const started = new MergingThread(() => (this.#thread = started), onEnd);
      this.#starting = started;
    } catch (error) {
      onEnd(error);
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#isDecided = true;
    this.#thread = undefined;
    await this.#starting?.end();
  }
}

class MergedRecords implements RecordSource {
  readonly #merger: Merger;
  readonly #segments: JournalSegments;
  readonly #tree: JournalTree;
  #cursor: DeliveryCursor;
  #source: RecordSource;
  #isThreaded = false;

  constructor(merger: Merger, segments: JournalSegments, cursor: DeliveryCursor, tree: JournalTree) {
    this.#merger = merger;
    this.#segments = segments;
    this.#cursor = cursor;
    this.#tree = tree;
    this.#source = new RecordStream(segments, cursor, tree);
  }

  async next(limits: BatchLimits): Promise<StreamBatch> {
    const { thread } = this.#merger;
    if (thread !== undefined && !this.#isThreaded) {
      await this.#source.close();
      this.#source = thread.open(this.#segments, this.#cursor, this.#tree);
      this.#isThreaded = true;
    }
    const batch = await this.#source.next(limits);
    this.#cursor = batch.cursor;
    if (!this.#isThreaded) this.#merger.count(batch.records.length);
    return batch;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
