/**
 * `npm run bench`: the cost of Countersign beside the stock driver, in one run. Options: `--json`, `--rounds N` (default 7),
 * `--statements N` (default 5000).
 *
 * @module
 */
import { parseArgs } from 'node:util';
import type { Comparison } from './compare.js';
import { pointSelect } from './point-select.js';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string' }, statements: { type: 'string' } },
});
const rounds = Number(values.rounds ?? 7);
const statements = Number(values.statements ?? 5_000);

const results = await pointSelect({ rounds, statements });
if (values.json === true) process.stdout.write(`${JSON.stringify({ rounds, statements, results }, undefined, 2)}\n`);
else print(results);

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
