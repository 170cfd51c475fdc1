import { FailureError } from '../errors.js';
import type { JournalWaiter } from './journal-writer.js';

const START = Buffer.from('{"v":1,"type":"intent","id":"');
const ID_BYTES = 36;

/** What has to be acknowledged before the statements of one command go out. */
interface Expected {
  /** Ids of `intent` records. */
  readonly ids: Set<string>;
  readonly waiter: JournalWaiter;
  readonly deadline: NodeJS.Timeout;
}

/** Holds back statements until a receiver has their `intent` records: durability `remote`. */
export class RemoteAcks {
  /** The one that has to acknowledge. */
  readonly transport: string;
  readonly #deadlineMs: number;
  readonly #expected = new Map<string, Expected>();
  /** Called when there is something to deliver that a statement waits for. */
  onAwaited: () => void = () => undefined;

  constructor(transport: string, deadlineMs: number) {
    this.transport = transport;
    this.#deadlineMs = deadlineMs;
  }

  /** Whether a statement waits. */
  get isAwaited(): boolean {
    return this.#expected.size > 0;
  }

  /**
   * Stands before a waiter: what it waits for is written, and then acknowledged.
   * @param ids - of the `intent` records
   */
  before(waiter: JournalWaiter, ids: readonly string[]): JournalWaiter {
    return {
      written: (error, isKept) => {
        if (error === undefined) this.#await(waiter, ids);
        else waiter.written(error, isKept);
      },
    };
  }

  /** The receiver has these. */
  accepted(records: readonly Buffer[]): void {
    if (this.#expected.size === 0) return;
    for (const record of records) {
      const id = announcedId(record);
      const expected = id === undefined ? undefined : this.#expected.get(id);
      if (id === undefined || expected === undefined) continue;
      this.#expected.delete(id);
      expected.ids.delete(id);
      if (expected.ids.size > 0) continue;
      clearTimeout(expected.deadline);
      expected.waiter.written(undefined, true);
    }
  }

  /** The receiver will never take it. */
  rejected(record: Buffer, reason: string): void {
    const id = announcedId(record);
    const expected = id === undefined ? undefined : this.#expected.get(id);
    if (expected !== undefined) this.#refuse(expected, `does not take its record (${reason})`);
  }

  /** Who still waits is refused. */
  close(): void {
    for (const expected of new Set(this.#expected.values()))
      this.#refuse(expected, 'is not asked any more: the trail closes');
  }

  #await(waiter: JournalWaiter, ids: readonly string[]): void {
    const deadline = setTimeout(() => {
      this.#refuse(expected, `has not acknowledged its record within ${this.#deadlineMs} ms; see to the receiver`);
    }, this.#deadlineMs);
    const expected: Expected = { ids: new Set(ids), waiter, deadline };
    for (const id of ids) this.#expected.set(id, expected);
    this.onAwaited();
  }

  #refuse(expected: Expected, problem: string): void {
    clearTimeout(expected.deadline);
    for (const id of expected.ids) this.#expected.delete(id);
    expected.waiter.written(
      new FailureError('JOURNAL_UNAVAILABLE', `audit transport ${this.transport} ${problem}`),
      true,
    );
  }
}

function announcedId(record: Buffer): string | undefined {
  if (record.compare(START, 0, START.length, 0, START.length) !== 0) return undefined;
  return record.toString('latin1', START.length, START.length + ID_BYTES);
}
