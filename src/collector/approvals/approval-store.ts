import type { ApprovalMessage } from '../../approval/approval-message.js';
import { inTransaction, openDatabase, type SqliteDatabase, StatementCache } from '../store/sqlite.js';

/** How a request stands. */
export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'cancelled';

/** What somebody said of a request. */
export interface ApprovalVote {
  /** A subject, or the name of a token. */
  readonly by: string;
  /** Whose subject it is; empty where nobody vouches for it. */
  readonly issuer: string;
  readonly decision: 'approved' | 'rejected';
  readonly reason: string | null;
  /** Where it was said: `api`, `webhook`, `grant`. */
  readonly channel: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** A request, and what became of it. */
export interface HeldApproval {
  readonly request: ApprovalMessage;
  /** Who sent it: nobody else may ask for its outcome, or cancel it. */
  readonly requester: string;
  readonly created_at: string;
  readonly status: ApprovalStatus;
  readonly votes: readonly ApprovalVote[];
}

/** Leave to run the same statement with other values, in the same task, for a while. */
export interface ApprovalGrant {
  /** What it is for: see {@link grantKey}. */
  readonly key: string;
  /** The request that it was given with. */
  readonly approval: string;
  readonly by: readonly string[];
  readonly expires_at: string;
  readonly uses: number;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS approvals (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  requester TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL, status TEXT NOT NULL, request TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS approvals_by_status ON approvals (status, position);
CREATE TABLE IF NOT EXISTS votes (
  approval TEXT NOT NULL, by TEXT NOT NULL, issuer TEXT NOT NULL, decision TEXT NOT NULL, reason TEXT, channel TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (approval, by)
) STRICT;
CREATE TABLE IF NOT EXISTS grants (
  key TEXT NOT NULL, approval TEXT NOT NULL PRIMARY KEY, by TEXT NOT NULL, expires_at TEXT NOT NULL, uses INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS grants_by_key ON grants (key);`;

interface Row {
  readonly requester: string;
  readonly created_at: string;
  readonly status: ApprovalStatus;
  readonly request: string;
}

/** Keeps requests and what was decided, so that a restart forgets none. What is written is on the disk. */
export class ApprovalStore {
  readonly #db: SqliteDatabase;
  readonly #statements: StatementCache;

  /** @param file made where it is not there */
  constructor(file: string) {
    this.#db = openDatabase(file, { durable: true });
    this.#db.exec(SCHEMA);
    this.#statements = new StatementCache(this.#db);
  }

  /** Adds a request that is new. */
  add(request: ApprovalMessage, requester: string, createdAt: string): void {
    this.#statements
      .of(
        `INSERT INTO approvals (id, requester, created_at, expires_at, status, request) VALUES (?, ?, ?, ?, 'pending', ?)`,
      )
      .run(request.id, requester, createdAt, request.expires_at, JSON.stringify(request));
  }

  find(id: string): HeldApproval | undefined {
    const row = this.#statements.of('SELECT * FROM approvals WHERE id = ?').get(id) as Row | undefined;
    return row && this.#heldOf(row);
  }

  /** The newest first. */
  list(status: ApprovalStatus | undefined, limit: number): readonly HeldApproval[] {
    const rows =
      status === undefined
        ? this.#statements.of('SELECT * FROM approvals ORDER BY position DESC LIMIT ?').all(limit)
        : this.#statements
            .of('SELECT * FROM approvals WHERE status = ? ORDER BY position DESC LIMIT ?')
            .all(status, limit);
    return (rows as Row[]).map((row) => this.#heldOf(row));
  }

  /** How many of a requester wait. */
  pendingOf(requester: string): number {
    const sql = `SELECT count(*) AS n FROM approvals WHERE status = 'pending' AND requester = ?`;
    return (this.#statements.of(sql).get(requester) as { n: number }).n;
  }

  /** Ends a request that is pending. Returns false where it is not. */
  end(id: string, status: ApprovalStatus): boolean {
    const sql = `UPDATE approvals SET status = ? WHERE id = ? AND status = 'pending'`;
    return this.#statements.of(sql).run(status, id).changes > 0;
  }

  /** Ends those that are over. Returns their ids. */
  expire(now: string): readonly string[] {
    const sql = `SELECT id FROM approvals WHERE status = 'pending' AND expires_at <= ?`;
    const ids = (this.#statements.of(sql).all(now) as { id: string }[]).map(({ id }) => id);
    for (const id of ids) this.end(id, 'expired');
    this.#statements.of('DELETE FROM grants WHERE expires_at <= ?').run(now);
    return ids;
  }

  /** Forgets requests that were made before a time and are not pending. */
  removeBefore(time: string): void {
    this.commit(() => {
      const old = `SELECT id FROM approvals WHERE status <> 'pending' AND created_at < ?`;
      this.#statements.of(`DELETE FROM votes WHERE approval IN (${old})`).run(time);
      this.#statements.of(`DELETE FROM approvals WHERE status <> 'pending' AND created_at < ?`).run(time);
    });
  }

  /** Adds what somebody said who has not said anything before. */
  vote(approval: string, { by, issuer, decision, reason, channel, at }: ApprovalVote): void {
    this.#statements
      .of('INSERT INTO votes (approval, by, issuer, decision, reason, channel, at) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(approval, by, issuer, decision, reason, channel, at);
  }

  addGrant({ key, approval, by, expires_at, uses }: ApprovalGrant): void {
    this.#statements
      .of('INSERT INTO grants (key, approval, by, expires_at, uses) VALUES (?, ?, ?, ?, ?)')
      .run(key, approval, JSON.stringify(by), expires_at, uses);
  }

  /** Takes one use of a grant. */
  useGrant(key: string, now: string): ApprovalGrant | undefined {
    const sql = 'SELECT * FROM grants WHERE key = ? AND expires_at > ? AND uses > 0 ORDER BY expires_at LIMIT 1';
    const row = this.#statements.of(sql).get(key, now) as (Omit<ApprovalGrant, 'by'> & { by: string }) | undefined;
    if (row === undefined) return undefined;
    this.#statements.of('UPDATE grants SET uses = uses - 1 WHERE approval = ?').run(row.approval);
    return { ...row, by: JSON.parse(row.by) as string[], uses: row.uses - 1 };
  }

  /** Does all of the work, or none of it. */
  commit<T>(work: () => T): T {
    return inTransaction(this.#db, work);
  }

  close(): void {
    this.#db.close();
  }

  #heldOf({ requester, created_at, status, request: json }: Row): HeldApproval {
    const request = JSON.parse(json) as ApprovalMessage;
    const sql = 'SELECT by, issuer, decision, reason, channel, at FROM votes WHERE approval = ? ORDER BY at, by';
    const votes = (this.#statements.of(sql).all(request.id) as ApprovalVote[]).map((vote) => ({ ...vote }));
    return { request, requester, created_at, status, votes };
  }
}
