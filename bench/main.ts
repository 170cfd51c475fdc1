/**
 * `npm run bench`: the cost of Countersign beside the stock driver, and of the analysis by itself. Options: `--json`, `--rounds N` (default
 * 7), `--statements N` (default 5000), `--only pools|analysis`.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { analysis, type Figure } from './analysis.js';
import type { Comparison } from './compare.js';
import { throughPools } from './through-pools.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string' },
    statements: { type: 'string' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds ?? 7);
const statements = Number(values.statements ?? 5_000);

const figures = values.only === 'pools' ? [] : analysis(rounds);
const results = values.only === 'analysis' ? [] : await throughPools({ rounds, statements });
if (values.json === true) {
  process.stdout.write(`${JSON.stringify({ rounds, statements, results, analysis: figures }, undefined, 2)}\n`);
} else {
  if (results.length > 0) print(results);
  if (figures.length > 0) printFigures(figures);
}

function print(comparisons: readonly Comparison[]): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(24) : cell.padStart(14))).join('');
  const lines = [row(['scenario', 'in flight', 'stock µs', 'governed µs', 'cpu ratio', 'throughput'])];
  for (const { scenario, inFlight, stock, governed, cpuRatio, throughputRatio } of comparisons) {
    lines.push(
      row([
        scenario,
        String(inFlight),
        stock.cpuMicros.toFixed(1),
        governed.cpuMicros.toFixed(1),
        `${cpuRatio.toFixed(2)} ×`,
        `${throughputRatio.toFixed(2)} ×`,
      ]),
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function printFigures(list: readonly Figure[]): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(40) : cell.padStart(14))).join('');
  const lines = list.map(({ name, measured, goal, unit }) =>
    row([name, `${measured.toFixed(2)} ${unit}`, `${String(goal)} ${unit}`, measured <= goal ? 'met' : 'missed']),
  );
  process.stdout.write(`${[row(['analysis', 'measured', 'goal', '']), ...lines].join('\n')}\n`);
}
