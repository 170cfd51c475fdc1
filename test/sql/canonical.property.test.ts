import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnalysedText, AnalysisScope } from '../../src/sql/analysis.js';
import { analyser, FLAVOURS, scopeOf } from './analysed.js';
import { escaped, literalText, noise, sqlish } from './sql-arbitraries.js';

const MODES = ['', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', 'UNHEARD_OF'] as const;
const scopes = fc.constantFrom(...FLAVOURS.flatMap((flavour) => MODES.map((mode) => scopeOf(flavour, mode))));
const shop = scopeOf('mysql');
const plain = scopeOf('mysql', 'NO_BACKSLASH_ESCAPES');

function analyse(text: string, scope: AnalysisScope = shop): AnalysedText {
  const bytes = Buffer.from(text);
  return analyser.analyse(bytes, 0, bytes.length, scope);
}

/** Analyses and splits, and checks what holds for any text. */
function checkAny(bytes: Uint8Array, scope: AnalysisScope): void {
  const { statements } = analyser.analyse(bytes, 0, bytes.length, scope);
  const spans = analyser.split(bytes, 0, bytes.length, scope);
  expect(statements.length).toBeGreaterThan(0);
  expect(spans).toHaveLength(statements.length);
  let from = 0;
  for (const { start, end } of spans) {
    expect(start).toBeGreaterThanOrEqual(from);
    expect(end).toBeGreaterThanOrEqual(start);
    from = end;
  }
  expect(from).toBeLessThanOrEqual(bytes.length);
  for (const { analysis } of statements) expect(analysis.kind === 'unknown').toBe(analysis.problem !== undefined);
}

describe('any text', () => {
  it('gives at least one statement, and as many spans, for random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), scopes, checkAny), { numRuns: 3_000 });
  });

  it('gives at least one statement, and as many spans, for what looks like SQL', () => {
    fc.assert(
      fc.property(sqlish, scopes, (text, scope) => {
        checkAny(Buffer.from(text), scope);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is read within its bounds only', () => {
    fc.assert(
      fc.property(sqlish, fc.string(), fc.string(), (text, before, behind) => {
        const inner = Buffer.from(text);
        const bytes = Buffer.concat([Buffer.from(before), inner, Buffer.from(behind)]);
        const start = Buffer.byteLength(before);
        const seen = analyser.analyse(bytes, start, start + inner.length, shop);
        expect(seen.statements).toEqual(analyse(text).statements);
        expect(analyser.split(bytes, start, start + inner.length, shop)).toEqual(
          analyser.split(inner, 0, inner.length, shop).map((span) => ({
            start: span.start + start,
            end: span.end + start,
          })),
        );
      }),
    );
  });

  it('has statements whose spans, each on its own, are the same statements', () => {
    const part = fc.constantFrom(
      'SELECT 1',
      "DELETE FROM a WHERE b = ';'",
      'SET @a = 2',
      'COMMIT',
      'UPDATE `x;` SET a = 1',
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), noise, (parts, gap) => {
        const bytes = Buffer.from(parts.join(`${gap};${gap}`));
        const { statements } = analyser.analyse(bytes, 0, bytes.length, shop);
        const alone = analyser
          .split(bytes, 0, bytes.length, shop)
          .map(({ start, end }) => analyser.analyse(bytes, start, end, shop).statements[0]);
        expect(statements).toHaveLength(parts.length);
        expect(alone).toEqual(statements);
      }),
    );
  });
});

describe('the canonical text', () => {
  const words = [
    'SELECT',
    'a',
    ',',
    'b',
    'FROM',
    't',
    'WHERE',
    'c',
    '=',
    '1',
    'AND',
    'd',
    'IN',
    '(',
    '2',
    ')',
    'LIMIT',
    '3',
  ];

  it('is the same whatever comments and white space stand between the tokens', () => {
    const expected = analyse(words.join(' '));
    fc.assert(
      fc.property(fc.array(noise, { minLength: words.length, maxLength: words.length }), (gaps) => {
        const text = words.map((word, index) => `${gaps[index] ?? ' '}${word}`).join('');
        expect(analyse(text)).toBe(expected);
      }),
    );
  });

  it('is the same whatever the strings hold, quoted right for the mode', () => {
    for (const scope of [shop, plain]) {
      const expected = analyse("SELECT a FROM t WHERE b = 'x' AND c LIKE 'y'", scope);
      expect(expected.statements).toHaveLength(1);
      fc.assert(
        fc.property(literalText, literalText, (b, c) => {
          const text = `SELECT a FROM t WHERE b = ${escaped(b, scope)} AND c LIKE ${escaped(c, scope)}`;
          expect(analyse(text, scope)).toBe(expected);
        }),
        { numRuns: 500 },
      );
    }
  });

  it('is the same whatever the numbers are', () => {
    const expected = analyse('SELECT a FROM t WHERE b = ? LIMIT ?');
    const number = fc.oneof(
      fc.nat().map(String),
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.bigInt({ min: 0n, max: 1n << 64n }).map((value) => `0x${value.toString(16)}`),
      fc.constantFrom('.5', '1.', '1e3', '- 1', '+1', "X'4a'", "b'01'", '?'),
    );
    fc.assert(
      fc.property(number, fc.nat(), (value, limit) => {
        expect(analyse(`SELECT a FROM t WHERE b = ${value} LIMIT ${limit}`)).toBe(expected);
      }),
    );
  });

  it('is the same for lists and rows of any length', () => {
    const list = analyse('SELECT a FROM t WHERE b IN (1)');
    const rows = analyse('INSERT INTO t (a, b) VALUES (1, 2)');
    const value = fc.constantFrom('1', "'x'", '-3', '?', '.5');
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 40 }), (pairs) => {
        expect(analyse(`SELECT a FROM t WHERE b IN (${pairs.flat().join(', ')})`)).toBe(list);
        expect(analyse(`INSERT INTO t (a, b) VALUES ${pairs.map((pair) => `(${pair.join()})`).join()}`)).toBe(rows);
      }),
    );
  });

  it('keeps a row that is not like the others', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (before, behind) => {
        const row = (): string => '(1)';
        const rows = [
          ...Array.from({ length: before }, row),
          '((SELECT s FROM secret))',
          ...Array.from({ length: behind }, row),
        ];
        const { tables } = analyse(`INSERT INTO t (a) VALUES ${rows.join()}`).statements[0]?.analysis ?? { tables: [] };
        expect(tables.map(({ table }) => table)).toContain('secret');
      }),
    );
  });

  it('is different for other scopes, and never holds a literal', () => {
    expect(analyse('SELECT 1', shop)).not.toBe(analyse('SELECT 1', plain));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12}$/), (secret) => {
        for (const text of [
          `SELECT '${secret}'`,
          `SET @a = '${secret}'`,
          `nonsense '${secret}' (`,
          `SET nonsense = '${secret}'`,
        ]) {
          expect(
            JSON.stringify(
              analyse(text).statements.map(({ fingerprint, summary, analysis }) => [
                fingerprint,
                summary,
                analysis.problem,
              ]),
            ),
          ).not.toContain(secret);
        }
      }),
    );
  });
});

