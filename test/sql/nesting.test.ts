import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyser } from '../../src/sql/index.js';
import { listWork } from '../../src/sql/tree/list-work.js';
import { MeteredText } from '../../src/sql/tree/metered-text.js';
import { parse } from '../../src/sql/tree/parse.js';
import { WorkBudget } from '../../src/sql/work-budget.js';
import { analysisOf, scopeOf, statementsOf } from './analysed.js';
import { inputOf } from './second-reading.js';

const shop = scopeOf('mysql');

interface Taken {
  /** Milliseconds of processor. */
  readonly ms: number;
  /** It was given up as too deep or too long. */
  readonly isRefused: boolean;
}

/** What an analyser takes that has seen nothing. */
function take(text: string): Taken {
  const bytes = Buffer.from(text);
  const fresh = createAnalyser();
  const scope = fresh.scope({ flavour: 'mysql', version: 80036 }, 'shop', '');
  const start = process.cpuUsage();
  const [statement] = fresh.analyse(bytes, 0, bytes.length, scope).statements;
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1_000, isRefused: /deeply|too long/.test(statement?.analysis.problem ?? '') };
}

function msOf(text: string): number {
  return take(text).ms;
}

/** The longest statement that is read, and read once. Nothing may take much longer. */
const LONGEST = `SELECT ${Array.from({ length: 3_900 }, (_, index) => `c${String(index)}`).join(', ')} FROM t`;

function longestMs(): number {
  return Math.max(50, Math.min(msOf(LONGEST), msOf(LONGEST), msOf(LONGEST)));
}

/** Forms that hold another one, without what ends them. */
const EXPRESSIONS: readonly string[] = [
  ...[
    '(SELECT ',
    '(',
    '((SELECT ',
    'EXISTS (SELECT ',
    'NOT EXISTS (SELECT ',
    'a IN (SELECT ',
    'a IN (SELECT - ',
    'a IN (',
  ],
  ...[
    'a = ANY (SELECT ',
    '(SELECT 1 UNION SELECT ',
    '(SELECT a x FROM t ORDER BY ',
    '(SELECT 1 FROM (SELECT 1) t JOIN t ON ',
  ],
  ...[
    '(WITH c AS (SELECT 1) SELECT ',
    'CASE WHEN ',
    'CASE a WHEN 1 THEN ',
    'f(',
    'x.f(',
    'COUNT(',
    'IF(a, ',
    'NOT ',
    '- ',
    '~ ',
  ],
  ...[
    'CAST(',
    'CONVERT(',
    'TRIM(',
    'EXTRACT(YEAR FROM ',
    'INTERVAL ',
    'SUBSTRING(',
    'POSITION(',
    'CEIL(',
    'ROW(',
    'VALUES(',
  ],
  ...[
    'GROUP_CONCAT(',
    '1, (',
    'SUM(a) OVER (ORDER BY ',
    'a BETWEEN ',
    'JSON_OBJECT(',
    'DATE_ADD(a, INTERVAL ',
    'BINARY ',
  ],
];
const TABLES: readonly string[] = [
  ...[
    '(',
    '((',
    '(SELECT 1 FROM ',
    '((SELECT 1 FROM ',
    't JOIN (',
    '(t JOIN ',
    't, (',
    '(t, ',
    't LEFT JOIN (SELECT 1 FROM ',
  ],
  ...[
    'LATERAL (SELECT 1 FROM ',
    't JOIN t ON EXISTS (SELECT 1 FROM ',
    '(WITH c AS (SELECT 1 FROM ',
    't NATURAL JOIN (',
  ],
];
const PLACES: readonly (readonly [string, readonly string[]])[] = [
  ['SELECT ', EXPRESSIONS],
  ['INSERT INTO t VALUES (1,', EXPRESSIONS],
  ['SET @a = ', EXPRESSIONS],
  ['SELECT * FROM ', TABLES],
  ['SELECT (SELECT 1 FROM ', TABLES],
];
const INNERMOST: readonly string[] = [
  '1',
  '1 1 1',
  '',
  '1 AS',
  '1)(',
  'a b c',
  't',
  't ON',
  '*',
  '1 UNION',
  'a x ORDER BY x',
];
const ENDS: readonly string[] = ['', ')', ') ON 1', ') x', ') x ORDER BY x', ' UNION SELECT 1)', ' END', ' AS CHAR)'];

interface Nest {
  readonly place: string;
  readonly forms: readonly string[];
  readonly innermost: string;
  readonly end: string;
}

function textOf({ place, forms, innermost, end }: Nest, levels: number): string {
  const opened = Array.from({ length: levels }, (_, level) => forms[level % forms.length] ?? '').join('');
  return `${place}${opened}${innermost}${end.repeat(levels)}`;
}

