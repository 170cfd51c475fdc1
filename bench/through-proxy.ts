import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installPackages } from '../test/database/apt.js';
import { findPrograms } from '../test/database/find-program.js';
import { median } from './compare.js';
import { startProxyStage, type Way } from './proxy-stage.js';

/** What a way to the database does in one run of sysbench. */
export interface ProxyFigure {
  readonly workload: string;
  readonly threads: number;
  readonly way: string;
  /** Transactions a second, and milliseconds of the 95th percentile: medians of the runs. */
  readonly throughput: number;
  readonly p95Ms: number;
  /** Median over the rounds of its throughput by that of the bare pipe. */
  readonly byPipe: number;
}

const WORKLOADS = ['oltp_point_select', 'oltp_read_only'];
const THREADS = [1, 8];
const run = promisify(execFile);

/**
 * sysbench, without TLS, against the database itself, through a bare pipe, and through the proxy. The ways take turns.
 * @param seconds of each run
 * @throws Error where sysbench is not there and cannot be installed
 */
export async function throughProxy({ rounds, seconds }: { rounds: number; seconds: number }): Promise<ProxyFigure[]> {
  if (findPrograms(['sysbench']).length === 0) {
    const problem = await installPackages(
      () => ['sysbench'],
      () => undefined,
    );
    if (problem !== undefined) throw new Error(problem);
  }
  const stage = await startProxyStage(['CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(80))']);
  const [direct, ...others] = stage.ways;
  if (direct === undefined) throw new Error('there is a way without a proxy');
  await sysbench(direct, stage.schema.name, ['oltp_read_only', 'prepare']);
  const figures = await compareWays([direct, ...others], stage.schema.name, rounds, seconds);
  await stage.stop();
  return figures;
}

async function compareWays(
  ways: readonly Way[],
  schema: string,
  rounds: number,
  seconds: number,
): Promise<ProxyFigure[]> {
  const figures: ProxyFigure[] = [];
  for (const workload of WORKLOADS) {
    for (const threads of THREADS) {
      const runs = new Map(ways.map(({ name }) => [name, [] as { tps: number; p95: number }[]]));
      // The first round warms up.
      for (let round = -1; round < rounds; round += 1) {
        for (const way of ways) {
          const measured = await measure(way, schema, workload, threads, round < 0 ? 2 : seconds);
          if (round >= 0) runs.get(way.name)?.push(measured);
        }
      }
      const piped = runs.get('pipe') ?? [];
      for (const [way, results] of runs) {
        const throughput = median(results.map(({ tps }) => tps));
        const byPipe = median(results.map(({ tps }, index) => tps / (piped[index]?.tps ?? Number.NaN)));
        figures.push({ workload, threads, way, throughput, p95Ms: median(results.map(({ p95 }) => p95)), byPipe });
      }
    }
  }
  return figures;
}

async function measure(
  way: Way,
  schema: string,
  workload: string,
  threads: number,
  seconds: number,
): Promise<{ tps: number; p95: number }> {
  const load = [`--threads=${threads}`, `--time=${seconds}`, '--db-ps-mode=disable', '--percentile=95', 'run'];
  const output = await sysbench(way, schema, [workload, ...load]);
  const [, tps = 'NaN'] = /transactions:\s+\d+\s+\(([\d.]+) per sec/.exec(output) ?? [];
  const [, p95 = 'NaN'] = /95th percentile:\s+([\d.]+)/.exec(output) ?? [];
  return { tps: Number(tps), p95: Number(p95) };
}

async function sysbench({ port, user, password }: Way, schema: string, args: readonly string[]): Promise<string> {
  const target = ['--mysql-host=127.0.0.1', `--mysql-port=${port}`, `--mysql-user=${user}`, `--mysql-db=${schema}`];
  const { stdout } = await run('sysbench', [...target, `--mysql-password=${password}`, '--table-size=10000', ...args]);
  return stdout;
}
