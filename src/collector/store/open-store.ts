import { mkdirSync } from 'node:fs';

import { FailureError } from '../../errors.js';
import { messageOf } from '../../message-of.js';
import type { BatchProblem, RecordBatch } from '../ingest/read-batch.js';
import type { Alert } from './alert-table.js';
import type { Overview, OverviewQuery } from './overview.js';
import type {
  Access,
  ArchivableStore,
  HeldRecord,
  RecordPage,
  RecordQuery,
  SessionQuery,
  StoredSession,
  StoreResult,
  StoreSize,
} from './record-store.js';
import type { StoreCall } from './store-calls.js';
import { StoreClient } from './store-threads.js';
import type { StoreLimits } from './store-writer.js';
import type { Witnessed } from './witness-findings.js';

/**
 * Opens, or makes, the store of a directory: SQLite files by the time in which records arrive, with a write-ahead log that is synced at each commit, so
 * that an acknowledged batch survives a power cut.
 * @throws FailureError `COLLECTOR_FAILED`
 */
export async function openRecordStore(directory: string, limits: StoreLimits): Promise<ArchivableStore> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const writer = await StoreClient.open({ kind: 'writer', directory, limits });
    try {
      return new SqliteStore(writer, await StoreClient.open({ kind: 'reader', directory }));
    } catch (error) {
      await writer.close();
      throw error;
    }
  } catch (cause) {
    const text = `the record store in ${directory} cannot be opened: ${messageOf(cause)}`;
    throw new FailureError('COLLECTOR_FAILED', text, { cause });
  }
}

class SqliteStore implements ArchivableStore {
  readonly #writer: StoreClient;
  readonly #reader: StoreClient;

  constructor(writer: StoreClient, reader: StoreClient) {
    this.#writer = writer;
    this.#reader = reader;
  }

  store(batch: RecordBatch): Promise<StoreResult | BatchProblem> {
    const { buffer, byteLength } = batch.bytes;
    // What shares its memory with something else is copied.
    const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
    return ask(this.#writer, 'store', batch, isWhole ? [buffer] : []) as Promise<StoreResult | BatchProblem>;
  }

  removeOld(): Promise<number> {
    return ask(this.#writer, 'removeOld') as Promise<number>;
  }

  search(query: RecordQuery): Promise<RecordPage> {
    return ask(this.#reader, 'search', query) as Promise<RecordPage>;
  }

  find(id: string): Promise<HeldRecord | undefined> {
    return ask(this.#reader, 'find', id) as Promise<HeldRecord | undefined>;
  }

  sessions(query: SessionQuery): Promise<readonly StoredSession[]> {
    return ask(this.#reader, 'sessions', query) as Promise<readonly StoredSession[]>;
  }

  overview(query: OverviewQuery): Promise<Overview> {
    return ask(this.#reader, 'overview', query) as Promise<Overview>;
  }

  witnessed(first?: number): Promise<Witnessed> {
    return ask(this.#reader, 'witnessed', first) as Promise<Witnessed>;
  }

  size(): Promise<StoreSize> {
    return ask(this.#reader, 'size') as Promise<StoreSize>;
  }

  async noteAccess(access: Access): Promise<void> {
    await ask(this.#writer, 'noteAccess', access);
  }

  alerts(limit: number): Promise<readonly Alert[]> {
    return ask(this.#reader, 'alerts', limit) as Promise<readonly Alert[]>;
  }

  untoldAlerts(limit: number): Promise<readonly Alert[]> {
    return ask(this.#reader, 'untoldAlerts', limit) as Promise<readonly Alert[]>;
  }

  async alertTold(position: number): Promise<void> {
    await ask(this.#writer, 'alertTold', position);
  }

  accesses(limit: number): Promise<readonly Access[]> {
    return ask(this.#reader, 'accesses', limit) as Promise<readonly Access[]>;
  }

  archived(): Promise<number> {
    return ask(this.#reader, 'archived') as Promise<number>;
  }

  async noteArchived(position: number): Promise<void> {
    await ask(this.#writer, 'noteArchived', position);
  }

  get isAlive(): boolean {
    return this.#writer.isAlive && this.#reader.isAlive;
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.#writer.close();
  }
}

async function ask(
  part: StoreClient,
  method: StoreCall['method'],
  argument?: unknown,
  transfer: readonly ArrayBuffer[] = [],
): Promise<unknown> {
  try {
    return await part.ask(method, argument, transfer);
  } catch (cause) {
    throw new FailureError('COLLECTOR_FAILED', 'the record store failed', { cause });
  }
}
