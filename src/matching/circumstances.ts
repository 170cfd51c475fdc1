import type { Identity } from '../identity/identity.js';

/** Who runs a statement, for what, and when. */
export interface Circumstances {
  readonly identity: Identity;
  /** The task, claimed or asserted. */
  readonly taskId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}
