/**
 * `npm run fuzz -- [--inputs N] [--seed S] [--from I] [--analyse-every N] [--workers N] [--server | --wire]`: random and mutated inputs through lexer,
 * fingerprint and analysis. Fails on an exception, on a broken promise of the analysis, and on an input above 50 ms, each time. With `--server`,
 * inputs that are understood as harmless are also run on a throw-away server, whose data must stay as it was. With `--wire`, spoiled packets of
 * clients and servers go through the governed wire.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FuzzOrder, FuzzReport } from './fuzz-run.js';
import { describeReports } from './fuzz-report.js';
import { startAgents } from '../governed/agents.js';
import { fuzzServer } from './server-fuzz.js';
import { fuzzWire } from './wire-fuzz.js';

// A leak shows as a process that ends.
const MOST_HEAP_MB = 512;
const PROGRAM = fileURLToPath(new URL('worker.ts', import.meta.url));

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string' },
    from: { type: 'string', default: '0' },
    'analyse-every': { type: 'string', default: '32' },
    workers: { type: 'string' },
    server: { type: 'boolean', default: false },
    wire: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? randomInt(2 ** 31));
const from = Number(values.from);
const to = from + Number(values.inputs);
const workers = Number(values.workers ?? availableParallelism());
process.stdout.write(`seed ${String(seed)}, inputs ${String(from)} to ${String(to - 1)}\n`);

const start = performance.now();
if (values.wire) {
  await fuzzTheWire();
} else if (values.server) {
  const { text, isClean } = await fuzzServer({ seed, from, to });
  process.stdout.write(text);
  if (!isClean) process.exitCode = 1;
} else {
  const orders = Array.from({ length: workers }, (_, worker) => orderOf(from + worker));
  const { text, isClean } = describeReports(seed, await Promise.all(orders.map(runWorker)));
  process.stdout.write(`${text}${((performance.now() - start) / 1000).toFixed(0)} s on ${String(workers)} processes\n`);
  if (!isClean) process.exitCode = 1;
}

function orderOf(first: number): FuzzOrder {
  return { seed, from: first, to, step: workers, analyseEvery: Number(values['analyse-every']), maxBytes: 1_000_000 };
}

async function runWorker(order: FuzzOrder): Promise<FuzzReport> {
  const execArgv = ['--import', 'tsx', `--max-old-space-size=${String(MOST_HEAP_MB)}`];
  const child = fork(PROGRAM, [JSON.stringify(order)], { execArgv });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`a process of the fuzzer ended: ${String(code ?? signal)}`);
  });
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [FuzzReport];
  await ended.catch(() => undefined);
  return report;
}

async function fuzzTheWire(): Promise<void> {
  const agents = await startAgents();
  const directory = await mkdtemp(join(tmpdir(), 'countersign-wire-fuzz-'));
  const report = await fuzzWire({ seed, from, to }, await agents.identity('anna'), directory);
  const { rss } = process.memoryUsage();
  process.stdout.write(
    `${report.packets} packets in ${report.sessions} sessions, ${report.forwarded} commands sent on, ${(rss / 2 ** 20).toFixed(0)} MB of memory\n` +
      `${report.failures.join('\n')}\n${((performance.now() - start) / 1000).toFixed(0)} s\n`,
  );
  if (report.failures.length > 0) process.exitCode = 1;
  await agents.stop();
  await rm(directory, { recursive: true, force: true });
}
