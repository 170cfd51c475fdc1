import type { StatementCache } from './sqlite.js';

const ASCII = /^[\0-\x7f]*$/;

/** What is remembered of ids that say nothing of when their records came. */
export const ODD_IDS_SCHEMA = `
CREATE TABLE IF NOT EXISTS odd_ids (id TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS odd_ids_by_position ON odd_ids (position);`;

/**
 * Where the records are whose ids are of another time than that at which they came, or of none. All others are looked for in the files of their time;
 * without this, one sender of ids that lie would have each id looked for in every file.
 */
export class OddIds {
  readonly #statements: StatementCache;
  #highest: string;

  constructor(statements: StatementCache) {
    this.#statements = statements;
    const sql = 'SELECT max(id) AS id FROM odd_ids';
    this.#highest = (statements.of(sql).get() as { id: string | null }).id ?? '';
  }

  add(id: string, position: number): void {
    this.#statements
      .of(
        'INSERT INTO odd_ids (id, position) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET position = excluded.position',
      )
      .run(id, position);
    if (Buffer.compare(Buffer.from(id), Buffer.from(this.#highest)) > 0) this.#highest = id;
  }

  /** The position of the record of an id. */
  positionOf(id: string): number | undefined {
    // Ids grow with the time: mostly there is none like it. SQLite compares bytes, which for ASCII is the same.
    if (ASCII.test(id) && id > this.#highest) return undefined;
    const row = this.#statements.of('SELECT position FROM odd_ids WHERE id = ?').get(id);
    return (row as { position: number } | undefined)?.position;
  }

  removeBefore(position: number): void {
    this.#statements.of('DELETE FROM odd_ids WHERE position < ?').run(position);
  }
}
