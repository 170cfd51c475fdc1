import type { AuditLogger } from '../../audit/audit-logger.js';
import { FailureError } from '../../errors.js';
import type { BatchProblem, RecordBatch } from '../ingest/read-batch.js';
import type { Alert } from '../store/alert-table.js';
import type { Overview, OverviewQuery } from '../store/overview.js';
import type {
  Access,
  ArchivableStore,
  HeldRecord,
  RecordPage,
  RecordQuery,
  RecordStore,
  SessionQuery,
  StoredRecord,
  StoredSession,
  StoreResult,
  StoreSize,
} from '../store/record-store.js';
import type { Witnessed } from '../store/witness-findings.js';
import { ArchiveCopier } from './archive-copier.js';
import type { CheckedArchiveOptions } from './archive-options.js';
import { archiveFind, archiveFirst, archivePositions, archiveRecords } from './archive-query.js';
import { ClickHouse } from './clickhouse.js';

/** A page ends with the record that fills it. */
const PAGE_CHARS = 16 * 1024 ** 2;

/**
 * A store of which everything is copied to ClickHouse, and found there where it is not kept here any more. Records are acknowledged, and their chain is
 * checked, here.
 */
export class ArchivedStore implements RecordStore {
  readonly #local: ArchivableStore;
  readonly #clickhouse: ClickHouse;
  readonly #collector: string;
  readonly #copier: ArchiveCopier;

  /** @param storeId - of the local store: the positions of another one are not this one's */
  constructor(local: ArchivableStore, options: CheckedArchiveOptions, storeId: string, logger: AuditLogger) {
    this.#local = local;
    this.#clickhouse = new ClickHouse(options);
    this.#collector = `${options.collector}/${storeId}`;
    this.#copier = new ArchiveCopier(local, this.#clickhouse, this.#collector, logger);
  }

  /** A page is of the one or of the other. */
  async search(query: RecordQuery): Promise<RecordPage> {
    const { order, after } = query;
    if (order === 'asc') {
      // Nothing comes after the last position: only what there is is asked for.
      const { first, head } = await this.#local.search({ order, limit: 1, after: Number.MAX_SAFE_INTEGER });
      if ((after ?? 0) >= first - 1) {
        const page = await this.#local.search(query);
        // What was removed in between is asked of the archive.
        if ((after ?? 0) >= page.first - 1) return page;
        return this.search(query);
      }
      const { records, isLast } = await this.#searchArchive(query, first);
      return { records, next: isLast ? first - 1 : (records.at(-1)?.position ?? first - 1), head, first, more: true };
    }
    const page = await this.#local.search(query);
    const { first, head } = page;
    if (page.more || first <= 1) return page;
    if (after === undefined || after > first) return { ...page, next: first, more: true };
    const { records, isLast } = await this.#searchArchive(query, first);
    return { records, next: records.at(-1)?.position ?? 0, head, first, more: !isLast };
  }

  async find(id: string): Promise<HeldRecord | undefined> {
    const here = await this.#local.find(id);
    if (here !== undefined) return here;
    const [row] = await this.#ask(archiveFind(this.#clickhouse.table, this.#collector, id));
    return row && { ...storedOf(row), receivedAt: String(row['day']), sender: '' };
  }

  async size(): Promise<StoreSize> {
    const [size, archived] = await Promise.all([this.#local.size(), this.#local.archived()]);
    return { ...size, archived };
  }

  /** What is removed here is found in the archive, but for what was before there was one. */
  async witnessed(): Promise<Witnessed> {
    const [row] = await this.#ask(archiveFirst(this.#clickhouse.table, this.#collector));
    const first = Number(row?.['first'] ?? 0);
    return this.#local.witnessed(first === 0 ? undefined : first);
  }

  store(batch: RecordBatch): Promise<StoreResult | BatchProblem> {
    return this.#local.store(batch);
  }

  removeOld(): Promise<number> {
    return this.#local.removeOld();
  }

  sessions(query: SessionQuery): Promise<readonly StoredSession[]> {
    return this.#local.sessions(query);
  }

  overview(query: OverviewQuery): Promise<Overview> {
    return this.#local.overview(query);
  }

  noteAccess(access: Access): Promise<void> {
    return this.#local.noteAccess(access);
  }

  alerts(limit: number): Promise<readonly Alert[]> {
    return this.#local.alerts(limit);
  }

  untoldAlerts(limit: number): Promise<readonly Alert[]> {
    return this.#local.untoldAlerts(limit);
  }

  alertTold(position: number): Promise<void> {
    return this.#local.alertTold(position);
  }

  accesses(limit: number): Promise<readonly Access[]> {
    return this.#local.accesses(limit);
  }

  get isAlive(): boolean {
    return this.#local.isAlive;
  }

  async close(): Promise<void> {
    await this.#copier.close();
    this.#clickhouse.close();
    await this.#local.close();
  }

  async #searchArchive(
    query: RecordQuery,
    before: number,
  ): Promise<{ readonly records: readonly StoredRecord[]; readonly isLast: boolean }> {
    const { table } = this.#clickhouse;
    const found = await this.#ask(archivePositions(table, this.#collector, query, before));
    const positions: number[] = [];
    let chars = 0;
    for (const row of found) {
      if (chars >= PAGE_CHARS) break;
      positions.push(Number(row['position']));
      chars += Number(row['chars']);
    }
    if (positions.length === 0) return { records: [], isLast: true };
    const rows = await this.#ask(archiveRecords(table, this.#collector, positions, query.order));
    const isLast = positions.length === found.length && found.length < query.limit;
    return { records: rows.map(storedOf), isLast };
  }

  async #ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    try {
      return await this.#clickhouse.rows(sql);
    } catch (cause) {
      throw new FailureError('COLLECTOR_FAILED', 'the archive cannot be asked: see to ClickHouse', { cause });
    }
  }
}

/** Numbers of 64 bits come as text. */
function storedOf(row: Readonly<Record<string, unknown>>): StoredRecord {
  return { position: Number(row['position']), json: String(row['json']) };
}
