import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyser } from '../../src/sql/index.js';
import { listWork } from '../../src/sql/tree/list-work.js';
import { MeteredText } from '../../src/sql/tree/metered-text.js';
import { parse } from '../../src/sql/tree/parse.js';
import { WorkBudget } from '../../src/sql/work-budget.js';
import { analysisOf, scopeOf, statementsOf } from './analysed.js';

const shop = scopeOf('mysql');

/** Milliseconds of processor that an analyser takes which has seen nothing. */
function msOf(text: string): number {
  const bytes = Buffer.from(text);
  const fresh = createAnalyser();
  const scope = fresh.scope({ flavour: 'mysql', version: 80036 }, 'shop', '');
  const start = process.cpuUsage();
  fresh.analyse(bytes, 0, bytes.length, scope);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** The longest statement that is read, and read once. Nothing may take much longer. */
const LONGEST = `SELECT ${Array.from({ length: 3_900 }, (_, index) => `c${String(index)}`).join(', ')} FROM t`;

function longestMs(): number {
  return Math.max(50, msOf(LONGEST), msOf(LONGEST));
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

/** Grows from small, so that a form which takes twice as long at each level is found before it takes hours. */
function expectBounded(nest: Nest, mostMs: number): void {
  for (const levels of [6, 9, 12, 16, 22, 60]) {
    const text = textOf(nest, levels);
    const ms = msOf(text);
    // Another program may have had the processor's cache: it is asked again before it is believed.
    if (ms > mostMs) expect(msOf(text), text).toBeLessThan(mostMs);
  }
}

describe('forms that stand in each other', () => {
  const nests: readonly Nest[] = PLACES.flatMap(([place, forms]) =>
    forms.flatMap((form) =>
      ['1 1 1', 't'].flatMap((innermost) => ['', ')'].map((end) => ({ place, forms: [form], innermost, end }))),
    ),
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

describe('the budget of a text', () => {
  it('is one for all its statements: those behind it are unknown', () => {
    const statement = `SELECT ${'CAST('.repeat(3)}1 1 1${' AS CHAR)'.repeat(3)};`;
    const mostMs = longestMs() * 5;
    expect(Math.min(msOf(statement.repeat(256)), msOf(statement.repeat(256)))).toBeLessThan(mostMs);
    const dear = `SELECT ${'(SELECT '.repeat(20)}1 1 1;`;
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
