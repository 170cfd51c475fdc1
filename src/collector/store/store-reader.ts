import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { type Alert, readAlerts, untoldAlerts } from './alert-table.js';
import { OverviewTable, type Overview, type OverviewQuery } from './overview.js';
import type { Partition, Range, Wanted } from './partition.js';
import { listPartitions, type PartitionFile } from './partition-files.js';
import { PartitionPool } from './partition-pool.js';
import { ACCESSES, AccessLog } from './access-log.js';
import type {
  Access,
  HeldRecord,
  RecordPage,
  RecordQuery,
  SessionQuery,
  StoredRecord,
  StoredSession,
  StoreSize,
} from './record-store.js';
import { SessionTable } from './session-table.js';
import { openDatabase, type SqliteDatabase, StatementCache } from './sqlite.js';
import { readArchived } from './ledger.js';
import { LEDGER } from './store-writer.js';
import { matchOf } from './terms.js';
import { readWitnessed, type Witnessed } from './witness-findings.js';

/** A search gives what it has found by then. */
const SEARCH_MS = 250;
/** A page ends with the record that fills it. */
const PAGE_CHARS = 16 * 1024 ** 2;
const FIRST_READ = 16;
/** Positions that are looked through before the clock is looked at. */
const WINDOW = 250_000;

/** Reads a store while it is written to. */
export class StoreReader {
  readonly #directory: string;
  readonly #pool = new PartitionPool();
  readonly #conflicts = new Map<string, number>();
  readonly #ledger: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #accesses: AccessLog;

  /** @param directory - that a writer has opened before */
  constructor(directory: string) {
    this.#directory = directory;
    this.#ledger = openDatabase(join(directory, LEDGER), { durable: false });
    this.#ledger.exec('PRAGMA query_only = ON');
    this.#statements = new StatementCache(this.#ledger);
    this.#accesses = new AccessLog(join(directory, ACCESSES));
  }

  search(query: RecordQuery): RecordPage {
    const { order, limit, since, until, rows } = query;
    const wanted = { match: matchOf(query), since, until, rows: rows === 0 ? undefined : rows };
    const deadline = performance.now() + SEARCH_MS;
    const records: StoredRecord[] = [];
    let next = query.after ?? (order === 'asc' ? 0 : Number.MAX_SAFE_INTEGER);
    const files = this.#files();
    const head = this.#headOf(files);
    const first = files[0]?.first ?? 1;
    let chars = 0;
    for (const { file, range } of this.#windows(files, query, next, head)) {
      const partition = this.#pool.of(file);
      const found = readUpTo(partition, wanted, range, order, limit - records.length, PAGE_CHARS - chars);
      records.push(...found);
      for (const { json } of found) chars += json.length;
      const isFull = records.length >= limit || chars >= PAGE_CHARS;
      next = isFull ? (records.at(-1)?.position ?? next) : edgeOf(range, order);
      if (isFull || performance.now() > deadline) return { records, next, head, first, more: true };
    }
    return { records, next, head, first, more: false };
  }

  find(id: string): HeldRecord | undefined {
    for (const file of this.#files().reverse()) {
      const found = this.#pool.of(file).find(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  archived(): number {
    return readArchived(this.#statements);
  }

  sessions(query: SessionQuery): readonly StoredSession[] {
    return new SessionTable(this.#statements).read(query);
  }

  overview(query: OverviewQuery): Overview {
    return new OverviewTable(this.#statements).read(query);
  }

  witnessed(first: number = this.#files()[0]?.first ?? 1): Witnessed {
    return readWitnessed(this.#statements, first);
  }

  size(): StoreSize {
    const files = this.#files();
    const bytes = files.map(({ path }) => ['', '-wal'].map((end) => sizeOf(path + end))).flat();
    return {
      records: files.length === 0 ? 0 : this.#headOf(files) - (files[0]?.first ?? 0) + 1,
      conflicts: sum(files.map((file, at) => this.#conflictsOf(file, at === files.length - 1))),
      bytes: sum(bytes),
    };
  }

  /** A file that is not written to any more keeps its number. */
  #conflictsOf(file: PartitionFile, isLast: boolean): number {
    const known = this.#conflicts.get(file.path);
    if (known !== undefined && !isLast) return known;
    const conflicts = this.#pool.of(file).conflicts();
    if (!isLast) this.#conflicts.set(file.path, conflicts);
    return conflicts;
  }

  alerts(limit: number): readonly Alert[] {
    return readAlerts(this.#statements, limit);
  }

  untoldAlerts(limit: number): readonly Alert[] {
    return untoldAlerts(this.#statements, limit);
  }

  accesses(limit: number): readonly Access[] {
    return this.#accesses.read(limit);
  }

  close(): void {
    this.#pool.close();
    this.#ledger.close();
    this.#accesses.close();
  }

  #files(): PartitionFile[] {
    const files = listPartitions(this.#directory).filter(({ path }) => sizeOf(path) > 0);
    this.#pool.keepOnly(files);
    return files;
  }

  #headOf(files: readonly PartitionFile[]): number {
    const newest = files.at(-1);
    return newest === undefined ? 0 : (this.#pool.of(newest).last() ?? newest.first - 1);
  }

  /** The parts of the store in which records may be, in the order of the query. */
  *#windows(
    files: readonly PartitionFile[],
    { order, since, until }: RecordQuery,
    from: number,
    head: number,
  ): Generator<{ file: PartitionFile; range: Range }> {
    const indices = [...files.keys()];
    for (const at of order === 'asc' ? indices : indices.reverse()) {
      const file = files[at];
      if (file === undefined) continue;
      // A file ends where the next one begins: only those that are looked at are opened.
      const last = (files[at + 1]?.first ?? head + 1) - 1;
      const range =
        order === 'asc'
          ? { first: Math.max(file.first, from + 1), last }
          : { first: file.first, last: Math.min(last, from - 1) };
      if (range.first > range.last) continue;
      const ranges = this.#pool.of(file).rangesOf({ since, until }, range);
      for (const one of order === 'asc' ? ranges : ranges.reverse())
        for (const window of slices(one, order)) yield { file, range: window };
    }
  }
}

/** Reads few at first, since each may be long: until there are enough, or more than so many characters. */
function readUpTo(
  partition: Partition,
  wanted: Wanted,
  range: Range,
  order: 'asc' | 'desc',
  limit: number,
  maxChars: number,
): StoredRecord[] {
  const found: StoredRecord[] = [];
  let chars = 0;
  for (let size = FIRST_READ, rest = range; ; size *= 4) {
    const wantedNow = Math.min(size, limit - found.length);
    const some = partition.read(wanted, rest, order, wantedNow);
    found.push(...some);
    for (const { json } of some) chars += json.length;
    const last = some.at(-1)?.position;
    if (last === undefined || some.length < wantedNow || found.length >= limit || chars >= maxChars) return found;
    rest = order === 'asc' ? { first: last + 1, last: rest.last } : { first: rest.first, last: last - 1 };
  }
}

function* slices({ first, last }: Range, order: 'asc' | 'desc'): Generator<Range> {
  if (order === 'asc') {
    for (let at = first; at <= last; at += WINDOW) yield { first: at, last: Math.min(last, at + WINDOW - 1) };
  } else {
    for (let at = last; at >= first; at -= WINDOW) yield { first: Math.max(first, at - WINDOW + 1), last: at };
  }
}

/** The cursor behind a range that was looked through. */
const edgeOf = ({ first, last }: Range, order: 'asc' | 'desc'): number => (order === 'asc' ? last : first);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);
