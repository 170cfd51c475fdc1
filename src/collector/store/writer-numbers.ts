import { LRUCache } from 'lru-cache';

import type { StatementCache } from './sqlite.js';

/** What is remembered of the numbers of writers. */
export const WRITER_NUMBERS_SCHEMA = `
CREATE TABLE IF NOT EXISTS writers (
  writer_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, first INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`;

/** The numbers of one writer. */
export interface WriterNumber {
  /** The highest that it has had. */
  readonly seq: number;
  /** The position of its first record. */
  readonly first: number;
}

/** Remembers how far each writer has come. What was raised is written once for many records. */
export class WriterNumbers {
  readonly #statements: StatementCache;
  /** Of writers that were heard of lately. */
  readonly #known = new LRUCache<string, WriterNumber>({ max: 10_000 });
  readonly #raised = new Map<string, WriterNumber>();

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** Undefined of a writer that was never heard of. */
  of(writerId: string): WriterNumber | undefined {
    const held = this.#raised.get(writerId) ?? this.#known.get(writerId);
    if (held !== undefined) return held;
    const row = this.#statements.of('SELECT seq, first FROM writers WHERE writer_id = ?').get(writerId);
    return row as WriterNumber | undefined;
  }

  /** Whether a number is above all that a writer had, as mostly it is; it is the highest then. */
  raise(writerId: string, seq: number, position: number): boolean {
    const before = this.of(writerId);
    if (before !== undefined && seq <= before.seq) return false;
    this.#raised.set(writerId, { seq, first: before?.first ?? position });
    return true;
  }

  /** Writes what was raised, within the transaction that applies the records. */
  save(): void {
    const sql =
      'INSERT INTO writers (writer_id, seq, first) VALUES (?, ?, ?) ON CONFLICT (writer_id) DO UPDATE SET seq = excluded.seq';
    for (const [writerId, number] of this.#raised) {
      this.#statements.of(sql).run(writerId, number.seq, number.first);
      this.#known.set(writerId, number);
    }
    this.#raised.clear();
  }

  /** What was raised in a transaction that failed was not. */
  forget(): void {
    this.#known.clear();
    this.#raised.clear();
  }
}
