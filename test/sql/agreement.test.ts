import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factOf, type FactName } from '../../src/guardrails/facts.js';
import { onlyRoutines } from '../../src/guardrails/index.js';
import type { RuleSubject } from '../../src/guardrails/rule.js';
import { MaskPolicy } from '../../src/masking/mask-policy.js';
import { maskColumn } from '../../src/masking/mask-rule.js';
import type { AnalysedStatement } from '../../src/sql/analysis.js';
import { checkAgreement } from '../../src/sql/second-parser/agreement.js';
import type { TreeReading } from '../../src/sql/tree/tree-reading.js';
import { analysisOf, scopeOf, statementsOf, tablesOf } from './analysed.js';
import { noise } from './sql-arbitraries.js';
import { readAlone, readingOf } from './second-reading.js';

function mustRead(sql: string): TreeReading {
  const reading = readingOf(sql);
  if (reading === undefined) throw new Error(`not understood: ${sql}`);
  return reading;
}

describe('two readings', () => {
  const rows: readonly (readonly [string, string, RegExp | undefined])[] = [
    ['DELETE FROM t WHERE a = 1', 'SELECT 1 FROM t', /disagree on what it does: delete and select/],
    ['SELECT 1 FROM t', 'SELECT 1 FROM t, u', /no such table and \["shop","u"\] read/],
    ['SELECT 1 FROM t JOIN u', 'SELECT 1 FROM t', /\["shop","u"\] read and no such table/],
    ['UPDATE t JOIN u SET t.a = 1', 'UPDATE t JOIN u SET u.a = 1', /\["shop","t"\] write and \["shop","t"\] read/],
    ['SELECT 1 FROM a.t', 'SELECT 1 FROM b.t', /\["a","t"\] read and \["b","t"\] read/],
    ['INSERT INTO t VALUES (1)', 'REPLACE INTO t VALUES (1)', /insert and replace/],
    ['SELECT a FROM t, u', 'SELECT b FROM u JOIN t', undefined],
  ];
  for (const [first, second, problem] of rows) {
    it(`${problem === undefined ? 'agree' : 'disagree'}: ${first} / ${second}`, () => {
      const compare = (): void => {
        checkAgreement(mustRead(first), mustRead(second));
      };
      if (problem === undefined) compare();
      else expect(compare).toThrow(problem);
    });
  }
});

describe('a statement that only the second parser understands', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['SELECT SUM(DISTINCT total) FROM orders', 'shop.orders read'],
    [
      '((SELECT a FROM t) UNION (SELECT b FROM u)) UNION SELECT 1 FROM w',
      'shop.t read nested, shop.u read nested, shop.w read nested',
    ],
    ['SELECT CAST(a AS INET4) FROM orders', 'shop.orders read'],
    ['UPDATE shop.t SET shop.t.a = 1 WHERE shop.t.id = 1', 'shop.t write'],
    ['SELECT CASE (SELECT 1 FROM u) WHEN 1 THEN 2 END FROM t', 'shop.t read, shop.u read nested'],
  ];
  for (const [sql, tables] of rows) {
    it(`is read: ${sql}`, () => {
      expect(tablesOf(analysisOf(sql, scopeOf('mysql')).tables)).toBe(tables);
    });
  }

  it('has all its functions, and files and locks', () => {
    const sql = 'SELECT SUM(DISTINCT LOAD_FILE(a)), POSITION(db.f(b) IN CAST(c AS CHAR)), SLEEP(1) FROM t FOR UPDATE';
    const analysis = analysisOf(sql, scopeOf('mysql'));
    expect([...analysis.functions].sort()).toEqual(['cast', 'db.f', 'load_file', 'position', 'sleep', 'sum']);
    expect(analysis).toMatchObject({ kind: 'select', file: true, locks: true, routines: ['db.f'] });
    expect(analysisOf('SELECT SUM(DISTINCT @a := b) FROM t', scopeOf('mysql')).file).toBe(true);
    expect(analysisOf('SELECT SUM(DISTINCT a) FROM t INTO @a', scopeOf('mysql')).file).toBe(true);
  });

  it('is unknown where a name in it is not accounted for', () => {
    expect(readingOf('SELECT NEXTVAL(s) FROM t')).toBeUndefined();
    expect(readingOf('SELECT x FROM clients AS c (x)')).toBeUndefined();
    expect(analysisOf('SELECT SUM(DISTINCT NEXTVAL(s)) FROM t', scopeOf('mariadb')).kind).toBe('unknown');
  });
});

