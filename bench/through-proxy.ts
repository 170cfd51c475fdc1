import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installPackages } from '../test/database/apt.js';
import { findPrograms } from '../test/database/find-program.js';
import { pairedResult } from './report/paired-result.js';
import type { Goal, Result } from './report/result.js';
import { startProxyStage, type Way, type WayName } from './proxy-stage.js';
import type { BenchOptions, Scenario } from './scenario.js';

const WORKLOADS = ['oltp_point_select', 'oltp_read_only'];
const THREADS = [1, 8];
const run = promisify(execFile);

/** All are held against what any proxy in Node costs at least. */
const BASELINE: WayName = 'pipe';
/** With eight threads. */
const LEAST_BY_PIPE: Goal = { of: 'ratio', is: 'at least', limit: 0.9 };

/** The scenario. */
export const proxy: Scenario = {
  name: 'proxy',
  about:
    'sysbench against the database itself, HAProxy, a bare Node pipe, a naive mysql2 proxy and the proxy, without TLS',
  run: throughProxy,
};

/**
 * sysbench, without TLS, against the database itself and through everything that stands in front of it. The ways take turns.
 * @throws Error where sysbench is not there and cannot be installed
 */
async function throughProxy({ rounds, seconds }: BenchOptions): Promise<readonly Result[]> {
  if (findPrograms(['sysbench']).length === 0) {
    const problem = await installPackages(
      () => ['sysbench'],
      () => undefined,
    );
    if (problem !== undefined) throw new Error(problem);
  }
  const stage = await startProxyStage(['CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(80))']);
  try {
    const [direct] = stage.ways;
    if (direct === undefined) throw new Error('there is a way without a proxy');
    await sysbench(direct, stage.schema.name, ['oltp_read_only', 'prepare']);
    const results: Result[] = [];
    for (const workload of WORKLOADS) {
      for (const threads of THREADS) {
        const times = { rounds: Math.ceil(rounds / 2), seconds };
        results.push(...(await compareWays(stage.ways, stage.schema.name, { workload, threads }, times)));
      }
    }
    return results;
  } finally {
    await stage.stop();
  }
}

/** One run of sysbench. */
interface Run {
  /** Transactions a second. */
  readonly tps: number;
  readonly p95Ms: number;
}

interface Load {
  readonly workload: string;
  readonly threads: number;
}

async function compareWays(
  ways: readonly Way[],
  schema: string,
  load: Load,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly Result[]> {
  const runs = ways.map(({ name }) => ({ name, list: [] as Run[] }));
  // The first round warms up.
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, way] of ways.entries()) {
      const measured = await measure(way, schema, load, round < 0 ? Math.min(2, seconds) : seconds);
      if (round >= 0) runs[index]?.list.push(measured);
    }
  }
  const piped = runs.find(({ name }) => name === BASELINE)?.list ?? [];
  return runs.flatMap(({ name, list }) => resultsOf(name, load, list, piped));
}

function resultsOf(way: WayName, { workload, threads }: Load, runs: readonly Run[], piped: readonly Run[]): Result[] {
  const named = `${workload}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${way}`;
  const pairs = (of: (run: Run) => number): (readonly [number, number])[] =>
    runs.map((run, index) => [of(piped[index] ?? run), of(run)] as const);
  const goal = way === 'proxy' && threads > 1 ? LEAST_BY_PIPE : undefined;
  const done = pairedResult(['proxy', `${named}: done`], pairs(doneOf), { unit: '/s', by: BASELINE, goal });
  const p95 = pairedResult(['proxy', `${named}: p95`], pairs(p95Of), { unit: 'ms', by: BASELINE });
  return way === BASELINE ? [done, p95].map(withoutRatio) : [done, p95];
}

function doneOf({ tps }: Run): number {
  return tps;
}

function p95Of({ p95Ms }: Run): number {
  return p95Ms;
}

/** The baseline is not held against itself. */
function withoutRatio({ scenario, name, unit, measured }: Result): Result {
  return { scenario, name, unit, measured };
}

async function measure(way: Way, schema: string, { workload, threads }: Load, seconds: number): Promise<Run> {
  const load = [`--threads=${threads}`, `--time=${seconds}`, '--db-ps-mode=disable', '--percentile=95', 'run'];
  const output = await sysbench(way, schema, [workload, ...load]);
  const [, tps = 'NaN'] = /transactions:\s+\d+\s+\(([\d.]+) per sec/.exec(output) ?? [];
  const [, p95 = 'NaN'] = /95th percentile:\s+([\d.]+)/.exec(output) ?? [];
  return { tps: Number(tps), p95Ms: Number(p95) };
}

async function sysbench({ port, user, password }: Way, schema: string, args: readonly string[]): Promise<string> {
  const target = ['--mysql-host=127.0.0.1', `--mysql-port=${port}`, `--mysql-user=${user}`, `--mysql-db=${schema}`];
  const { stdout } = await run('sysbench', [...target, `--mysql-password=${password}`, '--table-size=10000', ...args]);
  return stdout;
}
