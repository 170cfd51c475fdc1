import { existsSync } from 'node:fs';

import type { IncomingRecord } from '../ingest/incoming-record.js';
import type { Arrival, NumberedRecord, WriterRecord } from './placed-record.js';
import type { HeldRecord, StoredRecord } from './record-store.js';
import { inTransaction, openDatabase, type SqliteDatabase, StatementCache } from './sqlite.js';
import { TERMS_SCHEMA, termsOf } from './terms.js';

/** Many files are open to be read; the operating system keeps what is read of them as well. */
const READ_CACHE_KIB = 8 * 1024;
const SCHEMA = `
CREATE TABLE IF NOT EXISTS records (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  time TEXT, rows INTEGER, writer_id TEXT, writer_seq INTEGER,
  sender INTEGER NOT NULL,
  json TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS senders (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE INDEX IF NOT EXISTS records_by_writer ON records (writer_id, writer_seq) WHERE writer_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS arrivals (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL, received_at TEXT NOT NULL, min_time TEXT, max_time TEXT, min_id TEXT, max_id TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS conflicts (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL, received_at TEXT NOT NULL, json TEXT NOT NULL,
  UNIQUE (id, json)
) STRICT;
${TERMS_SCHEMA};`;

/** Positions, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Texts that others lie between, both included. */
export interface Bounds {
  readonly min: string;
  readonly max: string;
}

/** Times: from the first on, and before the second. */
export interface TimeSpan {
  readonly since: string | undefined;
  readonly until: string | undefined;
}

/** What records of a range have to be like. */
export interface Wanted extends TimeSpan {
  /** The index's expression. */
  readonly match: string | undefined;
  readonly rows: number | undefined;
}

/**
 * One file of the store: the records that arrived in a period, their index, and when they came. What is acknowledged is in here, in one commit;
 * all else can be made of it again.
 */
export class Partition {
  readonly #db: SqliteDatabase;
  readonly #statements: StatementCache;

  private constructor(db: SqliteDatabase) {
    this.#db = db;
    this.#statements = new StatementCache(db);
  }

  /** Opens a partition to write to, and makes it where there is none. What is committed outlives a power cut. */
  static toWrite(file: string): Partition {
    const db = openDatabase(file, { durable: true });
    db.exec(SCHEMA);
    return new Partition(db);
  }

  /** Opens one that there is, to read. @throws Error where it was removed: SQLite would make an empty one in its place */
  static toRead(file: string): Partition {
    if (!existsSync(file)) throw new Error(`${file} was removed`);
    const db = openDatabase(file, { durable: true });
    db.exec('PRAGMA query_only = ON');
    db.exec(`PRAGMA cache_size = -${READ_CACHE_KIB}`);
    return new Partition(db);
  }

