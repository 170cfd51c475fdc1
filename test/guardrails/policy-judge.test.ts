import { describe, expect, it } from 'vitest';
import type { Effect, Policy, Rule } from '../../src/guardrails/index.js';
import { policyOf, verdictOf } from './judged.js';

const SELECT = 'SELECT 1';
const says = (name: string, effect: Effect, more: Partial<Rule> = {}): Rule => ({
  name,
  effect,
  matches: () => `${name} says so`,
  ...more,
});

describe('several rules that match', () => {
  it('deny where one denies, wherever it stands, with the reason of the first', () => {
    const rules = [says('a', 'allow'), says('b', 'approve'), says('c', 'deny'), says('d', 'deny')];
    expect(verdictOf(policyOf(...rules), SELECT)).toEqual({
      effect: 'deny',
      rule: 'c',
      reason: 'c says so',
      notes: [],
    });
  });

  it('want an approval where one does and none denies', () => {
    const verdict = verdictOf(policyOf(says('a', 'allow'), says('b', 'approve')), SELECT);
    expect(verdict).toEqual({ effect: 'approve', rule: 'b', reason: 'b says so', notes: [] });
  });

  it('allow, and note what warns', () => {
    expect(verdictOf(policyOf(says('w', 'warn'), says('a', 'allow')), SELECT)).toEqual({
      effect: 'allow',
      rule: 'a',
      reason: undefined,
      notes: [{ rule: 'w', effect: 'warn', reason: 'w says so' }],
    });
  });

  it('are asked for whom they hold each time', () => {
    const onlyBob = says('no-bob', 'deny', { appliesTo: ({ identity }) => identity.subject === 'bob' });
    expect(verdictOf(policyOf(onlyBob), SELECT)).toMatchObject({ effect: 'allow' });
    expect(verdictOf(policyOf(onlyBob), SELECT, { identity: { subject: 'bob' } })).toMatchObject({ rule: 'no-bob' });
  });
});

describe('a rule that throws', () => {
  const boom = (): never => {
    throw new Error('oops');
  };

  it('denies, as one does that gives nonsense', () => {
    const nonsense: unknown[] = [false, null, 1, Promise.resolve('x')];
    for (const given of nonsense) {
      const broken = says('broken', 'allow', { matches: () => given as string });
      expect(verdictOf(policyOf(broken), SELECT), String(given)).toMatchObject({ effect: 'deny', rule: 'broken' });
      const vague = says('vague', 'allow', { appliesTo: () => (given === false ? undefined : given) as never });
      expect(verdictOf(policyOf(vague), SELECT), String(given)).toMatchObject({ effect: 'deny', rule: 'vague' });
    }
  });

  it('denies, whatever its effect is, and whether it decides or not', () => {
    for (const effect of ['allow', 'deny', 'approve', 'warn'] as const) {
      for (const broken of [{ matches: boom }, { appliesTo: boom }, { matches: boom, dryRun: true }]) {
        const verdict = verdictOf(policyOf(says('broken', effect, broken)), SELECT);
        expect(verdict).toMatchObject({ effect: 'deny', rule: 'broken', reason: 'the rule itself failed: oops' });
      }
    }
  });
});

describe('where no rule decides', () => {
  it('a statement is denied, but where the policy says otherwise', () => {
    expect(verdictOf({ name: 'p', rules: [] }, SELECT)).toMatchObject({
      effect: 'deny',
      rule: undefined,
      reason: 'no rule of the policy allows it',
    });
    expect(verdictOf(policyOf(), SELECT)).toEqual({ effect: 'allow', rule: undefined, reason: undefined, notes: [] });
  });

  it('a statement that is not understood is denied all the same', () => {
    const verdict = verdictOf(policyOf(), 'FROBNICATE everything');
    expect(verdict.effect).toBe('deny');
    expect(verdict.reason).toContain('not understood');
  });
});

describe('a dry run', () => {
  it('of a rule decides nothing, and is noted', () => {
    const rules = [says('a', 'deny', { dryRun: true }), says('b', 'allow')];
    expect(verdictOf({ name: 'p', rules }, SELECT)).toEqual({
      effect: 'allow',
      rule: 'b',
      reason: undefined,
      notes: [{ rule: 'a', effect: 'deny', reason: 'a says so' }],
    });
  });

  it('of a policy allows everything, and notes what would have been', () => {
    const dry = (...rules: readonly Rule[]): Policy => ({ name: 'p', rules, dryRun: true });
    expect(verdictOf(dry(says('a', 'deny'), says('b', 'approve')), SELECT)).toMatchObject({
      effect: 'allow',
      notes: [
        { rule: 'a', effect: 'deny' },
        { rule: 'b', effect: 'approve' },
      ],
    });
    expect(verdictOf(dry(), SELECT)).toMatchObject({ effect: 'allow', notes: [{ rule: 'otherwise', effect: 'deny' }] });
    expect(verdictOf(dry(says('a', 'allow')), SELECT)).toMatchObject({ effect: 'allow', notes: [] });
  });
});
