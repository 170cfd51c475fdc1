import { describe, expect, it } from 'vitest';
import { boundedPolicy, migrationPolicy, type Policy } from '../../src/guardrails/index.js';
import { verdictOf } from './judged.js';

const without = (policy: Policy, name: string): Policy => ({
  ...policy,
  rules: policy.rules.filter((rule) => rule.name !== name),
});
const DDL = ['DROP TABLE customers', 'TRUNCATE customers', 'ALTER TABLE customers ADD x INT', 'RENAME TABLE a TO b'];

describe('the rule that allows bounded writes', () => {
  it.each(DDL)('does not allow %s, where the rule about DDL is left out', (sql) => {
    expect(verdictOf(without(boundedPolicy(), 'no-ddl'), sql)).toMatchObject({ effect: 'deny' });
    expect(verdictOf(without(migrationPolicy(), 'schema-changes'), sql)).toMatchObject({ effect: 'deny' });
    expect(verdictOf(migrationPolicy(), sql)).toMatchObject({ effect: 'allow', rule: 'schema-changes' });
  });

  it('allows what writes rows', () => {
    for (const policy of [boundedPolicy(), migrationPolicy()])
      expect(verdictOf(policy, 'INSERT INTO customers (id) VALUES (1)')).toMatchObject({ rule: 'bounded-writes' });
  });
});
