import Database from 'libsql';

import { messageOf } from '../../message-of.js';

/** What is used of the SQLite driver: a prepared statement. */
export interface SqliteStatement {
  run(...values: unknown[]): { changes: number };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

/** What is used of the SQLite driver: an open database. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  close(): void;
}

const BUSY_MS = 5_000;
const CACHE_KIB = 32 * 1024;
/** Of the size that a commit of many records with their index writes fewest of. */
const PAGE_BYTES = 16 * 1024;
/** The write-ahead log goes into the database from there on. */
const LOG_PAGES = 4_000;

/**
 * Opens, or makes, a database with a write-ahead log: who reads it does not wait for who writes it.
 * @param durable whether what is committed outlives a power cut; what is not goes back to a state that was, and is whole
 */
export function openDatabase(file: string, { durable }: { readonly durable: boolean }): SqliteDatabase {
  const db = new Database(file, {}) as unknown as SqliteDatabase;
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  db.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  db.exec('PRAGMA journal_mode = WAL');
  db.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
  db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
  return db;
}

/**
 * Marks a new database with the format of its tables.
 * @throws Error where it has been marked with another one, or has tables and no mark
 */
export function claimFormat(db: SqliteDatabase, format: number): void {
  const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (found === 0 && tables === 0) db.exec(`PRAGMA user_version = ${format}`);
  else if (found !== format)
    throw new Error(
      `it has format ${found}, and this version of countersign reads ${format}: export it with the other`,
    );
}

/**
 * Holds a file, as nobody else can until it is closed or the process has ended.
 * @throws Error where somebody holds it
 */
export function holdFile(file: string): SqliteDatabase {
  const db = new Database(file, {}) as unknown as SqliteDatabase;
  try {
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    throw /locked|busy/i.test(messageOf(error)) ? new Error('another collector has it open') : error;
  }
}

/** Does all of the work, or none of it. */
export function inTransaction<T>(db: SqliteDatabase, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** Prepares each statement of a database once. */
export class StatementCache {
  readonly #db: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  of(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}
