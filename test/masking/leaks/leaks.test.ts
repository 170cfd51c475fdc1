/**
 * `COUNTERSIGN_LEAK_STATEMENTS=100000 [COUNTERSIGN_LEAK_SEED=N] npx vitest run test/masking/leaks`: random statements over masked columns, of
 * which no answer, error or record may hold a secret in any form, nor depend on one.
 *
 * @module
 */
import { randomInt } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { drawOf } from './draw.js';
import { describeLeaks } from './leak-report.js';
import { type LeakReport, runLeaks } from './leak-run.js';
import { leakRows } from './leak-schema.js';
import { writeStatement } from './leak-statement.js';

const LONG_FORM = process.env['COUNTERSIGN_LEAK_STATEMENTS'];
const STATEMENTS = Number(LONG_FORM ?? 3_000);
const CI_SEED = 20_261_121;
const SEED = Number(process.env['COUNTERSIGN_LEAK_SEED'] ?? (LONG_FORM === undefined ? CI_SEED : randomInt(2 ** 31)));
/** Most for a statement, with all that is done to it. */
const STATEMENT_MS = 60;

describe(`${String(STATEMENTS)} random statements of seed ${String(SEED)}`, () => {
  let report: LeakReport;
  beforeAll(
    async () => {
      const start = performance.now();
      report = await runLeaks({ seed: SEED, from: 0, to: STATEMENTS });
      if (LONG_FORM === undefined) return;
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      const { tally, suspects } = report;
      process.stdout.write(`seed ${String(SEED)}, ${seconds} s\n${String(tally)}\n`);
      process.stdout.write(`left out, as they or their neighbours end the server: ${suspects.join(', ')}\n`);
    },
    120_000 + STATEMENTS * STATEMENT_MS,
  );

  it('give no secret away, to the agent or in a record', async () => {
    expect(await describeLeaks(SEED, report.leaks)).toEqual([]);
  }, 120_000);

  it('answer the same where the secrets are others', async () => {
    expect(await describeLeaks(SEED, report.tells)).toEqual([]);
    expect(report.tally.compared).toBeGreaterThan(STATEMENTS / 20);
  }, 120_000);

  it('are valid as often as not, and give secrets away where nobody governs', () => {
    const { statements, valid, tripped } = report.tally;
    expect(statements + report.suspects.length).toBe(STATEMENTS);
    expect(valid / statements).toBeGreaterThan(0.4);
    expect(tripped / valid).toBeGreaterThan(0.2);
  });

  it('run governed in large part, and show what is not masked', () => {
    const { valid, ran, useful } = report.tally;
    expect(ran / valid).toBeGreaterThan(0.35);
    expect(useful / valid).toBeGreaterThan(0.2);
  });
});

describe('the writer of statements', () => {
  const { flavour } = inject('database');
  const { secrets } = leakRows('first');
  const write = (seed: number, index: number): string =>
    writeStatement(drawOf(seed, index), { flavour, schema: 'app', secrets }).sql;
  const written = Array.from({ length: 4_000 }, (_, index) => write(1, index));

  it('writes the same statement again, and another for another index or seed', () => {
    const texts = Array.from({ length: 200 }, (_, index) => write(1, index));
    expect(Array.from({ length: 200 }, (_, index) => write(1, index))).toEqual(texts);
    expect(new Set(texts).size).toBeGreaterThan(180);
    expect(write(2, 0)).not.toBe(texts[0]);
  });

  it.each([
    ...['UNION', 'INTERSECT', 'EXCEPT', 'WITH RECURSIVE', 'NATURAL JOIN', 'USING (', 'LEFT JOIN', 'CROSS JOIN'],
    ...['EXISTS (', ' IN (SELECT', 'CASE ', 'COALESCE(', 'JSON_OBJECT(', 'GROUP_CONCAT(', 'OVER (', 'WITH ROLLUP'],
    ...['HAVING', 'ORDER BY 1', 'DISTINCT', 'LIMIT', '= ANY (', 'AS email', ".*, '", '`\u0130d`', 'TO_BASE64(', 'LAG('],
  ])('writes statements with %s', (part) => {
    expect(written.some((text) => text.includes(part))).toBe(true);
  });
});