/** Grows by a few levels, so that a form which takes five times as long at each is found before it takes hours, until it is refused. */
function expectBounded(nest: Nest, mostMs: number): void {
  for (let levels = 4; levels < 60; levels += levels < 14 ? 2 : 8) {
    const text = textOf(nest, levels);
    const { ms, isRefused } = take(text);
    // Another program may have had the processor's cache: it is asked again before it is believed.
    if (ms > mostMs) expect(msOf(text), text).toBeLessThan(mostMs);
    if (isRefused) break;
  }
  expect(msOf(textOf(nest, 60))).toBeLessThan(mostMs);
}

describe('forms that stand in each other', () => {
  const nests: readonly Nest[] = PLACES.flatMap(([place, forms]) =>
    forms.flatMap((form) => ['', ')'].map((end) => ({ place, forms: [form], innermost: '1 1 1', end }))),
  );
  for (const [place] of PLACES) {
    it(`take no longer than the longest statement, however deep: ${place}…`, () => {
      const mostMs = longestMs() * 5;
      for (const nest of nests) if (nest.place === place) expectBounded(nest, mostMs);
    });
  }

  it('take no longer in each other, closed rightly or not', () => {
    const mostMs = longestMs() * 5;
    const arbitrary = fc.constantFrom(...PLACES).chain(([place, forms]) =>
      fc.record({
        place: fc.constant(place),
        forms: fc.array(fc.constantFrom(...forms), { minLength: 1, maxLength: 3 }),
        innermost: fc.constantFrom(...INNERMOST),
        end: fc.constantFrom(...ENDS),
      }),
    );
    fc.assert(
      fc.property(arbitrary, (nest) => {
        expectBounded(nest, mostMs);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('are read where people write them so', () => {
    const nest = (form: (inner: string) => string, levels: number): string =>
      Array.from({ length: levels }).reduce<string>((inner) => form(inner), '1');
    const forms: readonly ((inner: string) => string)[] = [
      (inner) => `(SELECT ${inner})`,
      (inner) => `(SELECT ${inner} x ORDER BY x)`,
      (inner) => `(SELECT ${inner} UNION SELECT 1)`,
      (inner) => `EXISTS (SELECT 1 FROM t WHERE a IN (${inner}))`,
      (inner) => `COALESCE(IF(a = 1, ${inner}, 2), CAST(b AS CHAR))`,
      (inner) => `CASE WHEN a = 1 THEN ${inner} ELSE 2 END`,
      (inner) => `((${inner}) + 1)`,
    ];
    for (const form of forms) expect(analysisOf(`SELECT ${nest(form, 6)} FROM t`, shop).problem).toBeUndefined();
  });
});

describe('forms side by side', () => {
  const many = (times: number, form: (index: number) => string, link = ', '): string =>
    Array.from({ length: times }, (_, index) => form(index)).join(link);
  const wide: readonly (readonly [string, string])[] = [
    ['ORDER BY a position', `SELECT ${many(1_900, () => 'a')} FROM t ORDER BY ${many(1_900, () => '1')}`],
    ['GROUP BY a position', `SELECT ${many(1_900, () => 'a')} FROM t GROUP BY ${many(1_900, () => '1')}`],
    ['an alias of a sum', `SELECT ${many(1_900, () => 'a', ' + ')} x FROM t ORDER BY ${many(1_900, () => 'x')}`],
    [
      'columns of JSON in each other',
      `SELECT * FROM JSON_TABLE(?, ? COLUMNS (${"NESTED PATH '$' COLUMNS (".repeat(20)}${many(1_300, (index) => `c${String(index)} INT PATH '$.a'`)}${')'.repeat(20)})) t`,
    ],
    [
      'SET and tables',
      `UPDATE ${many(60, (index) => `t${String(index)}`)} SET ${many(1_200, (index) => `c${String(index)} = 1`)}`,
    ],
    ['MINUS', `${'SELECT 1 MINUS '.repeat(2_600)}SELECT 1`],
    [
      'columns and joins',
      `SELECT ${many(1_200, (index) => `t${String(index)}.c`)} FROM ${many(1_300, (index) => `t${String(index)}`)}`,
    ],
    ['AND', `SELECT a FROM t WHERE ${many(1_900, () => 'a = 1', ' AND ')}`],
  ];
  for (const [name, text] of wide) {
    it(`take no longer than the longest statement: ${name}`, () => {
      expect(Math.min(msOf(text), msOf(text))).toBeLessThan(longestMs() * 5);
    });
  }

  it('are not kept once for each time that they are named', () => {
    const columns = analysisOf(
      'SELECT a + b x, c FROM t GROUP BY 1, x, 2 HAVING x ORDER BY 2, x, x, 1, c',
      shop,
    ).columns;
    const uses = columns.map(({ column, clause }) => `${String(column)} ${clause}`);
    for (const clause of ['group', 'order']) {
      for (const column of ['a', 'b']) expect(uses.filter((use) => use === `${column} ${clause}`)).toHaveLength(1);
    }
    expect(uses.filter((use) => use === 'a having')).toHaveLength(1);
    expect(new Set(uses)).toEqual(
      new Set(
        ['a', 'b', 'c']
          .flatMap((column) => [`${column} output`, `${column} group`, `${column} order`])
          .concat('a having', 'b having', 'x group', 'x having', 'x order'),
      ),
    );
  });

  it('are told of in each clause, a subquery behind an alias too', () => {
    const { columns, tables } = analysisOf('SELECT (SELECT ssn FROM u ORDER BY ssn) x, a FROM t ORDER BY x, 2', shop);
    expect(tables.map(({ table }) => table)).toEqual(['t', 'u']);
    const uses = columns.map(({ table, column, clause }) => `${String(table)}.${column} ${clause}`);
    expect(uses).toEqual(expect.arrayContaining(['t.a output', 't.a order']));
    expect(columns.filter(({ column }) => column === 'ssn').map(({ clause }) => clause)).toEqual(['output', 'order']);
  });
});

describe('the budget of a text', () => {
  it('is one for all its statements: those behind it are unknown', () => {
    const statement = `SELECT ${'CAST('.repeat(3)}1 1 1${' AS CHAR)'.repeat(3)};`;
    const mostMs = longestMs() * 5;
    expect(Math.min(msOf(statement.repeat(256)), msOf(statement.repeat(256)))).toBeLessThan(mostMs);
    const dear = `SELECT ${'(SELECT '.repeat(8)}1 1 1;`;
    const kinds = statementsOf(`SELECT 1;${dear.repeat(60)}SELECT a FROM t`, shop).map(({ analysis }) => analysis.kind);
    expect(kinds[0]).toBe('select');
    expect(kinds.slice(1)).toEqual(kinds.slice(1).map(() => 'unknown'));
    expect(kinds).toHaveLength(62);
  });

  it('is enough for a text of many ordinary statements', () => {
    const statement =
      'UPDATE orders SET status = 1, note = CONCAT(note, 2) WHERE id IN (SELECT id FROM u WHERE a = 1);';
    const kinds = statementsOf(statement.repeat(200), shop).map(({ analysis }) => analysis.kind);
    expect(new Set(kinds)).toEqual(new Set(['update']));
  });

  it('refuses what costs more, by the part and by the whole', () => {
    const budget = new WorkBudget(100);
    expect(() => budget.within(10, (part) => part.spend(11))).toThrow('too long');
    expect(budget.spent).toBe(11);
    expect(() => budget.within(1_000, (part) => part.spend(90))).toThrow('too long');
    expect(() => budget.spend(1)).toThrow('too long');
  });
});

describe('a text that counts how often it is read', () => {
  it('reads as the string does', () => {
    const text = 'SELECT `a`, 1 FROM t';
    const metered = new MeteredText(text, new WorkBudget());
    expect(metered.trim()).toBe(metered);
    expect(metered).toHaveLength(text.length);
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), (at, length) => {
        expect(metered.charAt(at)).toBe(text.charAt(at));
        expect(metered.charCodeAt(at)).toBe(text.charCodeAt(at));
        expect(metered.substr(at, length)).toBe(text.slice(at, at + length));
        expect(metered.substring(at, at + length)).toBe(text.slice(at, at + length));
      }),
    );
  });

  it('is what the parser reads: each of its reads is counted', () => {
    const budget = new WorkBudget();
    parse('SELECT a FROM t', budget);
    const small = budget.spent;
    parse(`SELECT a FROM t WHERE ${'a = 1 AND '.repeat(100)}1`, budget);
    expect(budget.spent - small).toBeGreaterThan(small * 5);
  });

  it('counts the lists that the parser goes through behind each query and each table', () => {
    const columns = Array.from({ length: 1_000 }, (_, index) => `c${String(index)}`).join(', ');
    const tables = Array.from({ length: 900 }, (_, index) => `t${String(index)}`).join(', ');
    const mostMs = longestMs() * 5;
    for (const text of [
      `SELECT ${columns} FROM ${tables}`,
      `SELECT ${columns} FROM (${tables})`,
      `SELECT ${columns}, ${'(SELECT 1), '.repeat(900)}1`,
      `SELECT ${columns} FROM t${' JOIN u'.repeat(1_500)}`,
    ]) {
      expect(Math.min(msOf(text), msOf(text)), text.slice(-60)).toBeLessThan(mostMs);
    }
    const { words, symbols } = listWork('SELECT a, b FROM t, (u) WHERE a IN (1, 2)');
    const counted = (places: Uint32Array): number[] => [...places.keys()].filter((at) => (places[at] ?? 0) > 0);
    expect(counted(words)).toEqual([0, 12]);
    expect(counted(symbols)).toEqual([18, 20]);
  });
});

it.each([
  ['CASE', (depth: number) => `${'CASE WHEN 1 THEN '.repeat(depth)}1${' END'.repeat(depth)}`],
  ['NOT', (depth: number) => `${'NOT '.repeat(depth)}1`],
])('no parser sees more than a hundred of %s in each other, in queries and in what views say', (_name, nested) => {
  const input = (depth: number): unknown => inputOf(`SELECT ${nested(depth)}`);
  expect(input(100)).toBeDefined();
  expect(() => input(101)).toThrow('nested so deeply');
});
