/**
 * The audit record, version 1: one JSON object a statement, and one for each event of a session or an identity.
 *
 * A member that is absent is unknown or does not apply; there are no empty strings. Times are RFC 3339 in UTC with microseconds,
 * durations are in microseconds, and 64-bit integers that can pass 2^53 are strings.
 */

/** A record's place in the journal that wrote it. */
export interface RecordWriter {
  /** Stable id of the journal. */
  readonly id: string;
  /** Number of the record in that journal, from 1, without gaps. */
  readonly seq: number;
  /** SHA-256 of the JSON bytes of the record before it, base64url; absent on the first. */
  readonly prev?: string;
}

/** The verified agent. */
export interface RecordAgent {
  readonly subject: string;
  readonly issuer: string;
  readonly name?: string;
  readonly groups?: readonly string[];
  /** Chain of delegation, outermost first. */
  readonly actor?: readonly string[];
  readonly model?: string;
  readonly token_id?: string;
  readonly verified: boolean;
}

/** What the statement was for: `claim` from the signed token, `asserted` by the calling code. */
export interface RecordTask {
  readonly id: string;
  readonly source: 'claim' | 'asserted';
}

/** The connection that the statement came on. */
export interface RecordSession {
  readonly id: string;
  readonly mode: 'embedded' | 'proxy';
  /** `ip:port` of the caller; the proxy knows it. */
  readonly client?: string;
  readonly driver?: string;
  /** The server's connection id. */
  readonly thread_id?: number;
  /** Number of the statement within the session, from 1. Absent on records of other types. */
  readonly statement_no?: number;
}

/** W3C trace context, hexadecimal. */
export interface RecordTrace {
  readonly trace_id: string;
  readonly span_id: string;
}

/** The database server. */
export interface RecordDb {
  readonly system: 'mysql' | 'mariadb';
  /** `host:port`. */
  readonly server?: string;
  /** Default schema. */
  readonly namespace?: string;
  /** The database account. */
  readonly user?: string;
}

/** One table that a statement touches. */
export interface RecordTable {
  readonly schema?: string;
  readonly table: string;
  readonly access: 'read' | 'write';
  /** The view, routine, trigger or foreign key by which, with those that lead there: `shop.a > shop.b`. Absent where the statement names the table. */
  readonly via?: string;
}

/** The statement as it stood on the wire, and what it is. */
export interface RecordStatement {
  readonly command: string;
  readonly text: string;
  readonly parameters?: readonly unknown[];
  readonly digest?: string;
  readonly fingerprint?: string;
  readonly operation?: string;
  readonly summary?: string;
  readonly tables?: readonly RecordTable[];
  /** True where `text` was cut. */
  readonly truncated: boolean;
}

/** The decision of a human, where one was asked for. */
export interface RecordApproval {
  readonly id: string;
  readonly by?: string;
  readonly at?: string;
  readonly decision: 'approved' | 'rejected' | 'expired' | 'cancelled';
}

/** What the rules said. `error` means that it could not be checked, and was refused. */
export interface RecordVerdict {
  readonly effect: 'allow' | 'deny' | 'approve' | 'error';
  readonly rule?: string;
  readonly reason?: string;
  readonly approval?: RecordApproval;
  /** Rules that matched and did not decide: they warn, or are on a dry run. */
  readonly notes?: readonly RecordNote[];
}

/** A rule that matched and did not decide, and what it would have done. */
export interface RecordNote {
  readonly rule: string;
  readonly effect: 'allow' | 'deny' | 'approve' | 'warn';
  readonly reason: string;
}

/** How a statement ended. `unknown`: its outcome was lost; it may or may not have run. */
export type OutcomeStatus = 'ok' | 'error' | 'denied' | 'aborted' | 'unknown';

/** How a statement ended, with its figures. */
export interface RecordOutcome {
  readonly status: OutcomeStatus;
  readonly error?: { readonly code?: number; readonly sqlstate?: string; readonly message?: string };
  readonly rows?: number;
  readonly affected?: number | string;
  readonly bytes?: number;
  readonly duration_us?: number;
  /** Columns that were masked, `schema.table.column`. */
  readonly masked?: readonly string[];
  /** The limit that the statement was stopped at, and the rules that it is from. */
  readonly limited?: { readonly rule: string; readonly limit: 'rows' | 'bytes' | 'duration' };
}

interface RecordBase {
  readonly v: 1;
  /** UUID version 7. */
  readonly id: string;
  readonly time: string;
  readonly writer: RecordWriter;
  readonly agent?: RecordAgent;
  readonly task?: RecordTask;
  readonly session?: RecordSession;
  readonly trace?: RecordTrace;
  readonly db?: RecordDb;
}

/** One statement: what was asked, by whom, under which rule, and how it ended. */
export interface StatementRecord extends RecordBase {
  readonly type: 'statement';
  readonly session: RecordSession;
  readonly statement: RecordStatement;
  readonly verdict: RecordVerdict;
  readonly outcome: RecordOutcome;
}

/** A session opened, closed, or was refused. */
export interface SessionRecord extends RecordBase {
  readonly type: 'session';
  readonly event: { readonly action: 'open' | 'close' | 'refused'; readonly reason?: string };
}

/** An identity was renewed, or ran out. */
export interface IdentityRecord extends RecordBase {
  readonly type: 'identity';
  readonly event: { readonly action: 'renewed' | 'expired'; readonly reason?: string };
}

/** The types that a record of version 1 can have. */
export type RecordType = 'statement' | 'session' | 'approval' | 'checkpoint' | 'identity' | 'policy' | 'summary';

/** A record that this version writes. */
export type AuditRecord = StatementRecord | SessionRecord | IdentityRecord;
