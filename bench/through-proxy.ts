import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clientCredentials } from 'countersign';
import { installPackages } from '../test/database/apt.js';
import { findPrograms } from '../test/database/find-program.js';
import { startDatabase } from '../test/database/index.js';
import { createSchema } from '../test/database/schema.js';
import { startAgents } from '../test/governed/agents.js';
import { median } from './compare.js';
import type { ProxySetup } from './proxy-process.js';
import { startReceiver } from './receiver-process.js';

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

interface Way {
  readonly name: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const WORKLOADS = ['oltp_point_select', 'oltp_read_only'];
const THREADS = [1, 8];
const run = promisify(execFile);
const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * sysbench, without TLS, against the database itself, through a bare pipe, and through the proxy with all of it: identity, default rules, a masked
 * column in the schema, tags, journal at `os`, delivery over HTTP. The ways take turns.
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
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-proxy-'));
  const database = await startDatabase();
  const schema = await createSchema(database, ['CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(80))']);
  const agents = await startAgents();
  const receiver = await startReceiver();
  const { host, port, user, password } = schema.connection;
  const direct: Way = { name: 'direct', port, user, password };
  await sysbench(direct, schema.name, ['oltp_read_only', 'prepare']);
  const pipe = fork(program('pipe.ts'), [host, String(port)], { execArgv: ['--import', 'tsx'] });
  const [pipePort] = (await once(pipe, 'message')) as [number];
  const { issuer, audience, ...client } = agents.credentials('anna');
  const setup: ProxySetup = {
    upstream: { hosts: [`${host}:${port}`], login: { user, password }, tls: false },
    tokens: { issuer, audience },
    maskedColumn: `${schema.name}.customers.email`,
    journal: join(directory, 'journal'),
    receiver: receiver.url,
  };
  const proxy = fork(program('proxy-process.ts'), [JSON.stringify(setup)], { execArgv: ['--import', 'tsx'] });
  const [started] = (await once(proxy, 'message')) as [{ port: number; credentials: string }];
  const token = await clientCredentials({ ...client, audience }).getToken();
  const answer = await fetch(started.credentials, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  const login = (await answer.json()) as { user: string; password: string };
  const ways = [direct, { ...direct, name: 'pipe', port: pipePort }, { name: 'proxy', port: started.port, ...login }];
  const figures = await compareWays(ways, schema.name, rounds, seconds);
  await Promise.all([pipe, proxy].map(end));
  await receiver.stop();
  await agents.stop();
  await schema.drop();
  await database.stop();
  await rm(directory, { recursive: true, force: true });
  return figures;
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
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
