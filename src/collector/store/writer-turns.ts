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
    return (this.#statements.of(sql).all(position) as TurnRow[]).map(progressOf);
  }

  /** How far one of them had come. */
  ofWriter(writerId: string, position: number): WriterProgress | undefined {
    const sql =
      'SELECT writer_id, seq, tree FROM writer_turns WHERE writer_id = ? AND position <= ? ORDER BY position DESC LIMIT 1';
    const row = this.#statements.of(sql).get(writerId, position) as TurnRow | undefined;
    return row && progressOf(row);
  }

  /** The position of the first record of the file in which the numbers above one begin; 0 where that is not known. */
  positionAbove(writerId: string, seq: number): number {
    const sql = 'SELECT max(position) AS position FROM writer_turns WHERE writer_id = ? AND seq <= ?';
    return (this.#statements.of(sql).get(writerId, seq) as { position: number | null }).position ?? 0;
  }
}

interface TurnRow {
  readonly writer_id: string;
  readonly seq: number;
  readonly tree: string | null;
}

function progressOf({ writer_id, seq, tree }: TurnRow): WriterProgress {
  return { writer_id, seq, tree: tree === null ? null : (JSON.parse(tree) as TreeFrontier) };
}
