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
  /** What for the data may be used, as the token says. */
  readonly purpose?: string;
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

/** What the calling code says of the call; nothing of it is proven. */
export interface RecordCall {
  /** Of the tool's call. */
  readonly id?: string;
  readonly tool?: string;
  /** The program that the model runs in. */
  readonly client?: string;
  readonly model?: string;
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
  /** True where `text` is the fingerprint in its place, or parameters are left out or hidden. Absent otherwise. */
  readonly redacted?: true;
}

/** The decision of a human, where one was asked for. */
export interface RecordApproval {
  readonly id: string;
  readonly by?: string;
  readonly at?: string;
  readonly decision: 'approved' | 'rejected' | 'expired' | 'cancelled';
  /** What was said to it. */
  readonly reason?: string;
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

/** What a statement returned. */
export interface RecordResult {
  /**
   * SHA-256, base64url, over all rows as the caller got them on the wire: for each, its payload and the number of its bytes (64 bits,
   * little-endian).
   */
  readonly digest: string;
  /** The result sets; more than one for a CALL. */
  readonly sets: readonly {
    readonly columns: readonly string[];
    /** The first rows; 64-bit integers beyond 2^53 as strings, bytes that are not UTF-8 as `base64:…`, a cell above 4,096 bytes cut. */
    readonly rows: readonly (readonly (string | number | null)[])[];
    /** There were more rows. */
    readonly truncated?: true;
  }[];
}

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
  /** Rows that the caller got, where a rule has them captured. */
  readonly result?: RecordResult;
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
  readonly call?: RecordCall;
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

/** An identity was renewed, ran out, was revoked, or was given a short-lived credential. */
export interface IdentityRecord extends RecordBase {
  readonly type: 'identity';
  readonly event: { readonly action: 'renewed' | 'expired' | 'revoked' | 'issued'; readonly reason?: string };
}

/** Somebody was asked to approve what waits, and how that ended; `id` and `rule` are those of the statement's verdict. */
export interface ApprovalRecord extends RecordBase {
  readonly type: 'approval';
  readonly event: {
    readonly action: 'requested' | 'approved' | 'rejected' | 'expired' | 'cancelled';
    readonly id: string;
    readonly rule: string;
    readonly by?: string;
    readonly reason?: string;
  };
}

/** A governor was made with these rules and masks. */
export interface PolicyRecord extends RecordBase {
  readonly type: 'policy';
  readonly event: {
    readonly action: 'loaded';
    readonly policy: string;
    readonly environment?: string;
    readonly dry_run: boolean;
    /** How many. */
    readonly rules: number;
    readonly masks: number;
    /** SHA-256, base64url, of what is written down of rules and masks: the same for the same policy, but for what functions do. */
    readonly digest: string;
  };
}

/** Statements that are alike, of which no record each was wanted: of one agent, task, account and schema, with one fingerprint, within a minute. */
export interface SummaryRecord extends RecordBase {
  readonly type: 'summary';
  readonly statement: Pick<RecordStatement, 'digest' | 'fingerprint' | 'operation' | 'summary' | 'tables'>;
  readonly event: {
    readonly action: 'counted';
    readonly from: string;
    readonly to: string;
    readonly statements: number;
    /** How many ended so. */
    readonly outcomes: Readonly<Partial<Record<OutcomeStatus, number>>>;
    /** How many failed with each error number of the server. */
    readonly errors?: Readonly<Record<string, number>>;
    readonly rows: number;
    readonly affected: number;
    readonly bytes: number;
    readonly duration_us: number;
    readonly max_duration_us: number;
    readonly masked?: readonly string[];
  };
}

/** A signed statement on the records of the journal so far: `open` is its first record, `close` its last. */
export interface CheckpointRecord extends RecordBase {
  readonly type: 'checkpoint';
  readonly event: { readonly action: 'open' | 'mark' | 'close' };
  readonly checkpoint: {
    /** Records that it covers, from the first one on. */
    readonly size: number;
    /** Root of the Merkle tree over them, base64. */
    readonly root: string;
    /** The C2SP checkpoint with its signatures. */
    readonly note: string;
  };
}

/** A statement is about to run whose record had to be with a receiver before it did: durability `remote`. Its own record follows when it has ended. */
export interface IntentRecord extends RecordBase {
  readonly type: 'intent';
  readonly session: RecordSession;
  readonly statement: RecordStatement;
  readonly verdict: RecordVerdict;
  readonly event: {
    readonly action: 'announced';
    /** Id of the statement's record. */
    readonly record: string;
  };
}

/** The types that a record of version 1 can have. */
export type RecordType =
  'statement' | 'intent' | 'session' | 'approval' | 'checkpoint' | 'identity' | 'policy' | 'summary';

/** A record that this version writes. */
export type AuditRecord =
  | StatementRecord
  | IntentRecord
  | SessionRecord
  | IdentityRecord
  | ApprovalRecord
  | PolicyRecord
  | SummaryRecord
  | CheckpointRecord;
