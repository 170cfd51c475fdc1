import { describe, expect, it } from 'vitest';
import { casesOf, judgeCase, type Judged } from './judged.js';
import { tableOf } from './report.js';
import { readSuite } from './suite.js';

const suite = readSuite();
const judged = suite.flatMap(casesOf).map(judgeCase);
const wanted = judged.filter(({ statement }) => statement.preset !== 'none');
const unwanted = judged.filter(({ statement }) => statement.preset === 'none');

function lineOf({ statement, flavour, refusal }: Judged): string {
  const { source, preset, sql } = statement;
  return `${source} (${preset}, ${flavour}): ${refusal?.rule ?? 'allowed'}: ${refusal?.reason ?? ''}\n    ${sql.slice(0, 300)}`;
}

describe('everyday statements', () => {
  it('are at least 1,500, each from a library or program that sends it', () => {
    expect(new Set(suite.map(({ sql }) => sql)).size).toBeGreaterThanOrEqual(1_500);
    for (const { preset, why } of suite) expect(why !== undefined, why).toBe(preset === 'none');
  });

  it('are not refused under the preset that should allow them', () => {
    console.log(tableOf(judged));
    const refused = wanted.filter(({ refusal }) => refusal !== undefined);
    expect(refused.map(lineOf).join('\n')).toBe('');
  });

  it('that no preset should allow are few, and refused', () => {
    console.log(unwanted.map((one) => `${one.statement.why ?? ''}\n  ${lineOf(one)}`).join('\n'));
    expect(unwanted.length).toBeLessThan(judged.length * 0.04);
    expect(unwanted.filter(({ refusal }) => refusal === undefined).map(lineOf)).toEqual([]);
  });
});
