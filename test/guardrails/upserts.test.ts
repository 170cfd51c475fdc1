import { describe, expect, it } from 'vitest';
import { defineRule, type Policy } from '../../src/guardrails/index.js';
import { verdictOf } from './judged.js';

const open = (rule: Parameters<typeof defineRule>[0]): Policy => ({
  name: 'test',
  otherwise: 'allow',
  rules: [defineRule(rule)],
});
const UPSERT = 'INSERT INTO customers (id, balance) VALUES (1, 0) ON DUPLICATE KEY UPDATE balance = 0';

describe('what overwrites rows is no mere insert', () => {
  it('to a rule about updates', () => {
    const policy = open({ name: 'updates-wait', effect: 'deny', match: { operations: ['UPDATE', 'DELETE'] } });
    expect(verdictOf(policy, UPSERT)).toMatchObject({ effect: 'deny', reason: 'UPDATE is meant by the rule' });
    expect(verdictOf(policy, 'INSERT INTO customers (id) VALUES (1)')).toMatchObject({ effect: 'allow' });
    expect(verdictOf(policy, 'EXPLAIN ANALYZE UPDATE customers SET a = 1 WHERE id = 1')).toMatchObject({
      effect: 'deny',
    });
  });

  it('to a rule that allows inserts', () => {
    const rule = defineRule({ name: 'inserts', effect: 'allow', match: { operations: ['INSERT'] } });
    const policy: Policy = { name: 'test', rules: [rule] };
    expect(verdictOf(policy, UPSERT)).toMatchObject({ effect: 'deny' });
    expect(verdictOf(policy, 'INSERT INTO customers (id) VALUES (1)')).toMatchObject({ effect: 'allow' });
  });

  it.each([
    'INSERT INTO customers VALUES (9, 1)',
    'REPLACE INTO customers VALUES (9, 1)',
    'INSERT INTO customers SELECT id, 1 FROM orders',
    'SELECT 1 FROM customers NATURAL JOIN orders',
    UPSERT,
  ])('and columns that are not listed are named: %s', (sql) => {
    const policy = open({ name: 'no-balance', effect: 'deny', match: { columns: ['*.customers.balance'] } });
    expect(verdictOf(policy, sql)).toMatchObject({ rule: 'no-balance' });
    expect(verdictOf(policy, 'INSERT INTO customers (id) VALUES (9)')).toMatchObject({ effect: 'allow' });
  });
});
