/** Who runs a statement: what the token says, after it was verified. */

import type { SqlAuthorization } from './authorization-details.js';

declare const verified: unique symbol;

/** An identity whose token was verified. Only `src/identity` can make one: the brand has no other source. */
export interface Identity {
  /** `sub` claim. */
  readonly subject: string;
  /** `iss` claim. */
  readonly issuer: string;
  /** Display name of the agent, from the `name` claim or what the mapping says. */
  readonly name?: string;
  /** `groups` claim, as the mapping says. */
  readonly groups: readonly string[];
  /** Chain of delegation, outermost first: the `sub` of each nested `act` (RFC 8693, section 4.1). */
  readonly actor: readonly string[];
  /** The model that drives the agent, if the token says so. */
  readonly model?: string;
  /** `jti` claim. */
  readonly tokenId?: string;
  /** Task named in the token: a signed claim, which an asserted task does not override. */
  readonly taskId?: string;
  /** What for the data may be used, such as `billing`: a signed claim only. */
  readonly purpose?: string;
  /** `authorization_details` of type `countersign_sql` (RFC 9396): they narrow what its statements may touch. Absent: nothing is narrowed. */
  readonly authorizations?: readonly SqlAuthorization[];
  /** Milliseconds since the epoch after which no statement runs under this identity (`exp` plus the verifier's clock tolerance). */
  readonly expiresAtMs: number;
  /** Makes a hand-written object no Identity. */
  readonly [verified]: true;
}

/** Something that has a current identity: a renewing token source. */
export interface IdentityHolder {
  /** The identity as of now; it may be expired, which the next statement finds out. */
  readonly current: Identity;
}