/** The statement alone, as rules and masks get it, and as the second parser alone gives it. */
function readByTheSecond(sql: string): AnalysedStatement {
  const [statement] = statementsOf(sql, scopeOf('mysql'));
  const reading = readAlone(sql);
  if (statement === undefined || reading === undefined) throw new Error(`not understood: ${sql}`);
  const { tables, columns, functions, where, compound, file, upsertsQuery } = reading.collector;
  const facts = { kind: reading.kind, tables, columns, functions: [...functions], where, compound, file, upsertsQuery };
  const analysis = { ...statement.analysis, ...facts };
  Reflect.deleteProperty(analysis, 'lineage'); // of the first
  return { ...statement, analysis };
}

describe('what the second parser says alone', () => {
  const subject = (sql: string): RuleSubject => ({
    statement: readByTheSecond(sql),
    statementCount: 1,
    environment: undefined,
  });
  const reasonOf = (sql: string, ...facts: readonly FactName[]): string | undefined =>
    facts.map((fact) => factOf(fact, subject(sql))).find((reason) => reason !== undefined);
  const denies = (sql: string): string | undefined =>
    reasonOf(sql, 'no-where', 'constant-where', 'unbounded-table', 'query-upsert');

  it('bounds a write by the same rule as the first, or by none', () => {
    for (const condition of [
      'id = 1',
      'id IN (1, 2) AND a',
      'a AND NOT (id <> 1)',
      'x.id BETWEEN 1 AND 2',
      'id = @v',
      'id IS NULL',
      'created < NOW() - INTERVAL 1 DAY',
      'id IS NOT TRUE',
      "name LIKE 'a'",
      "CAST(id AS CHAR) = '1'",
    ]) {
      expect(denies(`DELETE FROM t AS x WHERE ${condition}`), condition).toBeUndefined();
    }
    const unbounded = [
      '1',
      'TRUE',
      'id = id',
      'id = 1 OR 1',
      'NOT (id = 1 AND 0)',
      '1 = 1',
      'EXISTS (SELECT 1)',
      "'a' LIKE '%'",
    ];
    const misread = [
      'id = 1 AND 1 XOR 1',
      'id = 1 && 1 OR 1',
      'id = (SELECT 1)',
      'COALESCE(id, 1)',
      '(id = 1 OR 1) = 1',
      'id = @v := 1',
      'IF(id, 1, 1)',
      'y.id = 1',
    ];
    for (const condition of [...unbounded, ...misread]) {
      expect(denies(`DELETE FROM t AS x WHERE ${condition}`), condition).toMatch(/bounds nothing/);
    }
    expect(denies('DELETE FROM t')).toMatch(/has no WHERE/);
    expect(denies('REPLACE INTO t SELECT * FROM u')).toMatch(/as its query gives/);
    expect(denies('INSERT INTO t SELECT * FROM u ON DUPLICATE KEY UPDATE a = 1')).toMatch(/as its query gives/);
    expect(denies('INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1')).toBeUndefined();
    expect(denies('INSERT INTO t SELECT * FROM u')).toBeUndefined();
    expect(denies('UPDATE t JOIN u SET t.a = 1 WHERE u.id = 1')).toMatch(/bounds no row of t/);
    expect(denies('UPDATE t JOIN u ON t.id = u.id SET t.a = 1 WHERE u.id = 1')).toBeUndefined();
  });

  it('lets no masked column through, in whatever place', () => {
    const masks = new MaskPolicy([maskColumn('shop.clients.email')]);
    const shown = [
      'SELECT email FROM clients',
      'SELECT * FROM clients',
      'SELECT c.* FROM clients c',
      'SELECT UPPER(email) FROM clients',
      'SELECT id FROM clients ORDER BY email',
      "SELECT id FROM clients WHERE email = 'a'",
      'SELECT id FROM clients GROUP BY email',
      'SELECT 1 FROM orders o JOIN clients c USING (email)',
      'INSERT INTO notes SELECT email FROM clients',
      'SELECT (SELECT email FROM clients LIMIT 1)',
      'WITH x AS (SELECT email AS y FROM clients) SELECT y FROM x',
      "UPDATE clients SET email = 'a' WHERE id = 1",
      'SELECT SUM(id) OVER (ORDER BY email) FROM clients',
      'SELECT id AS x FROM clients HAVING MAX(email) > 1',
    ];
    for (const sql of shown) expect(masks.effectOn(readByTheSecond(sql)).refusal, sql).toMatch(/email is masked/);
    expect(masks.effectOn(readByTheSecond('SELECT id FROM clients WHERE id = 1'))).toMatchObject({
      inspect: true,
      refusal: undefined,
    });
  });

  it('names the functions that rules deny', () => {
    for (const sql of [
      'SELECT 1 WHERE SLEEP(1)',
      'SELECT a FROM t ORDER BY SLEEP(1)',
      'INSERT INTO t VALUES (GET_LOCK(1, 2))',
      'DELETE FROM t WHERE id = BENCHMARK(1, 2)',
      'SELECT CASE WHEN 1 THEN SLEEP(1) END',
      'SELECT SUM(SLEEP(1)) OVER ()',
      'SELECT a FROM t JOIN u ON SLEEP(1)',
      'SELECT `sleep`(1)',
    ]) {
      expect(reasonOf(sql, 'side-effect-function', 'resource-abuse', 'named-lock'), sql).toBeDefined();
    }
    expect(onlyRoutines([]).matches(subject('SELECT SUM(DISTINCT db.f(1)) FROM t'))).toContain('db.f');
  });
});

