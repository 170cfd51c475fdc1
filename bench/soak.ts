/**
 * `npm run soak`: a governed program, a proxy and collectors at work, one of which is killed and started again now and then; says whether what they hold
 * stays the same. Options: `--minutes N` (default 60, at most 1,440), `--rate N` (done in a second, of either way, default 100), `--json FILE`.
 * Ends with 1 where something grows, or was not delivered.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Flatness, TimedSample } from './soak/flatness.js';
import { runSoak, type SoakReport } from './soak/run-soak.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, rate: { type: 'string' }, json: { type: 'string' } },
});
const minutes = bounded('minutes', values.minutes ?? '60', 0.5, 1_440);
const rate = bounded('rate', values.rate ?? '100', 1, 10_000);
const SAY_EVERY_SECONDS = 60;
let said = 0;
const report = await runSoak({ minutes, rate, onSample: sayNowAndThen });
print(report);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = report.isFlat && report.delivered ? 0 : 1;

function bounded(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new RangeError(`--${name} is from ${least} to ${most}`);
}

function sayNowAndThen(samples: Readonly<Record<string, TimedSample>>): void {
  const seconds = Math.max(...Object.values(samples).map((sample) => sample.seconds));
  if (seconds < said + SAY_EVERY_SECONDS) return;
  said = seconds;
  const held = Object.entries(samples).map(
    ([name, { heapBytes, descriptors = 0 }]) => `${name} ${megabytes(heapBytes)}, ${descriptors} descriptors`,
  );
  process.stdout.write(`${(seconds / 60).toFixed(0)} min: heap of ${held.join('; ')}\n`);
}

function print({ seconds, embedded, proxied, kills, cuts, records, delivered, figures }: SoakReport): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index < 2 ? cell.padEnd(13) : cell.padStart(14))).join('');
  const lines = figures.map((figure) => {
    const show = figure.what === 'descriptors' ? (value: number): string => value.toFixed(1) : megabytes;
    const { process: name, what, median, highest, growth, mostGrowth } = figure;
    return row([name, what, ...[median, highest, growth, mostGrowth].map(show), verdict(figure)]);
  });
  const total = (tally: SoakReport['embedded']): number => Object.values(tally).reduce((sum, count) => sum + count, 0);
  const head = row(['process', 'of it', 'median', 'highest', 'growth', 'at most', '']);
  process.stdout.write(
    `${(seconds / 60).toFixed(1)} minutes; done: ${total(embedded)} in a program, ${total(proxied)} through the proxy; the collector killed ${kills} times, all connections cut ${cuts} times\n` +
      `records: ${records.steady} at the collector that stayed up, ${records.killed} at the one that was killed; ${delivered ? 'all delivered' : 'NOT ALL DELIVERED'}\n` +
      `over the second half:\n${[head, ...lines].join('\n')}\n`,
  );
}

function verdict({ isFlat }: Flatness): string {
  return isFlat ? 'flat' : 'GROWS';
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MB`;
}
