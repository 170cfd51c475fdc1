import type { BatchProblem, RecordBatch } from '../ingest/read-batch.js';
import type { Alert } from './alert-table.js';
import type { Overview, OverviewQuery } from './overview.js';
import type { Arrival } from './placed-record.js';
import type { Witnessed, WitnessFinding } from './witness-findings.js';

/** Which part of a list to read. */
export interface PageQuery {
  /** Cursor after which to begin, in the order that is asked for; from the start where not given. */
  readonly after?: number | undefined;
  /** At most so many. */
  readonly limit: number;
  /** `desc`: what came last comes first. */
  readonly order: 'asc' | 'desc';
}

/** What records have to be like. What is not given may be anything. */
export interface RecordFilter {
  /** `statement`, `session`, `approval` … */
  readonly type?: string | undefined;
  /** The agent's subject. */
  readonly agent?: string | undefined;
  /** A subject of the agent or of anybody in its chain of delegation. */
  readonly actor?: string | undefined;
  readonly task?: string | undefined;
  readonly session?: string | undefined;
  /** A table that is touched, `orders` or `shop.orders`; letter case does not matter. */
  readonly table?: string | undefined;
  /** As `table`: one that is written. */
  readonly written?: string | undefined;
  /** A column that was masked, `shop.customers.email`; letter case does not matter. */
  readonly masked?: string | undefined;
  /** `SELECT`, `DELETE` … */
  readonly operation?: string | undefined;
  /** The verdict: `allow`, `deny`, `approve`, `error`. */
  readonly effect?: string | undefined;
  /** A rule that decided, or that is noted. */
  readonly rule?: string | undefined;
  /** How it ended: `ok`, `error`, `denied`, `aborted`, `unknown`. */
  readonly status?: string | undefined;
  /** `host:port` of the database server. */
  readonly server?: string | undefined;
  /** Fingerprint's digest. */
  readonly digest?: string | undefined;
  /** W3C trace id. */
  readonly trace?: string | undefined;
  /** Words, all of which stand in the statement's text, its parameters, the error's message or the reason; `word*` for how one begins. */
  readonly text?: string | undefined;
  /** Records of this time or later, and before that one: RFC 3339 in UTC with six digits of a second. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Statements that returned, or changed, at least so many rows. */
  readonly rows?: number | undefined;
}

/** Which records to read. */
export interface RecordQuery extends RecordFilter, PageQuery {}

/** A record with its place in the store. */
export interface StoredRecord {
  /** The cursor: records come in the order in which they were stored. */
  readonly position: number;
  /** The bytes as they came. */
  readonly json: string;
}

/** A record, and how it came. */
export interface HeldRecord extends StoredRecord, Arrival {}

/** Some of the records that were asked for. */
export interface RecordPage {
  readonly records: readonly StoredRecord[];
  /** Where to go on. */
  readonly next: number;
  /** The newest record of all that are held: what follows is what comes from now on. */
  readonly head: number;
  /** The oldest record of all that are held here. */
  readonly first: number;
  /** False where there are no more. A page may be short of its limit, or empty, and not be the last: no search runs on for long. */
  readonly more: boolean;
}

/** Which sessions to read. */
export interface SessionQuery extends PageQuery {
  /** Subject of an agent that has a record in it. */
  readonly agent?: string | undefined;
  /** Id of a task that has a record in it. */
  readonly task?: string | undefined;
  /** Those with a record of this time or later, RFC 3339 in UTC with six digits of a second. */
  readonly since?: string | undefined;
}

/** What the records of one session say of it. */
export interface StoredSession {
  readonly position: number;
  readonly id: string;
  /** Times of its earliest and of its latest record; null where no record has one. */
  readonly started: string | null;
  readonly ended: string | null;
  readonly server: string | null;
  readonly statements: number;
  readonly refused: number;
  /** Statements that the server answered with an error. */
  readonly errors: number;
  /** Subjects, and ids: the first eight in the order of the alphabet. */
  readonly agents: readonly string[];
  readonly tasks: readonly string[];
}

/** What became of a batch. */
export interface StoreResult {
  /** Records that are new. */
  readonly stored: number;
  /** Records that were there already, with the same bytes. */
  readonly duplicates: number;
  /** Ids that were there already with other bytes: the first stays, the other is kept beside it. */
  readonly conflicts: readonly string[];
  /** What the witness says of the new ones. */
  readonly findings: readonly WitnessFinding[];
}

/** Somebody looked at the records. */
export interface Access {
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Who: a subject, or the name of a token. */
  readonly viewer: string;
  readonly route: string;
  /** What was asked for, as a query string without its cursor. */
  readonly query: string;
  /** How often, within a minute. */
  readonly times: number;
  /** Whether it was allowed. */
  readonly allowed: boolean;
}

/** How much is held. */
export interface StoreSize {
  readonly records: number;
  /** Records with the id of another, and other bytes. */
  readonly conflicts: number;
  readonly bytes: number;
  /** The position up to which records are copied to an archive, where there is one. */
  readonly archived?: number;
}

/** Holds records durably. */
export interface RecordStore {
  /** Stores a batch. It is on the disk when this resolves. */
  store(batch: RecordBatch): Promise<StoreResult | BatchProblem>;
  /** Removes what has been kept long enough. Resolves with how many partitions that were. */
  removeOld(): Promise<number>;
  search(query: RecordQuery): Promise<RecordPage>;
  /** The record of an id. */
  find(id: string): Promise<HeldRecord | undefined>;
  sessions(query: SessionQuery): Promise<readonly StoredSession[]>;
  overview(query: OverviewQuery): Promise<Overview>;
  witnessed(): Promise<Witnessed>;
  size(): Promise<StoreSize>;
  /** Notes who looks at the records. It is on the disk when this resolves. */
  noteAccess(access: Access): Promise<void>;
  /** What somebody is to be told of, the newest first. */
  alerts(limit: number): Promise<readonly Alert[]>;
  /** Alerts that nobody was told of yet, the oldest first. */
  untoldAlerts(limit: number): Promise<readonly Alert[]>;
  alertTold(position: number): Promise<void>;
  /** Who looked at them, the newest first. */
  accesses(limit: number): Promise<readonly Access[]>;
  /** False where it has failed for good: a new process is needed. */
  readonly isAlive: boolean;
  close(): Promise<void>;
}

/** Holds records that are copied to an archive, and no longer than that where they were kept long enough. */
export interface ArchivableStore extends RecordStore {
  /** @param first - position of the first record that can be had, where it is not the first that is held */
  witnessed(first?: number): Promise<Witnessed>;
  /** The position up to which records are copied. */
  archived(): Promise<number>;
  /** Notes that records are copied up to a position. */
  noteArchived(position: number): Promise<void>;
}
