import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableUse } from '../../src/sql/analysis.js';
import { analysisOf, scopeOf } from './analysed.js';
import { knownQueries } from './query-arbitrary.js';
import { readAlone } from './second-reading.js';

/** Statement, and its tables: names of CTEs are none. */
const rows: readonly (readonly [string, string])[] = [
  ['WITH t AS (SELECT 1) SELECT * FROM t', ''],
  ['WITH t AS (SELECT * FROM t) SELECT * FROM t', 'shop.t read'],
  ['WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT * FROM t) SELECT * FROM t', ''],
  ['WITH t AS (SELECT 1) SELECT * FROM shop.t', 'shop.t read'],
  ['WITH t AS (SELECT 1) SELECT * FROM T', 'shop.T read'],
  ['WITH t AS (SELECT 1) SELECT * FROM t UNION SELECT * FROM t', ''],
  ['(WITH t AS (SELECT 1) SELECT * FROM t) UNION SELECT * FROM t', 'shop.t read'],
  ['SELECT * FROM t UNION (WITH t AS (SELECT 1) SELECT * FROM t)', 'shop.t read'],
  ['SELECT 1 UNION (WITH t AS (SELECT 1) SELECT * FROM t) UNION SELECT * FROM t', 'shop.t read'],
  ['SELECT * FROM (WITH t AS (SELECT 1) SELECT * FROM t) AS x', ''],
  ['SELECT * FROM (WITH t AS (SELECT 1) SELECT * FROM t) AS x, t', 'shop.t read'],
  ['SELECT * FROM t WHERE a IN (WITH t AS (SELECT 1) SELECT * FROM t)', 'shop.t read'],
  ['WITH t AS (SELECT 1) SELECT * FROM (SELECT * FROM t) AS x', ''],
  ['WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a, b', 'shop.b read'],
  ['WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b', ''],
  ['WITH a AS (WITH b AS (SELECT 1) SELECT * FROM b) SELECT * FROM a, b', 'shop.b read'],
  ['WITH c AS (SELECT 1) UPDATE t JOIN c SET t.a = 1', 'shop.t write'],
  ['WITH c AS (SELECT 1) DELETE t FROM t JOIN c', 'shop.t write'],
  ['INSERT INTO t WITH c AS (SELECT * FROM u) SELECT * FROM c', 'shop.t write, shop.u read'],
  ['INSERT INTO t WITH t AS (SELECT 1) SELECT * FROM t', 'shop.t write'],
];

function namesOf(tables: readonly TableUse[]): string {
  return tables.map(({ schema, table, access }) => `${schema ?? ''}.${table} ${access}`).join(', ');
}

describe('the name of a CTE', () => {
  for (const [sql, tables] of rows) {
    it(`hides a table where it is visible, and nowhere else: ${sql}`, () => {
      const analysis = analysisOf(sql, scopeOf('mysql'));
      expect(analysis.problem).toBeUndefined();
      expect(namesOf(analysis.tables)).toBe(tables);
    });

    it(`does so to the second parser alone: ${sql}`, () => {
      const alone = readAlone(sql);
      expect(alone && namesOf(alone.collector.tables)).toBe(tables);
    });
  }

  it('is no target of a write', () => {
    for (const sql of ['WITH t AS (SELECT 1) UPDATE t SET a = 1', 'WITH t AS (SELECT 1) DELETE FROM t WHERE a = 1']) {
      expect(analysisOf(sql, scopeOf('mysql')).problem, sql).toBe('not understood: what is written');
    }
  });

  it('is told from a table in any query', () => {
    fc.assert(
      fc.property(knownQueries, ({ sql, tables, mayHang }) => {
        const analysis = analysisOf(sql, scopeOf('mysql'));
        expect(analysis.problem === undefined).toBe(!mayHang);
        if (mayHang) return;
        expect(new Set(analysis.tables.map(({ table }) => table))).toEqual(tables);
        const alone = readAlone(sql);
        expect(new Set(alone?.collector.tables.map(({ table }) => table))).toEqual(tables);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a CTE within a CTE that reads a table of its own name', () => {
  const nested = (inner: string, rest = 'SELECT 1 FROM ev JOIN ev AS e'): string =>
    `WITH ev AS (WITH ${inner}, q AS (SELECT 1 AS b FROM p JOIN p AS y) SELECT 1 AS z FROM n) ${rest}`;
  const problem = (sql: string): string | undefined => analysisOf(sql, scopeOf('mariadb')).problem;

  it('is refused: MariaDB hangs over it', () => {
    for (const sql of [
      nested('p AS (SELECT 1 AS a FROM p)'),
      nested('P AS (SELECT 1 AS a FROM p)'),
      nested('p AS (SELECT 1 AS a FROM (SELECT 1 FROM p) AS d)'),
      nested('p AS (SELECT 1 AS a FROM p)', 'SELECT 1 FROM ev'),
      `WITH p AS (SELECT 5 AS k), ${nested('p AS (SELECT 1 AS a FROM p)').slice(5)}`,
      'WITH ev AS (SELECT 1 AS z FROM (WITH p AS (SELECT 1 AS a FROM p) SELECT 1 FROM p) AS d) SELECT 1 FROM ev JOIN ev AS e',
    ]) {
      expect(problem(sql), sql).toMatch(/MariaDB may hang/);
    }
  });

  it('is no other', () => {
    for (const sql of [
      nested('p AS (SELECT 1 AS a FROM shop.p)'),
      nested('p AS (SELECT 1 AS a FROM n)'),
      nested('RECURSIVE p AS (SELECT 1 AS a UNION SELECT a FROM p WHERE a > 3)'),
      'WITH p AS (SELECT 1 AS a FROM p), q AS (SELECT 1 AS b FROM p JOIN p AS y) SELECT 1 FROM q JOIN q AS r',
      'SELECT 1 FROM (WITH p AS (SELECT 1 AS a FROM p) SELECT 1 FROM p JOIN p AS y) AS d',
    ]) {
      expect(problem(sql), sql).toBeUndefined();
    }
  });
});
