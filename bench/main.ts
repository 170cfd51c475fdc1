/**
 * `npm run bench`: the cost of Countersign beside the stock driver, and of the analysis and the journal by themselves. Options: `--json`, `--rounds N` (default
 * 7), `--statements N` (default 5000), `--only pools|orms|analysis|journal|proxy|proxy-memory|collector|start-up`, `--records N` (of each run of the journal, default
 * 1,000,000, and of the collector, default 300,000), `--sessions N` (that do nothing, of the proxy's memory, default 5,000).
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { analysis } from './analysis.js';
import { collector, type CollectorFigures } from './collector.js';
import type { Comparison } from './compare.js';
import type { Figure } from './figure.js';
import { journal } from './journal.js';
import { memoryOfProxy, type ProxyMemory } from './proxy-memory.js';
import type { Round, Streamed } from './round.js';
import { type StartUp, startUp } from './start-up.js';
import { throughOrms } from './through-orms.js';
import { type PoolFigures, throughPools } from './through-pools.js';
import { type ProxyFigure, throughProxy } from './through-proxy.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string' },
    statements: { type: 'string' },
    only: { type: 'string' },
    records: { type: 'string' },
    sessions: { type: 'string' },
  },
});
const rounds = Number(values.rounds ?? 7);
const statements = Number(values.statements ?? 5_000);

const runs = (part: string): boolean => values.only === undefined || values.only === part;
const figures = runs('analysis') ? analysis(rounds) : [];
const journalFigures = runs('journal') ? await journal(Number(values.records ?? 1_000_000)) : [];
const proxied = runs('proxy') ? await throughProxy({ rounds: Math.ceil(rounds / 2), seconds: 4 }) : [];
const memory = runs('proxy-memory') ? await memoryOfProxy(Number(values.sessions ?? 5_000)) : undefined;
const collected = runs('collector') ? await collector(Number(values.records ?? 300_000)) : undefined;
const started = runs('start-up') ? await startUp(rounds * 3) : undefined;
const pools = runs('pools') ? await throughPools({ rounds, statements }) : undefined;
const orms = runs('orms') ? await throughOrms({ rounds, statements }) : [];
if (values.json === true) {
  process.stdout.write(
    `${JSON.stringify({ rounds, statements, results: pools?.comparisons ?? [], orms, durable: pools?.durable, large: pools?.large, analysis: figures, journal: journalFigures, proxy: proxied, proxyMemory: memory, collector: collected, startUp: started }, undefined, 2)}\n`,
  );
} else {
  if (pools !== undefined) {
    print(pools.comparisons);
    printDurable(pools.durable);
    printLarge(pools.large);
  }
  if (orms.length > 0) print(orms);
  if (proxied.length > 0) printProxied(proxied);
  if (memory !== undefined) printMemory(memory);
  if (collected !== undefined) printCollected(collected);
  if (started !== undefined) printStartUp(started);
  if (figures.length > 0) printFigures('analysis', figures);
  if (journalFigures.length > 0) printFigures('journal', journalFigures);
}

function print(comparisons: readonly Comparison[]): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(36) : cell.padStart(14))).join('');
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

function printDurable({ stock, governed, throughputRatio }: Comparison): void {
  const rate = ({ throughput }: Round): string => `${throughput.toFixed(0)}/s`;
  process.stdout.write(
    `durability, 16 in flight: os ${rate(stock)}, disk ${rate(governed)}, ${throughputRatio.toFixed(2)} ×\n`,
  );
}

function printLarge({ stock, governed }: PoolFigures['large']): void {
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  const line = ({ bytes, growth, seconds }: Streamed): string =>
    `${megabytes(bytes)} in ${seconds.toFixed(1)} s, memory grew by ${megabytes(growth)}`;
  process.stdout.write(`a large result, streamed, stock: ${line(stock)}\n`);
  process.stdout.write(`a large result, streamed, governed and masked: ${line(governed)}\n`);
}

function printFigures(what: string, list: readonly Figure[]): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(40) : cell.padStart(14))).join('');
  const lines = list.map(({ name, measured, goal, unit }) =>
    row([name, `${measured.toFixed(2)} ${unit}`, `${String(goal)} ${unit}`, measured <= goal ? 'met' : 'missed']),
  );
  process.stdout.write(`${[row([what, 'measured', 'goal', '']), ...lines].join('\n')}\n`);
}

function printProxied(list: readonly ProxyFigure[]): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(20) : cell.padStart(12))).join('');
  const lines = list.map(({ workload, threads, way, throughput, p95Ms, byPipe }) =>
    row([
      workload,
      String(threads),
      way,
      `${throughput.toFixed(0)}/s`,
      `${p95Ms.toFixed(2)} ms`,
      `${byPipe.toFixed(2)} ×`,
    ]),
  );
  process.stdout.write(`${[row(['sysbench', 'threads', 'way', 'done', 'p95', 'by pipe']), ...lines].join('\n')}\n`);
}

function printMemory({ sessions, pipeBytes, proxyBytes, result }: ProxyMemory): void {
  const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;
  const own = kilobytes(proxyBytes - pipeBytes);
  process.stdout.write(
    `${sessions} idle sessions: ${kilobytes(proxyBytes)} each in the proxy, ${kilobytes(pipeBytes)} in a bare pipe, so ${own} of its own\n`,
  );
  const [size, growth] = [result.bytes, result.growth].map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`);
  process.stdout.write(`a result of ${size} in ${result.seconds.toFixed(1)} s: the proxy grew by ${growth}\n`);
}

function printCollected(figures: CollectorFigures): void {
  const { records, perSecond, perCpuSecond, bytesOnDisk, memoryBytes, searches } = figures;
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  process.stdout.write(
    `collector: ${records} records at ${perSecond.toFixed(0)}/s, ${perCpuSecond.toFixed(0)} for each second of its CPU; ${megabytes(bytesOnDisk)} on disk, ${megabytes(memoryBytes)} of memory\n`,
  );
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(28) : cell.padStart(12))).join('');
  const lines = searches.map(({ name, medianMs, p99Ms }) =>
    row([name, `${medianMs.toFixed(1)} ms`, `${p99Ms.toFixed(1)} ms`]),
  );
  process.stdout.write(`${[row(['search by', 'median', 'p99']), ...lines].join('\n')}\n`);
}

function printStartUp({ bareMs, registeredMs }: StartUp): void {
  const added = (registeredMs - bareMs).toFixed(0);
  process.stdout.write(
    `an empty program starts in ${bareMs.toFixed(0)} ms, with countersign/register in ${registeredMs.toFixed(0)} ms: ${added} ms more\n`,
  );
}
