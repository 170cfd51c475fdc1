import type { TouchedTable } from '../sql/index.js';
import type { Identity } from '../identity/identity.js';

/** One statement that waits. */
export interface ApprovalStatement {
  /** The text as it is to run; its fingerprint where a literal may be a masked value. */
  readonly text: string;
  /** JSON array of the parameters; undefined where there are none. */
  readonly parameters: string | undefined;
  /** `DELETE`, `UPDATE` … */
  readonly operation: string;
  /** SHA-256, base64url, of its fingerprint: the same for the same statement with other values. */
  readonly fingerprintDigest: string;
  /** Those that it names, and those that it touches by views, routines, triggers and foreign keys. */
  readonly tables: readonly TouchedTable[];
  /** Rows that it would look at, as the server estimates; undefined where it was not asked or cannot say. */
  readonly estimatedRows?: number | undefined;
}

/** The call that a statement is of. */
export interface ApprovalCall {
  readonly model?: string | undefined;
  readonly client?: string | undefined;
  readonly tool?: string | undefined;
  readonly toolCallId?: string | undefined;
}

/** What an approver is asked. */
export interface ApprovalRequest {
  /** UUID; stands in the record. */
  readonly id: string;
  /** The rule that wants an approval, and why. */
  readonly rule: string;
  readonly reason: string;
  readonly identity: Identity;
  /** The task, and whether the token claims it or the caller asserts it. */
  readonly taskId: string | undefined;
  readonly taskSource: 'claim' | 'asserted';
  /** What the calling code says of the call; nothing of it is proven. */
  readonly call: ApprovalCall;
  /** What the calling code gave with the call (`withContext`): not for anybody to forge, and not for sending elsewhere. */
  readonly origin: object | undefined;
  /** All statements of the text: they run together, or none does. */
  readonly statements: readonly ApprovalStatement[];
  /** `host:port` of the server, and the default schema there. */
  readonly server: string;
  readonly namespace: string | undefined;
  readonly sessionId: string;
  /** A transaction is open: what it has locked stays locked while it waits. */
  readonly inTransaction: boolean;
  /**
   * HMAC-SHA-256, base64url, of the bytes that are to run, identity, task, server and schema: what the approval is for, and nothing else. The key
   * is the governor's own, so that a value which the request does not show cannot be guessed.
   */
  readonly digest: string;
  /** Milliseconds since the epoch when it is denied without an answer. */
  readonly expiresAtMs: number;
}

/** What an approver answers. */
export interface ApprovalAnswer {
  readonly approved: boolean;
  /** Who decided: stands in the record. */
  readonly by: string;
  /** For the caller and the record. */
  readonly reason?: string;
}

/**
 * Asks somebody. One that throws, answers something else, or is late denies.
 * @param signal - aborted when nobody waits for the answer any more
 */
export type Approver = (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;

/** How a request ended. */
export interface Approval {
  readonly id: string;
  /** The rule that wanted it. */
  readonly rule: string;
  readonly decision: 'approved' | 'rejected' | 'expired' | 'cancelled';
  readonly by: string | undefined;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Where it is approved, the words of whoever did, if any; else why it is not, for the caller. */
  readonly reason: string | undefined;
}
