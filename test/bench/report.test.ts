import { describe, expect, it } from 'vitest';
import { chartOf } from '../../bench/report/chart.js';
import { exceededBounds, readBounds } from '../../bench/report/check.js';
import { pairedResult } from '../../bench/report/paired-result.js';
import { isMet, type Result, timesOf } from '../../bench/report/result.js';
import { spreadOf } from '../../bench/report/spread.js';
import { tableOf } from '../../bench/report/table.js';
import { scenarios, scenariosOf } from '../../bench/scenarios.js';

const doubled = pairedResult(
  ['pools', 'select <1>: CPU'],
  [
    [10, 20],
    [20, 30],
    [30, 90],
  ],
  {
    ...{ unit: 'µs', by: 'stock', goal: { of: 'ratio', is: 'at most', limit: 1.6 } },
  },
);
const fast: Result = {
  ...{ scenario: 'journal', name: 'appended', unit: '/s', measured: spreadOf([200_000]) },
  goal: { of: 'measured', is: 'at least', limit: 100_000 },
};
const plain: Result = { scenario: 'collector', name: 'memory', unit: 'MB', measured: spreadOf([400]) };

describe('a result', () => {
  it('has the median and the quartiles of its runs', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, runs: 5 });
    expect(spreadOf([1, 2])).toMatchObject({ median: 1.5 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it('has the median of the ratios of pairs, which is not the ratio of the medians', () => {
    expect(doubled).toMatchObject({ measured: { median: 30 }, ratio: { median: 2, baseline: { median: 20 } } });
  });

  it('meets its goal, misses it, or has none', () => {
    expect([doubled, fast, plain].map(isMet)).toEqual([false, true, undefined]);
  });

  it('is a ratio of its baseline, else of its goal', () => {
    expect([doubled, fast, plain].map((result) => timesOf(result)?.median)).toEqual([2, 2, undefined]);
    expect([doubled, fast].map((result) => timesOf(result)?.goal)).toEqual([1.6, 1]);
  });

  it('stands in the table with its unit, its spread and its goal', () => {
    const lines = tableOf([doubled, fast, plain]).split('\n');
    expect(lines[1]).toMatch(
      /^select <1>: CPU +30\.0 µs +25\.0–60\.0 +stock 20\.0 µs +2\.00 × +1\.75–2\.50 +≤ 1\.60 × +missed$/,
    );
    expect(lines[4]).toMatch(/^appended +200,000\/s +≥ 100,000\/s +met$/);
    expect(lines[7]).toMatch(/^memory +400 MB$/);
  });
});

describe('the chart', () => {
  const chart = chartOf([doubled, fast, plain], (result) => isMet(result) === false);

  it('draws what is a ratio, with its goal, and nothing else', () => {
    expect(chart.match(/<rect class="bar/g)).toHaveLength(2);
    expect(chart.match(/<line class="goal/g)).toHaveLength(2);
    expect(chart.match(/<rect class="bar missed/g)).toHaveLength(1);
    expect(chart).not.toContain('memory');
  });

  it('escapes names, and has colours for dark pages', () => {
    expect(chart).toContain('select &lt;1&gt;: CPU');
    expect(chart).toContain('prefers-color-scheme: dark');
  });
});

describe('the check', () => {
  const bound = { scenario: 'pools', name: 'select <1>: CPU', comment: 'of a test' };

  const linesOf = (...of: Parameters<typeof exceededBounds>): string[] => exceededBounds(...of).map(({ line }) => line);

  it('names what exceeds its bound', () => {
    expect(linesOf([doubled], [{ ...bound, atMost: 1.9 }])).toEqual([
      'pools, select <1>: CPU: 2.00 ×, at most 1.90 × of stock',
    ]);
    expect(linesOf([doubled], [{ ...bound, atLeast: 2.1 }])).toEqual([
      'pools, select <1>: CPU: 2.00 ×, at least 2.10 × of stock',
    ]);
    expect(
      linesOf(
        [doubled],
        [
          { ...bound, atMost: 2 },
          { ...bound, atLeast: 2 },
        ],
      ),
    ).toEqual([]);
  });

  it('names what was not measured', () => {
    expect(linesOf([plain], [{ ...bound, atMost: 1 }])).toEqual(['pools, select <1>: CPU: was not measured']);
  });

  it('has bounds of scenarios that there are, each once, with where it comes from', async () => {
    const bounds = await readBounds();
    const known = scenarios.map(({ name }) => name);
    expect(bounds.filter(({ scenario }) => !known.includes(scenario))).toEqual([]);
    expect(new Set(bounds.map(({ scenario, name }) => `${scenario}, ${name}`)).size).toBe(bounds.length);
    expect(bounds.filter(({ atMost, atLeast }) => (atMost === undefined) === (atLeast === undefined))).toEqual([]);
    expect(bounds.filter(({ comment }) => comment.length < 10)).toEqual([]);
    // Each scenario has some.
    expect(known.filter((name) => !bounds.some(({ scenario }) => scenario === name))).toEqual([]);
  });
});

describe('scenarios', () => {
  it('are found by name, and one that there is not is refused with those that there are', () => {
    expect(scenariosOf('growth,proxy').map(({ name }) => name)).toEqual(['growth', 'proxy']);
    expect(scenariosOf(undefined)).toBe(scenarios);
    expect(() => scenariosOf('nothing')).toThrow(/there is no scenario nothing; there are analysis/);
  });
});
