import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SqlDialect } from '../../src/sql/analysis.js';
import { createAnalyser } from '../../src/sql/index.js';
import { scopeOf, statementsOf, tablesOf } from './analysed.js';

const dialect: SqlDialect = { flavour: 'mysql', version: 80036 };

describe('the fingerprint', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    [
      'SELECT  A.b FROM Orders AS A WHERE x IN (1,2) AND y=1 -- c',
      'select a.b from orders as a where x in (?) and y = ?',
      'SELECT Orders',
    ],
    ["INSERT INTO t(a,b) VALUES (1,'x'),(2,'y')", 'insert into t(a, b) values (?, ?)', 'INSERT t'],
    ['SELECT `Order`.`Id` FROM `Order`', 'select `Order`.`Id` from `Order`', 'SELECT Order'],
    ["SET SESSION sql_mode = 'ANSI'", 'set session sql_mode = ?', 'SET'],
    ['CALL shop.p(1)', 'call shop.p(?)', 'CALL shop.p'],
    ['UPDATE a JOIN b ON a.id=b.id SET a.x=-1', 'update a join b on a.id = b.id set a.x = ?', 'UPDATE a b'],
    [
      'SELECT count(*) FROM t WHERE a<=>NULL LIMIT 5 OFFSET 3',
      'select count(*) from t where a <=> null limit ? offset ?',
      'SELECT t',
    ],
    ["nonsense 'x'", 'nonsense ?', 'NONSENSE'],
  ];
  for (const [sql, fingerprint, summary] of rows) {
    it(`is told for ${sql}`, () => {
      const digest = createHash('sha256').update(fingerprint).digest('base64url');
      expect(statementsOf(sql, scopeOf('mysql'))[0]).toMatchObject({ fingerprint, summary, digest });
    });
  }

  it('is cut where it is very long, and so is the summary', () => {
    const [statement] = statementsOf(
      `SELECT ${'abcdefghi, '.repeat(2_000)}a FROM ${'t'.repeat(600)}`,
      scopeOf('mysql'),
    );
    expect(statement?.fingerprint).toHaveLength(16_385);
    expect(statement?.summary).toHaveLength(255);
  });
});

describe('an analyser', () => {
  const text = Buffer.from('SELECT * FROM orders; USE archive; DELETE FROM a.b');

  it('gives the same scope for the same values', () => {
    const analyser = createAnalyser();
    expect(analyser.scope(dialect, 'shop', '')).toBe(analyser.scope({ ...dialect }, 'shop', ''));
    expect(analyser.scope(dialect, 'shop', '')).not.toBe(analyser.scope(dialect, undefined, ''));
    expect(analyser.scope(dialect, 'shop', '')).not.toBe(analyser.scope(dialect, 'shop', 'ANSI'));
    expect(analyser.scope(dialect, 'shop', '')).not.toBe(
      analyser.scope({ ...dialect, flavour: 'mariadb' }, 'shop', ''),
    );
  });

  it('names the default schema of its scope, and none where there is none', () => {
    const analyser = createAnalyser();
    const tables = (namespace: string | undefined): readonly string[] =>
      analyser
        .analyse(text, 0, text.length, analyser.scope(dialect, namespace, ''))
        .statements.map(({ analysis }) => tablesOf(analysis.tables));
    expect(tables('shop')).toEqual(['shop.orders read', '', 'a.b write']);
    expect(tables(undefined)).toEqual(['orders read', '', 'a.b write']);
  });

  it('takes a scope that another made', () => {
    const analyser = createAnalyser();
    const scope = { dialect, namespace: 'shop', sqlMode: '' };
    const first = analyser.analyse(text, 0, text.length, scope);
    expect(first.statements).toHaveLength(3);
    expect(analyser.analyse(text, 0, text.length, scope)).toBe(first);
  });

  it('forgets what was asked long ago, and then says the same again', () => {
    const analyser = createAnalyser({ maxEntries: 2 });
    const scope = analyser.scope(dialect, 'shop', '');
    const of = (sql: string): ReturnType<typeof analyser.analyse> =>
      analyser.analyse(Buffer.from(sql), 0, sql.length, scope);
    const first = of('SELECT a');
    expect(of('SELECT a')).toBe(first);
    of('SELECT b');
    of('SELECT c');
    expect(of('SELECT a')).not.toBe(first);
    expect(of('SELECT a')).toEqual(first);
  });

  it('gives what nobody can change', () => {
    const [statement] = statementsOf('SELECT 1', scopeOf('mysql'));
    expect(Object.isFrozen(statement)).toBe(true);
    expect(Object.isFrozen(statement?.analysis)).toBe(true);
  });

  it('tells where each statement stands', () => {
    const analyser = createAnalyser();
    const sql = " SELECT ';' ;\n/* ; */ COMMIT -- ;\n; ;";
    const bytes = Buffer.from(sql);
    const spans = analyser.split(bytes, 0, bytes.length, analyser.scope(dialect, 'shop', ''));
    expect(spans.map(({ start, end }) => sql.slice(start, end))).toEqual(["SELECT ';'", '/* ; */ COMMIT -- ;']);
  });
});
