import type { Mysql2Command } from '../../src/driver/mysql2-internals.js';
import type { RefusalDetails } from '../../src/session/index.js';

/** The error of a statement that Countersign refused: mysql2's, with what Countersign has to say. */
export interface RefusedError extends Error {
  /** mysql2's name of the number, such as `ER_SPECIFIC_ACCESS_DENIED_ERROR`. */
  readonly code: string;
  readonly errno: number;
  readonly sqlState: string;
  /** The rule that refused; undefined where the statement could not be judged or recorded. */
  readonly rule: string | undefined;
  /** Id of the record that tells of it; undefined where there could be none. */
  readonly recordId: string | undefined;
  readonly refusal: RefusalDetails;
}

const BRAND = Symbol.for('countersign.refusal');

/**
 * Tells whether an error is that of a statement which Countersign refused, whichever copy of the package did. Libraries that copy what the
 * driver's error has into one of their own, as TypeORM and MikroORM do, are seen through; where they wrap it, it is in `cause` (Drizzle) or `original` (Sequelize).
 * @example
 * ```ts
 * try {
 *   await pool.query('DELETE FROM orders');
 * } catch (error) {
 *   if (isRefused(error)) console.log(error.rule, error.refusal.reason, error.recordId);
 * }
 * ```
 */
export function isRefused(error: unknown): error is RefusedError {
  if (typeof error !== 'object' || error === null || !('refusal' in error)) return false;
  const { refusal } = error;
  return typeof refusal === 'object' && refusal !== null && BRAND in refusal;
}

/** Has the error that a command is about to end with say why. */
export function explainTo(command: Mysql2Command | null | undefined, refusal: RefusalDetails): void {
  if (command === null || command === undefined) return;
  const { onResult, emit } = command;
  if (typeof onResult === 'function') {
    command.onResult = function (this: Mysql2Command, error: unknown, ...rest): unknown {
      explain(error, refusal);
      return onResult.call(this, error, ...rest);
    };
  } else {
    command.emit = function (this: Mysql2Command, event, ...args: unknown[]): boolean {
      if (event === 'error') explain(args[0], refusal);
      return emit.call(this, event, ...args);
    };
  }
}

function explain(error: unknown, refusal: RefusalDetails): void {
  if (!(error instanceof Error)) return;
  const { rule, recordId } = refusal;
  // The brand is on the details: who copies the error's properties copies it with them.
  const branded = Object.defineProperty({ ...refusal }, BRAND, { value: true });
  Object.assign(error, { rule, recordId, refusal: branded });
}
