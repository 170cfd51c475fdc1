import { describe, expect, it } from 'vitest';
import type { StatementKind } from '../../src/sql/analysis.js';
import { createAnalyser } from '../../src/sql/index.js';
import { analysisOf, analyser, scopeOf } from './analysed.js';

const shop = scopeOf('mysql');

/** The least of three runs, in milliseconds, each on an analyser that has seen nothing. */
function leastMs(text: string): number {
  const bytes = Buffer.from(text);
  const runs = [1, 2, 3].map(() => {
    const fresh = createAnalyser();
    const scope = fresh.scope({ flavour: 'mysql', version: 80036 }, 'shop', '');
    const start = performance.now();
    fresh.analyse(bytes, 0, bytes.length, scope);
    fresh.split(bytes, 0, bytes.length, scope);
    return performance.now() - start;
  });
  return Math.min(...runs);
}

/** The least size, doubled from 1,000, that takes two milliseconds: less is lost in what else a machine does. */
function measurable(shape: (size: number) => string): number {
  let size = 1_000;
  while (size < 256_000 && leastMs(shape(size)) < 2) size *= 2;
  return size;
}

describe('a text that is made to hurt', () => {
  const many = 10_000;
  const bombs: readonly (readonly [string, string, StatementKind?])[] = [
    ['deep parentheses', `SELECT ${'('.repeat(many)}1${')'.repeat(many)}`],
    ['parentheses without an end', `SELECT ${'('.repeat(many)}`],
    ['parentheses without a beginning', `SELECT ${')'.repeat(many)}`],
    ['deep subqueries', `${'SELECT * FROM ('.repeat(1_000)}SELECT 1${') t'.repeat(1_000)}`],
    ['deep calls', `SELECT ${'f('.repeat(1_000)}1${')'.repeat(1_000)}`],
    ['deep CASE', `SELECT ${'CASE WHEN 1 THEN '.repeat(1_000)}1${' END'.repeat(1_000)}`],
    ['deep CASE behind signs', `SELECT 'b' IN (${'CASE--'.repeat(2_000)}WHEN 1 THEN 1 ELSE 2 END)`],
    ['signs before signs', `DELETE FROM t WHERE a ${'- '.repeat(6_000)}1`],
    ['some signs before signs', `SELECT ${'- '.repeat(20)}1`, 'select'],
    ['CASE in CASE', `SELECT ${'CASE WHEN 1 THEN '.repeat(20)}1${' END'.repeat(20)}`, 'select'],
    ['CAST that is wrong inside', `SELECT ${'CAST('.repeat(40)}1 1 1${')'.repeat(40)}`],
    ['CAST that is wrong inside, less deep', `SELECT ${'CAST('.repeat(9)}1 1 1${' AS CHAR)'.repeat(9)}`],
    ['subqueries that are wrong inside', `SELECT ${'((SELECT '.repeat(20)}1 1 1${'))'.repeat(20)}`],
    ['POSITION that is wrong inside', `SELECT ${'POSITION('.repeat(40)}1 1 1${')'.repeat(40)}`],
    ['deep CAST that is right', `SELECT ${'CAST('.repeat(9)}1${' AS CHAR)'.repeat(9)}`, 'select'],
    ['IN in IN', `DELETE FROM t WHERE ${'a IN (SELECT b FROM u WHERE '.repeat(60)}a = 1${')'.repeat(60)}`, 'delete'],
    [
      'EXISTS in NOT EXISTS',
      `DELETE FROM t WHERE ${'NOT EXISTS (SELECT 1 FROM t x WHERE x.a = t.a AND '.repeat(60)}1${')'.repeat(60)}`,
      'delete',
    ],
    [
      'queries of the table in itself',
      `DELETE FROM t WHERE ${'a IN (SELECT x.a FROM (SELECT * FROM t) x WHERE x.a > t.a AND '.repeat(30)}1${')'.repeat(30)}`,
      'delete',
    ],
    ['tables of tables', `DELETE FROM t WHERE a IN ${'(SELECT a FROM '.repeat(60)}t${' AS x)'.repeat(60)}`, 'delete'],
    ['joined tables', `UPDATE t${' JOIN t ON 1 = 1'.repeat(1_000)} SET a = 1 WHERE a = 1`, 'update'],
    [
      'tied tables',
      `UPDATE t a0 ${Array.from({ length: 60 }, (_, at) => `JOIN t a${at + 1} ON a${at}.a = a${at + 1}.a`).join(' ')} SET a0.a = 1 WHERE a60.a = 1`,
      'update',
    ],
    [
      'CTEs of CTEs',
      `WITH c0 AS (SELECT a FROM t)${Array.from({ length: 60 }, (_, at) => `, c${at + 1} AS (SELECT x.* FROM c${at} x, c${at} y)`).join('')} DELETE FROM t WHERE a NOT IN (SELECT * FROM c60) AND a IN (SELECT a FROM c60 WHERE a = 1)`,
      'delete',
    ],
    ['many OR', `DELETE FROM t WHERE ${'a = 1 OR '.repeat(many)}a = 2`],
    ['many NOT', `SELECT ${'NOT '.repeat(many)}1`],
    ['many signs', `SELECT ${'- '.repeat(many)}a`],
    ['many unions', `${'SELECT a FROM t UNION '.repeat(1_500)}SELECT 1`, 'select'],
    ['many joins', `SELECT * FROM t${' JOIN u'.repeat(3_000)}`, 'select'],
    ['many statements without a name', ';'.repeat(many)],
    ['many blocks in a body', `CREATE PROCEDURE p() ${'BEGIN '.repeat(many)}`, 'ddl'],
    ['many definers', `CREATE ${'DEFINER = x '.repeat(many)}TABLE t`],
  ];
  for (const [name, text, kind] of bombs) {
    it(`is refused, or read, within its time: ${name}`, () => {
      const bytes = Buffer.from(text);
      const start = performance.now();
      const { statements } = analyser.analyse(bytes, 0, bytes.length, shop);
      expect(performance.now() - start).toBeLessThan(5_000);
      expect(statements[0]?.analysis.kind).toBe(kind ?? 'unknown');
    });
  }

  it('is one unknown statement where it holds too many', () => {
    const texts = { allowed: 'SELECT 1;'.repeat(256), refused: 'SELECT 1;'.repeat(257) };
    const countOf = (text: string): number[] => {
      const bytes = Buffer.from(text);
      const { statements } = analyser.analyse(bytes, 0, bytes.length, shop);
      return [statements.length, analyser.split(bytes, 0, bytes.length, shop).length];
    };
    expect(countOf(texts.allowed)).toEqual([256, 256]);
    expect(countOf(texts.refused)).toEqual([1, 1]);
    expect(analysisOf(texts.refused, shop).problem).toContain('257 statements');
  });

  it('is read where it is only long: 20 levels and 500 conditions are ordinary', () => {
    expect(analysisOf(`SELECT ${'('.repeat(20)}1${')'.repeat(20)}`, shop).kind).toBe('select');
    const conditions = Array.from({ length: 500 }, (_, index) => `c${String(index)} = 1`).join(' OR ');
    expect(analysisOf(`SELECT * FROM t WHERE ${conditions}`, shop)).toMatchObject({ kind: 'select', where: 'present' });
  });
});

