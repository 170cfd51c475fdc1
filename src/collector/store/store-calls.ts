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

/** Answers what is asked of a part, in turn. */
export type ServedPart = (call: StoreCall) => unknown;

/**
 * Opens a part of a store.
 * @throws whatever SQLite has to say where it cannot be opened
 */
export function serveStore(part: StorePart): ServedPart {
  if (part.kind === 'reader') {
    const reader = new StoreReader(part.directory);
    return (call) => read(reader, call);
  }
  const writer = new ServedWriter(new StoreWriter(part.directory, part.limits));
  return (call) => writer.answer(call);
}

interface WaitingBatch {
  readonly batch: RecordBatch;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Stores what has come in the meantime together: a commit waits for the disk. */
class ServedWriter {
  readonly #writer: StoreWriter;
  #waiting: WaitingBatch[] = [];

  constructor(writer: StoreWriter) {
    this.#writer = writer;
  }

  answer({ method, argument }: StoreCall): unknown {
    if (method === 'store') return this.#store(argument as RecordBatch);
    this.#storeAll();
    switch (method) {
      case 'removeOld':
        return this.#writer.removeOld();
      case 'noteAccess':
        return this.#writer.noteAccess(argument as Access);
      case 'alertTold':
        return this.#writer.alertTold(argument as number);
      case 'noteArchived':
        return this.#writer.noteArchived(argument as number);
      case 'close':
        return this.#writer.close();
      default:
        throw new Error('this part of the store only writes');
    }
  }

  #store(batch: RecordBatch): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ batch, resolve, reject }) === 1) setImmediate(() => this.#storeAll());
    });
  }

  #storeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    try {
      const results = this.#writer.store(waiting.map(({ batch }) => batch));
      for (const [at, { resolve }] of waiting.entries()) resolve(results[at]);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

function read(reader: StoreReader, { method, argument }: StoreCall): unknown {
  if (method === 'close') return reader.close();
  if (!isRead(method)) throw new Error('this part of the store only reads');
  return (reader[method] as (argument: unknown) => unknown).call(reader, argument);
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
