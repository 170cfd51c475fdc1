import type { OutcomeStatus } from './record.js';

/**
 * What is about to be sent to the server. The caller reuses one object of this shape; the trail keeps no reference to it.
 * The fragments come from `record-fragments.ts`.
 */
export interface StatementIntent {
  /** Microseconds since the epoch. */
  timeMicros: number;
  /** `"agent":{…},"task":{…},"session":{…` with the session left open: the statement's number follows. Ends in `encodeSession`'s output. */
  head: string;
  /** `"trace":{…},"db":{…}`; may be empty. */
  tail: string;
  /** Number of the statement within its session, from 1. */
  sessionStatementNo: number;
  /** `COM_QUERY`, `COM_STMT_EXECUTE` … */
  command: string;
  /** The statement's text, redacted and cut by the caller. */
  text: string;
  /** Whether `text` was cut. */
  truncated: boolean;
  /** JSON array of the parameters, or undefined. */
  parameters: string | undefined;
  /** `encodeStatementShape`'s output; empty where the statement could not be analysed. */
  shape: string;
  /** `encodeVerdict`'s output. */
  verdict: string;
}

/** How a statement ended. */
export interface StatementOutcome {
  status: OutcomeStatus;
  /** The server's error number. */
  errorCode?: number | undefined;
  errorSqlState?: string | undefined;
  errorMessage?: string | undefined;
  /** Rows returned. */
  rows?: number | undefined;
  /** Rows affected; a string from 2^53 on. */
  affected?: string | number | undefined;
  /** Bytes of the answer. */
  bytes?: number | undefined;
  /** Microseconds from the statement's start to the end of its answer. */
  durationMicros: number;
  /** Columns masked, `schema.table.column`. */
  masked?: readonly string[] | undefined;
}