describe('the time to read a text', () => {
  const shapes: readonly (readonly [string, (size: number) => string])[] = [
    ['a long string', (size) => `SELECT '${'x'.repeat(size * 20)}'`],
    ['quotes and backslashes', (size) => `SELECT '${String.raw`\'`.repeat(size * 10)}'`],
    ['strings side by side', (size) => `SELECT ${"'a' ".repeat(size * 5)}`],
    ['a list', (size) => `SELECT * FROM t WHERE a IN (${'1, '.repeat(size * 5)}1)`],
    ['rows', (size) => `INSERT INTO t VALUES ${"(1, NULL, 'a'), ".repeat(size * 2)}(1, 2, 3)`],
    ['comments', (size) => `SELECT ${'/* a */ '.repeat(size * 4)}1`],
    ['hints', (size) => `SELECT ${'/*+ a */ '.repeat(size * 4)}1`],
    ['stars without an end', (size) => `SELECT 1 /*${'*'.repeat(size * 20)}`],
    ['dashes', (size) => `SELECT 1 ${'-- \n'.repeat(size * 5)}`],
  ];
  for (const [name, shape] of shapes) {
    it(`grows with its length and no faster: ${name}`, () => {
      // Sixteen times as much takes 256 times as long where it is quadratic: from what takes long enough to be measured, and without a
      // constant that forgives it.
      const size = measurable(shape);
      const small = leastMs(shape(size));
      expect(leastMs(shape(size * 16))).toBeLessThan(small * 64);
    });
  }
});