  /** Does all of the work, or none of it. */
  commit<T>(work: () => T): T {
    return inTransaction(this.#db, work);
  }

  /** The number that stands for a sender in this file. */
  senderNo(name: string): number {
    this.#statements.of('INSERT INTO senders (name) VALUES (?) ON CONFLICT DO NOTHING').run(name);
    return (this.#statements.of('SELECT no FROM senders WHERE name = ?').get(name) as { no: number }).no;
  }

  /** Adds a record. Returns false where its id is taken. */
  insert(position: number, record: IncomingRecord, senderNo: number): boolean {
    const { id, time, rows, writerId, writerSeq, json } = record;
    const isNew = this.#statements
      .of(
        'INSERT INTO records (position, id, time, rows, writer_id, writer_seq, sender, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
      )
      .run(position, id, time, rows, writerId, writerSeq, senderNo, json);
    if (isNew.changes === 0) return false;
    this.#statements.of('INSERT INTO terms (rowid, term) VALUES (?, ?)').run(position, termsOf(record));
    return true;
  }

  /** Notes when a range of records came, and between which lie their times, and their ids that are timely. */
  addArrival({ first, last }: Range, receivedAt: string, times: Bounds | undefined, ids: Bounds | undefined): void {
    this.#statements
      .of(
        'INSERT INTO arrivals (first, last, received_at, min_time, max_time, min_id, max_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(first, last, receivedAt, times?.min ?? null, times?.max ?? null, ids?.min ?? null, ids?.max ?? null);
  }

  /** Keeps a record beside the one that has its id. */
  addConflict(id: string, receivedAt: string, json: string): void {
    this.#statements
      .of('INSERT INTO conflicts (id, received_at, json) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(id, receivedAt, json);
  }

  /** The record of an id. */
  find(id: string): HeldRecord | undefined {
    const sql = 'SELECT position, json FROM records WHERE id = ?';
    const row = this.#statements.of(sql).get(id) as StoredRecord | undefined;
    return row && { position: row.position, json: row.json, ...this.arrivalOf(row.position) };
  }

  /** Its timely ids lie between these; undefined where it has none. */
  timelyIds(): Bounds | undefined {
    const row = this.#statements.of('SELECT min(min_id) AS min, max(max_id) AS max FROM arrivals').get() as {
      min: string | null;
      max: string | null;
    };
    return row.min === null || row.max === null ? undefined : { min: row.min, max: row.max };
  }

  /** The position of its newest record; undefined where it is empty. */
  last(): number | undefined {
    return (
      (this.#statements.of('SELECT max(position) AS last FROM records').get() as { last: number | null }).last ??
      undefined
    );
  }

  /** When its newest record came. */
  lastReceivedAt(): string | undefined {
    const sql = 'SELECT received_at AS at FROM arrivals ORDER BY first DESC LIMIT 1';
    return (this.#statements.of(sql).get() as { at: string } | undefined)?.at;
  }

  /** How a record came. */
  arrivalOf(position: number): Arrival {
    const sql = `SELECT coalesce((SELECT received_at FROM arrivals WHERE first <= position AND last >= position ORDER BY first DESC LIMIT 1), '') AS receivedAt,
      name AS sender FROM records JOIN senders ON no = sender WHERE position = ?`;
    return this.#statements.of(sql).get(position) as Arrival;
  }

  conflicts(): number {
    return (this.#statements.of('SELECT count(*) AS n FROM conflicts').get() as { n: number }).n;
  }

  /** The id of a record before a position that has a writer's number, and came from one of some senders. */
  rivalOf({ writerId, seq, position, senders }: NumberedRecord): string | undefined {
    const sql = `SELECT id FROM records WHERE writer_id = ? AND writer_seq = ? AND position < ?
      AND sender IN (SELECT no FROM senders WHERE name IN (SELECT value FROM json_each(?))) LIMIT 1`;
    const rival = this.#statements.of(sql).get(writerId, seq, position, JSON.stringify(senders));
    return (rival as { id: string } | undefined)?.id;
  }

  /** A writer's records above one number and up to another, in their order. */
  ofWriter(writerId: string, above: number, upTo: number): WriterRecord[] {
    const sql = `SELECT writer_seq AS seq, position, name AS sender FROM records JOIN senders ON no = sender
      WHERE writer_id = ? AND writer_seq > ? AND writer_seq <= ? ORDER BY writer_seq, position`;
    return this.#statements.of(sql).all(writerId, above, upTo) as WriterRecord[];
  }

  /** The record of a position; empty where there is none. */
  jsonOf(position: number): string {
    const row = this.#statements.of('SELECT json FROM records WHERE position = ?').get(position);
    return (row as { json: string } | undefined)?.json ?? '';
  }

  /** Whose records it holds. */
  writers(): readonly string[] {
    const sql = 'SELECT DISTINCT writer_id AS id FROM records WHERE writer_id IS NOT NULL';
    return (this.#statements.of(sql).all() as { id: string }[]).map(({ id }) => id);
  }

  /** Where records of a time may be, in their order: records come about in the order of their times, but for those that were kept waiting. */
  rangesOf({ since, until }: TimeSpan, { first, last }: Range): Range[] {
    if (since === undefined && until === undefined) return [{ first, last }];
    const rows = this.#statements
      .of(
        'SELECT first, last FROM arrivals WHERE last >= ? AND first <= ? AND max_time >= ? AND min_time < ? ORDER BY first',
      )
      .all(first, last, since ?? '', until ?? '~') as Range[];
    const ranges: { first: number; last: number }[] = [];
    for (const row of rows) {
      const before = ranges.at(-1);
      if (before !== undefined && before.last + 1 === row.first) before.last = row.last;
      else ranges.push({ first: Math.max(first, row.first), last: row.last });
    }
    const end = ranges.at(-1);
    if (end !== undefined) end.last = Math.min(end.last, last);
    return ranges;
  }

  /** Records of a range. */
  read({ match, since, until, rows }: Wanted, range: Range, order: 'asc' | 'desc', limit: number): StoredRecord[] {
    const place = match === undefined ? 'r.position' : 'terms.rowid';
    const where = [
      ...(match === undefined ? [] : ['terms MATCH ?']),
      `${place} BETWEEN ? AND ?`,
      ...(since === undefined ? [] : ['r.time >= ?']),
      ...(until === undefined ? [] : ['r.time < ?']),
      ...(rows === undefined ? [] : ['r.rows >= ?']),
    ];
    // CROSS JOIN: the index comes first.
    const from = match === undefined ? 'records r' : 'terms CROSS JOIN records r ON r.position = terms.rowid';
    const sql = `SELECT r.position, r.json FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${place} ${order} LIMIT ?`;
    const values = [match, range.first, range.last, since, until, rows, limit].filter((value) => value !== undefined);
    return this.#statements.of(sql).all(...values) as StoredRecord[];
  }

  close(): void {
    this.#db.close();
  }
}