const STATEMENTS = [
  'select `a`.`id`, count ( * ) as n from orders as a left join `customers` b on a . id = b . id where a.`id` = 1 group by a.id',
  'with c as ( select * from t ) select * from c , d',
  'update orders o join customers c on o.id = c.id set o.total = 1 where c.id in ( select id from vip )',
  'delete a from orders as a join customers as b on a.id = b.id where b.id = 1',
  "insert into t ( a , b ) values ( 1 , 'x' ) on duplicate key update a = ( select max ( z ) from u )",
  'replace into t ( a ) select b from u where exists ( select 1 from v )',
  'select id from ( select * from x union all select * from y ) as z order by id desc limit 5',
];
const KEYWORDS = new Set(
  'select count as from left join on where group by with update set in delete insert into values duplicate key max replace exists union all order desc limit and'.split(
    ' ',
  ),
);

/** A statement with the case of its keywords, its white space, comments and quotes changed: it means the same. */
const rewritten = fc.constantFrom(...STATEMENTS).chain((sql) => {
  const words = sql.split(' ');
  return fc
    .array(fc.tuple(fc.boolean(), fc.boolean(), noise), { minLength: words.length, maxLength: words.length })
    .map((changes) => ({
      sql,
      other: words
        .map((word, index) => {
          const [isUpper, isQuoted, blank] = changes[index] ?? [false, false, ' '];
          const isKeyword = KEYWORDS.has(word);
          const isName = !isKeyword && /^[a-z]\w*$/.test(word);
          const text = isKeyword && isUpper ? word.toUpperCase() : isName && isQuoted ? `\`${word}\`` : word;
          // A function's name and its parenthesis stay together.
          return word === 'count' || word === 'max' ? text : `${text}${blank}`;
        })
        .join(''),
    }));
});

describe('both parsers', () => {
  it('say the same of a statement, however it is written', () => {
    fc.assert(
      fc.property(rewritten, ({ sql, other }) => {
        const expected = mustRead(sql);
        const reading = readingOf(other);
        expect(reading?.kind).toBe(expected.kind);
        expect(reading?.collector.tables).toEqual(expected.collector.tables);
        const analysis = analysisOf(other, scopeOf('mysql'));
        expect(analysis.problem).toBeUndefined();
        expect(analysis.kind).toBe(expected.kind);
        expect(analysis.tables).toEqual(expected.collector.tables);
      }),
      { numRuns: 500 },
    );
  });
});
