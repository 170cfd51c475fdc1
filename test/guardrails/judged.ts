import { PolicyJudge } from '../../src/guardrails/policy-judge.js';
import type { Policy, Rule, Verdict } from '../../src/guardrails/index.js';
import type { Identity } from '../../src/identity/index.js';
import { scopeOf, statementsOf } from '../sql/analysed.js';

/** Who a test's statement is run by. */
export interface Who {
  readonly identity?: Partial<Identity>;
  readonly taskId?: string;
  readonly environment?: string;
}

const AGENT = { subject: 'anna', issuer: 'https://issuer.example', groups: ['agents'], actor: [], expiresAtMs: 1e15 };

/** The verdict of a policy on the only, or the last, statement of a text. */
export function verdictOf(policy: Policy, sql: string, who: Who = {}): Verdict {
  const statements = statementsOf(sql, scopeOf('mysql'));
  const statement = statements.at(-1);
  if (statement === undefined) throw new Error(`a statement was expected: ${sql}`);
  const identity = { ...AGENT, ...who.identity } as Identity;
  return new PolicyJudge(policy, who.environment).judge(statement, statements.length, identity, who.taskId);
}

/** A policy of some rules that allows the rest. */
export function policyOf(...rules: readonly Rule[]): Policy {
  return { name: 'test', rules, otherwise: 'allow' };
}
