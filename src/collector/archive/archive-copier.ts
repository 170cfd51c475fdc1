import { setTimeout as delay } from 'node:timers/promises';

import type { AuditLogger } from '../../audit/audit-logger.js';
import { backoffMs } from '../../audit/backoff.js';
import { messageOf } from '../../message-of.js';
import { readIncoming } from '../ingest/incoming-record.js';
import type { ArchivableStore, StoredRecord } from '../store/record-store.js';
import { archiveIndexes, archiveRow, archiveSchema } from './archive-table.js';
import type { ClickHouse } from './clickhouse.js';

/** Rows of one INSERT: ClickHouse writes a part for each, so that few large ones are better than many small ones. */
const MAX_ROWS = 5_000;
const PAUSE_MS = 1_000;
const DAY_CHARS = '2026-11-22'.length;

/** Copies the records of a store to an archive, in their order, each at least once. What it has copied is noted in the store. */
export class ArchiveCopier {
  readonly #store: ArchivableStore;
  readonly #clickhouse: ClickHouse;
  readonly #collector: string;
  readonly #logger: AuditLogger;
  readonly #stopped = new AbortController();
  readonly #ended: Promise<void>;
  #failures = 0;

  /** @param collector - what the collector is called in the archive */
  constructor(store: ArchivableStore, clickhouse: ClickHouse, collector: string, logger: AuditLogger) {
    this.#store = store;
    this.#clickhouse = clickhouse;
    this.#collector = collector;
    this.#logger = logger;
    this.#ended = this.#run();
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    let isReady = false;
    while (!signal.aborted) {
      let waitMs = PAUSE_MS;
      try {
        if (!isReady) await this.#makeTable();
        isReady = true;
        if (await this.#copySome()) waitMs = 0;
        this.#failures = 0;
      } catch (error) {
        this.#failures += 1;
        waitMs = backoffMs(this.#failures);
        this.#logger.warn(
          { problem: messageOf(error), waitMs },
          'records cannot be copied to ClickHouse, trying again',
        );
      }
      if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #makeTable(): Promise<void> {
    const { table } = this.#clickhouse;
    const known = await this.#clickhouse.rows(`EXISTS TABLE ${table}`);
    if (Number(known[0]?.['result']) === 1) return;
    await this.#clickhouse.run(archiveSchema(table));
    for (const index of archiveIndexes(table))
      await this.#clickhouse.run(index).catch((error: unknown) => {
        this.#logger.info({ problem: messageOf(error) }, 'this ClickHouse knows no such index: it does without');
      });
  }

  /** @returns whether there may be more to copy now */
  async #copySome(): Promise<boolean> {
    const after = await this.#store.archived();
    const { records, next, more } = await this.#store.search({ order: 'asc', after, limit: MAX_ROWS });
    if (records.length > 0) await this.#clickhouse.insert(this.#rowsOf(records));
    if (next > after) await this.#store.noteArchived(next);
    return more;
  }

  #rowsOf(records: readonly StoredRecord[]): readonly string[] {
    const today = new Date().toISOString().slice(0, DAY_CHARS);
    return records.flatMap((stored) => {
      const record = readIncoming(stored.json);
      return typeof record === 'string' ? [] : [archiveRow(this.#collector, today, stored, record)];
    });
  }
}
