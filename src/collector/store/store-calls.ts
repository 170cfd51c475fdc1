import { messageOf } from '../../message-of.js';
import type { RecordBatch } from '../ingest/read-batch.js';
import type { Access } from './record-store.js';
import { StoreReader } from './store-reader.js';
import { type StoreLimits, StoreWriter } from './store-writer.js';

/** A part of a store, which one thread has. */
export type StorePart =
  | { readonly kind: 'writer'; readonly directory: string; readonly limits: StoreLimits }
  | { readonly kind: 'reader'; readonly directory: string };

/** Something that is asked of a part. */
export interface StoreCall {
  /** Stands in the answer. */
  readonly no: number;
  readonly method: WriterMethod | ReaderMethod | 'close';
  readonly argument: unknown;
}

/** What is written. */
export type WriterMethod = 'store' | 'removeOld' | 'noteAccess' | 'alertTold' | 'noteArchived';
/** What can be read. */
export type ReaderMethod =
  | 'search'
  | 'find'
  | 'archived'
  | 'sessions'
  | 'overview'
  | 'witnessed'
  | 'size'
  | 'accesses'
  | 'alerts'
  | 'untoldAlerts';

/** What became of it; number 0 is the opening. */
export type StoreAnswer =
  { readonly no: number; readonly value: unknown } | { readonly no: number; readonly error: string };

/** Answers what is asked of a part. */
export interface ServedPart {
  take(call: StoreCall): void;
}

/**
 * Opens a part of a store.
 * @param answer - called once for each call
 * @throws whatever SQLite has to say where it cannot be opened
 */
export function serveStore(part: StorePart, answer: (message: StoreAnswer) => void): ServedPart {
  return part.kind === 'writer'
    ? new ServedWriter(new StoreWriter(part.directory, part.limits), answer)
    : new ServedReader(new StoreReader(part.directory), answer);
}

/** Stores what has come in the meantime together: a commit waits for the disk. */
class ServedWriter implements ServedPart {
  readonly #writer: StoreWriter;
  readonly #answer: (message: StoreAnswer) => void;
  #waiting: StoreCall[] = [];

  constructor(writer: StoreWriter, answer: (message: StoreAnswer) => void) {
    this.#writer = writer;
    this.#answer = answer;
  }

  take(call: StoreCall): void {
    if (call.method === 'store') {
      if (this.#waiting.push(call) === 1) setImmediate(() => this.#storeAll());
      return;
    }
    this.#storeAll();
    attempt(call, this.#answer, () => {
      switch (call.method) {
        case 'removeOld':
          return this.#writer.removeOld();
        case 'noteAccess':
          return this.#writer.noteAccess(call.argument as Access);
        case 'alertTold':
          return this.#writer.alertTold(call.argument as number);
        case 'noteArchived':
          return this.#writer.noteArchived(call.argument as number);
        case 'close':
          return this.#writer.close();
        default:
          throw new Error('this part of the store only writes');
      }
    });
  }

  #storeAll(): void {
    const calls = this.#waiting;
    this.#waiting = [];
    if (calls.length === 0) return;
    try {
      const results = this.#writer.store(calls.map(({ argument }) => argument as RecordBatch));
      for (const [at, { no }] of calls.entries()) this.#answer({ no, value: results[at] });
    } catch (error) {
      for (const { no } of calls) this.#answer({ no, error: messageOf(error) });
    }
  }
}

class ServedReader implements ServedPart {
  readonly #reader: StoreReader;
  readonly #answer: (message: StoreAnswer) => void;

  constructor(reader: StoreReader, answer: (message: StoreAnswer) => void) {
    this.#reader = reader;
    this.#answer = answer;
  }

  take(call: StoreCall): void {
    attempt(call, this.#answer, () => {
      const { method, argument } = call;
      if (method === 'close') return this.#reader.close();
      if (!isRead(method)) throw new Error('this part of the store only reads');
      return (this.#reader[method] as (argument: unknown) => unknown).call(this.#reader, argument);
    });
  }
}

const WRITES: ReadonlySet<string> = new Set<WriterMethod>([
  'store',
  'removeOld',
  'noteAccess',
  'alertTold',
  'noteArchived',
]);

function isRead(method: StoreCall['method']): method is ReaderMethod {
  return method !== 'close' && !WRITES.has(method);
}

function attempt({ no }: StoreCall, answer: (message: StoreAnswer) => void, work: () => unknown): void {
  try {
    answer({ no, value: work() });
  } catch (error) {
    answer({ no, error: messageOf(error) });
  }
}
