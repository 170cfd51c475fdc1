import type { Identity } from '../identity/identity.js';
import type { AnalysedStatement } from '../sql/analysis.js';

/** What a rule may look at. */
export interface RuleContext {
  readonly statement: AnalysedStatement;
  readonly identity: Identity;
  /** The task, claimed or asserted. */
  readonly taskId: string | undefined;
}

/** A rule of the guardrails. Synchronous and pure; one that throws denies. */
export interface Rule {
  /** Stands in the record and in the caller's error: kebab-case, at most 64 characters. */
  readonly name: string;
  /** Why the statement is denied, for the caller to read; undefined where the rule has nothing against it. */
  readonly denies: (context: RuleContext) => string | undefined;
}

/** What the guardrails say of a statement. */
export type Verdict =
  { readonly effect: 'allow' } | { readonly effect: 'deny'; readonly rule: string; readonly reason: string };

const ALLOW: Verdict = { effect: 'allow' };

/** Asks the rules in their order: the first that denies wins, and one that throws denies. */
export function judge(rules: readonly Rule[], context: RuleContext): Verdict {
  for (const rule of rules) {
    let reason: string | undefined;
    try {
      reason = rule.denies(context);
    } catch (error) {
      reason = `the rule itself failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (reason !== undefined) return { effect: 'deny', rule: rule.name, reason };
  }
  return ALLOW;
}
