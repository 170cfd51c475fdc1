import type { StatementCache } from './sqlite.js';
import { type WriterProgress, WriterTurns } from './writer-turns.js';

/** Of each problem: many of one do not hide another. */
const MAX_LISTED = 1000;

/** What a witness can find. */
export type WitnessProblem =
  'replay' | 'changed' | 'fork' | 'rollback' | 'removed' | 'forged' | 'unknown key' | 'other sender';

/** What is wrong with a record that came in. */
export interface WitnessFinding {
  readonly received_at: string;
  readonly problem: WitnessProblem;
  readonly writer_id: string;
  readonly seq: number;
  readonly id: string;
  readonly message: string;
}

/** The last checkpoint of a writer. */
export interface WitnessedCheckpoint {
  readonly writer_id: string;
  readonly size: number;
  readonly root: string;
  readonly key: string;
  readonly note: string;
  readonly received_at: string;
}

/** What is remembered of each writer's checkpoints, and what was wrong. */
export interface Witnessed {
  readonly writers: readonly WitnessedCheckpoint[];
  /** How far writers had come in what was kept long enough, and is removed. */
  readonly removed: readonly WriterProgress[];
  readonly findings: readonly WitnessFinding[];
}

/**
 * The last checkpoint of each writer, and what was found, the newest last.
 * @param first - position of the first record that can be had
 */
export function readWitnessed(statements: StatementCache, first: number): Witnessed {
  const writers = 'SELECT writer_id, size, root, key, note, received_at FROM witnessed ORDER BY received_at, writer_id';
  const findings = `SELECT received_at, problem, writer_id, seq, id, message FROM
    (SELECT *, row_number() OVER (PARTITION BY problem ORDER BY position DESC) AS no FROM findings) WHERE no <= ${MAX_LISTED} ORDER BY position`;
  return {
    writers: statements.of(writers).all() as WitnessedCheckpoint[],
    removed: new WriterTurns(statements).before(first),
    findings: statements.of(findings).all() as WitnessFinding[],
  };
}
