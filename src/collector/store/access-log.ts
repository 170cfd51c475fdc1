import type { Access } from './record-store.js';
import { openDatabase, type SqliteDatabase, StatementCache } from './sqlite.js';

/** The file of those who looked at the records. */
export const ACCESSES = 'accesses.db';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS accesses (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  time TEXT NOT NULL, viewer TEXT NOT NULL, route TEXT NOT NULL, query TEXT NOT NULL, times INTEGER NOT NULL, allowed INTEGER NOT NULL
) STRICT;`;

interface Row extends Omit<Access, 'allowed'> {
  readonly allowed: number;
}

/** Who looked at the records, and at which. */
export class AccessLog {
  readonly #db: SqliteDatabase;
  readonly #statements: StatementCache;

  /** @param file made where it is not there */
  constructor(file: string) {
    this.#db = openDatabase(file, { durable: true });
    this.#db.exec(SCHEMA);
    this.#statements = new StatementCache(this.#db);
  }

  add({ time, viewer, route, query, times, allowed }: Access): void {
    this.#statements
      .of('INSERT INTO accesses (time, viewer, route, query, times, allowed) VALUES (?, ?, ?, ?, ?, ?)')
      .run(time, viewer, route, query, times, allowed ? 1 : 0);
  }

  /** The newest first. */
  read(limit: number): readonly Access[] {
    const sql = 'SELECT time, viewer, route, query, times, allowed FROM accesses ORDER BY position DESC LIMIT ?';
    return (this.#statements.of(sql).all(limit) as Row[]).map((row) => ({ ...row, allowed: row.allowed === 1 }));
  }

  /** Forgets those before a time. */
  removeBefore(time: string): void {
    this.#statements.of('DELETE FROM accesses WHERE time < ?').run(time);
  }

  close(): void {
    this.#db.close();
  }
}
