import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('node', ['--import', 'tsx', 'bench/main.ts', ...args], { encoding: 'utf8' });
}

it('measures a scenario, prints a table, and writes the figures and a chart', () => {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [json, svg] = [join(directory, 'bench.json'), join(directory, 'bench.svg')];
  const { status, stdout } = bench('--only', 'detectors', '--quick', '--json', json, '--svg', svg);
  expect(status).toBe(0);
  const report = JSON.parse(readFileSync(json, 'utf8')) as { options: unknown; results: { measured: object }[] };
  expect(report.options).toMatchObject({ rounds: 3 });
  expect(report.results).toMatchObject([
    { scenario: 'detectors', name: 'nothing in 1 kB', unit: 'µs', measured: { runs: 3 } },
    { scenario: 'detectors', name: 'three in 1 kB', unit: 'µs', measured: { runs: 3 } },
  ]);
  for (const { measured } of report.results) expect(Object.values(measured).every((figure) => figure > 0)).toBe(true);
  expect(stdout).toMatch(/^detectors +median +quartiles.*\nnothing in 1 kB +[\d.]+ µs.*\nthree in 1 kB +[\d.]+ µs/m);
  expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*nothing in 1 kB[\s\S]*<\/svg>\s*$/);
});

it('lists what it measures, and names what it does not', () => {
  expect(bench('--list')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^detectors /m) });
  expect(bench('--only', 'nothing')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^there is no scenario nothing; /),
  });
});
