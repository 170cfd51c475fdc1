import type { TreeFrontier } from '../../audit/evidence.js';
import type { StatementCache } from './sqlite.js';

/** What is remembered of writers where files of the store end. */
export const WRITER_TURNS_SCHEMA = `
CREATE TABLE IF NOT EXISTS writer_turns (
  writer_id TEXT NOT NULL, position INTEGER NOT NULL, seq INTEGER NOT NULL, tree TEXT,
  PRIMARY KEY (writer_id, position)
) STRICT, WITHOUT ROWID;`;

/** How far a writer has come. */
export interface WriterProgress {
  readonly writer_id: string;
  /** The highest number of its records. */
  readonly seq: number;
  /** Over all records up to there; null where that cannot be said. */
  readonly tree: TreeFrontier | null;
}

/** Remembers how far each writer had come where a file ends: when the file is removed, what is left can still be verified. */
export class WriterTurns {
  readonly #statements: StatementCache;

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** @param position - of the first record of the next file */
  add(position: number, { writer_id, seq, tree }: WriterProgress): void {
    this.#statements
      .of(
        'INSERT INTO writer_turns (writer_id, position, seq, tree) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq, tree = excluded.tree',
      )
      .run(writer_id, position, seq, tree === null ? null : JSON.stringify(tree));
  }

  /** How far writers had come before a position. */
  before(position: number): readonly WriterProgress[] {
    // The other members are those of the row that has the greatest position.
    const sql =
      'SELECT writer_id, seq, tree, max(position) AS at FROM writer_turns WHERE position <= ? GROUP BY writer_id ORDER BY writer_id';
    const rows = this.#statements.of(sql).all(position) as { writer_id: string; seq: number; tree: string | null }[];
    return rows.map(({ writer_id, seq, tree }) => ({
      ...{ writer_id, seq },
      tree: tree === null ? null : (JSON.parse(tree) as TreeFrontier),
    }));
  }
}
