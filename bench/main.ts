/**
 * `npm run bench`: the cost of Countersign beside the stock driver and beside what else stands in front of a database, and of its parts by themselves.
 * Options, after `--`: `--list`; `--only NAME[,NAME]`; `--quick`, for fewer and shorter rounds; `--rounds N` (default 7), `--statements N` (of a round,
 * default 5,000), `--records N` (of each run of the journal, default 1,000,000, and of the collector, default 300,000), `--sessions N` (that do nothing,
 * of the proxy's memory, default 5,000); `--json FILE`, `--svg FILE`; `--check`, which ends with 1 where a ratio exceeds its bound in
 * `bench/bounds.json` twice.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/message-of.js';
import { chartOf } from './report/chart.js';
import { exceededBounds, readBounds } from './report/check.js';
import { isMet, type Result } from './report/result.js';
import { tableOf } from './report/table.js';
import type { BenchOptions, Scenario } from './scenario.js';
import { scenarios, scenariosOf } from './scenarios.js';

const { values } = parseArgs({
  options: {
    ...{ list: { type: 'boolean' }, only: { type: 'string' }, quick: { type: 'boolean' } },
    ...{ rounds: { type: 'string' }, statements: { type: 'string' }, records: { type: 'string' } },
    ...{ sessions: { type: 'string' }, json: { type: 'string' }, svg: { type: 'string' }, check: { type: 'boolean' } },
  },
});
const WRONG_USE = 2;
const FULL: BenchOptions = { rounds: 7, statements: 5_000, records: undefined, sessions: 5_000, seconds: 4 };
const QUICK: BenchOptions = { rounds: 3, statements: 1_000, records: 50_000, sessions: 500, seconds: 1 };

if (values.list === true) {
  process.stdout.write(scenarios.map(({ name, about }) => `${name.padEnd(14)}${about}\n`).join(''));
} else {
  await runBench(...asked());
}

/** What the command line asks for; without, the process ends. */
function asked(): [chosen: readonly Scenario[], options: BenchOptions] {
  try {
    return [scenariosOf(values.only), optionsOf(values.quick === true ? QUICK : FULL)];
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(WRONG_USE);
  }
}

async function runBench(chosen: readonly Scenario[], options: BenchOptions): Promise<void> {
  const results = await runAll(chosen, options);
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify(reportOf(options, results), undefined, 2)}\n`);
  if (values.svg !== undefined)
    await writeFile(
      values.svg,
      chartOf(results, (result) => isMet(result) === false),
    );
  if (values.check === true) await check(chosen, results, options);
  // What a scenario that failed has started would keep this process, and ends with it.
  if (process.exitCode === 1) process.exit();
}

/** Prints each scenario as it is done. One that fails does not keep the others from being measured. */
async function runAll(chosen: readonly Scenario[], options: BenchOptions): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const { name, run } of chosen) {
    const began = performance.now();
    try {
      const found = await run(options);
      results.push(...found);
      const seconds = ((performance.now() - began) / 1_000).toFixed(0);
      process.stdout.write(`${tableOf(found)}\n(${name}: ${seconds} s)\n\n`);
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(
        `${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
    }
  }
  return results;
}

/** What exceeds a bound is measured once more: a machine with other work on it is slow now and then. */
async function check(chosen: readonly Scenario[], results: readonly Result[], options: BenchOptions): Promise<void> {
  const bounds = (await readBounds()).filter(({ scenario }) => chosen.some(({ name }) => name === scenario));
  const suspected = exceededBounds(results, bounds).map(({ bound }) => bound);
  const again = chosen.filter(({ name }) => suspected.some(({ scenario }) => scenario === name));
  if (again.length > 0)
    process.stdout.write(`out of bounds, and measured again: ${again.map(({ name }) => name).join(', ')}\n\n`);
  const exceeded = suspected.length === 0 ? [] : exceededBounds(await runAll(again, options), suspected);
  if (exceeded.length > 0) process.exitCode = 1;
  const lines = exceeded.map(({ line }) => `${line}\n`).join('');
  process.stdout.write(lines === '' ? 'all ratios are within their bounds\n' : `out of bounds, twice:\n${lines}`);
}

function optionsOf(base: BenchOptions): BenchOptions {
  return {
    ...base,
    rounds: countOf('rounds', values.rounds) ?? base.rounds,
    statements: countOf('statements', values.statements) ?? base.statements,
    records: countOf('records', values.records) ?? base.records,
    sessions: countOf('sessions', values.sessions) ?? base.sessions,
  };
}

function countOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError(`--${name} is a whole number from 1 on`);
}

function reportOf(options: BenchOptions, results: readonly Result[]): object {
  const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, cores: cpus().length };
  const withMet = results.map((result) => ({ ...result, isMet: isMet(result) }));
  return { time: new Date().toISOString(), machine, options, results: withMet };
}
