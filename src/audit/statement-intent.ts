import type { OutcomeStatus } from './record.js';

/**
 * What is about to be sent to the server. The caller reuses one object of this shape; the trail keeps no reference to it.
 * The fragments come from `record-fragments.ts`, in UTF-8.
 */
export interface StatementIntent {
  /** Microseconds since the epoch. */
  timeMicros: number;
  /** `"agent":{…},"task":{…},"session":{…` with the session left open: the statement's number follows. Ends in `encodeSession`'s output, so it is never empty. */
  head: Buffer;
  /** `"trace":{…},"db":{…}`; may be empty. */
  tail: Buffer;
  /** Number of the statement within its session, from 1. */
  sessionStatementNo: number;
  /** `COM_QUERY`, `COM_STMT_EXECUTE` …: ASCII that JSON need not escape. */
  command: string;
  /** Holds the statement's text in UTF-8, redacted and cut by the caller, from `textStart` to `textEnd`. */
  text: Buffer;
  textStart: number;
  textEnd: number;
  /** Whether `text` was cut. */
  truncated: boolean;
  /** Whether `text` is the fingerprint in its place, or parameters are left out or hidden. */
  redacted: boolean;
  /** JSON array of the parameters, or undefined. */
  parameters: string | undefined;
  /** `encodeStatementShape`'s output; empty where the statement could not be analysed. */
  shape: Buffer;
  /** `encodeVerdict`'s output. */
  verdict: Buffer;
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
  /** JSON of the record's `result`. */
  result?: string | undefined;
  /** The limit that the statement was stopped at, and the rules that it is from. */
  limited?: { readonly rule: string; readonly limit: 'rows' | 'bytes' | 'duration' } | undefined;
}
