import type { HeldLimits } from './limits.js';
import type { RecordDemand } from './record-demand.js';
import type { Effect } from './rule.js';

/** A rule that matched and did not decide. */
export interface VerdictNote {
  readonly rule: string;
  /** What it would have done; `warn` of a rule that only warns. */
  readonly effect: Effect;
  readonly reason: string;
}

/** What the guardrails say of a statement. The same object for the same statement where nothing but the statement decides. */
export interface Verdict {
  readonly effect: 'allow' | 'deny' | 'approve';
  /** The rule that decided; undefined where none did, and the policy's `otherwise` stands. */
  readonly rule: string | undefined;
  /** Why, for the caller to read; undefined where it is allowed. */
  readonly reason: string | undefined;
  /** What warned, and what is on a dry run. */
  readonly notes: readonly VerdictNote[];
  /** Bounds of the answer; undefined where there are none. */
  readonly limits: HeldLimits | undefined;
  /** How it is recorded; undefined where no rule says so. */
  readonly record: RecordDemand | undefined;
}
