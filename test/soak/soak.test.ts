import { expect, inject, it } from 'vitest';
import { runSoak } from '../../bench/soak/run-soak.js';

const MINUTES = 1;
const RATE = 60;

it('heap, memory, descriptors and journal stay flat for a minute, while a collector is killed and connections are cut', async () => {
  const report = await runSoak({ minutes: MINUTES, rate: RATE, database: inject('database') });
  expect(report.figures.filter(({ isFlat }) => !isFlat)).toEqual([]);
  expect(report.isFlat).toBe(true);
  // Heap, memory and journal of both ways, and of the collector what it has; descriptors where the system tells.
  expect(report.figures.length).toBeGreaterThanOrEqual(8);
  expect(report.kills).toBeGreaterThan(1);
  expect(report.cuts).toBeGreaterThan(1);
  for (const { cut, ...done } of [report.embedded, report.proxied]) {
    const counts = Object.values(done);
    // Everything was done, and mostly without a cut in between.
    expect(Math.min(...counts)).toBeGreaterThan(10);
    expect(cut).toBeLessThan(counts.reduce((sum, count) => sum + count, 0) / 10);
  }
  expect(report.delivered).toBe(true);
  expect(report.records.killed).toBe(report.records.steady);
  expect(report.records.steady).toBeGreaterThan(MINUTES * 60 * RATE);
}, 180_000);
