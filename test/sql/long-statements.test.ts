import { describe, expect, it } from 'vitest';
import { analyseStatement } from '../../src/sql/statement-analysis.js';
import { WorkBudget } from '../../src/sql/work-budget.js';
import { analysisOf, scopeOf } from './analysed.js';
import { inputOf } from './second-reading.js';

/** What is no statement may cost half of that, in reads of a character, and the look of the second parser. */
const MOST = 600_000;

const many = (count: number, write: (index: number) => string, between: string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(between);

/** What it costs to find out that something is no statement. */
function costOf(sql: string): number {
  const budget = new WorkBudget();
  const { kind } = analyseStatement(inputOf(sql).tokens, scopeOf('mysql'), budget);
  expect(kind, sql.slice(0, 60)).toBe('unknown');
  return budget.spent;
}

describe('a long text that is no statement', () => {
  const rest = ' FROM t WHERE a = 1 FOO BAR (';
  it.each([
    ['columns', (count: number) => `SELECT ${many(count / 2, (n) => `c${n}`, ', ')}${rest}`],
    ['functions', (count: number) => `SELECT ${many(count / 7, (n) => `f(c${n}, 1)`, ', ')}${rest}`],
    [
      'subqueries',
      (count: number) => `SELECT ${many(count / 12, (n) => `(SELECT a FROM t WHERE b = c${n})`, ', ')}${rest}`,
    ],
    ['assignments', (count: number) => `UPDATE t SET ${many(count / 4, (n) => `a${n} = b${n}`, ', ')} FOO BAR (`],
    [
      'joins',
      (count: number) =>
        `SELECT 1 FROM ${many(count / 12, (n) => `t${n} JOIN u${n} ON u${n}.id = t${n}.id`, ' JOIN ')} FOO BAR (`,
    ],
    [
      'parentheses',
      (count: number) => `SELECT ${many(count / 20, () => `${'('.repeat(8)}a${')'.repeat(8)}`, ', ')}${rest}`,
    ],
  ])('is given up in good time: %s', (_what, write) => {
    for (const count of [1_500, 3_000]) expect(costOf(write(count)), String(count)).toBeLessThan(MOST);
  });
});

describe('a long statement is understood', () => {
  it.each([
    ['columns', `SELECT ${many(3_000, (n) => `c${n}`, ', ')} FROM t WHERE id = 1`],
    [
      'a CASE for each of many rows',
      `UPDATE t SET a = CASE id ${many(500, (n) => `WHEN ${n} THEN b${n}`, ' ')} END WHERE id IN (1, 2)`,
    ],
    ['alternatives', `SELECT id FROM t WHERE ${many(300, (n) => `(a = ${n} AND b = 'x')`, ' OR ')}`],
    ['rows of functions', `INSERT INTO t (a, b) VALUES ${many(5_000, (n) => `(${n}, NOW())`, ', ')}`],
    ['rows of literals', `INSERT INTO t (a, b) VALUES ${many(50_000, (n) => `(${n}, 'x')`, ', ')}`],
    ['a list', `DELETE FROM t WHERE id IN (${many(50_000, String, ', ')})`],
    ['a list of pairs', `SELECT id FROM t WHERE (a, b) IN (${many(5_000, (n) => `(${n}, 'x')`, ', ')})`],
    [
      'assignments',
      `INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE ${many(400, (n) => `a${n} = VALUES(a${n})`, ', ')}`,
    ],
  ])('%s', (_what, sql) => {
    expect(analysisOf(sql, scopeOf('mysql')).problem).toBeUndefined();
  });
});