describe('the number of statements', () => {
  const danger = fc.array(
    fc.constantFrom("'", '"', '`', ';', '--', '-- ', '#', '/*', '*/', '/*!', '\\', '\n', 'a', ' '),
    { maxLength: 12 },
  );

  it('does not change with what literals and quoted names hold', () => {
    fc.assert(
      fc.property(danger, danger, (first, second) => {
        for (const scope of [shop, plain]) {
          const literal = escaped(first.join(''), scope);
          const name = `\`x${second.join('').replaceAll('\n', '').replaceAll('`', '``')}\``;
          const bytes = Buffer.from(`SELECT ${literal}, ${name} FROM t; SELECT ${literal} FROM u`);
          expect(analyser.analyse(bytes, 0, bytes.length, scope).statements).toHaveLength(2);
          expect(analyser.split(bytes, 0, bytes.length, scope)).toHaveLength(2);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not change with what comments hold', () => {
    fc.assert(
      fc.property(danger, (parts) => {
        const inner = parts.join('').replaceAll('*/', '').replaceAll('\n', '');
        for (const comment of [`/* ${inner.replaceAll('*/', '')} */`, `-- ${inner}\n`, `# ${inner}\n`]) {
          fc.pre(!comment.slice(2, -2).includes('*/'));
          expect(analyse(`SELECT 1 ${comment} FROM t; COMMIT`)).toBe(analyse('SELECT 1 FROM t; COMMIT'));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
