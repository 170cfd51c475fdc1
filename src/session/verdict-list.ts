import type { Approval } from '../approval/approver.js';
import { type HeldLimits, narrowest } from '../guardrails/limits.js';
import type { Verdict } from '../guardrails/verdict.js';

/** The limits of a text: the narrowest of its statements'. */
export function limitsOf(verdicts: readonly Verdict[]): HeldLimits | undefined {
  const [only] = verdicts;
  if (verdicts.length === 1) return only?.limits;
  return narrowest(verdicts.flatMap(({ limits }) => (limits === undefined ? [] : [limits])));
}

/** The first verdict that wants an approval which was not given: one for a rule is not one for another. */
export function findAsking(verdicts: readonly Verdict[], approvals: readonly Approval[]): Verdict | undefined {
  const isGiven = (name: string | undefined): boolean => approvals.some(({ rule }) => rule === name);
  return verdicts.find(({ effect, rule }) => effect === 'approve' && !isGiven(rule));
}
