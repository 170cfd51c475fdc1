/**
 * What it costs to know what a statement does: the lexer with a cached verdict, an analysis that is not cached, and the memory of a cache that
 * is full. In this process, without a database.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type * as sql from '../src/sql/index.js';
import { sampleStatements } from '../test/fuzz/sample-statements.js';
import type { Figure } from './figure.js';
import { bigInsert, distinctStatement, pointSelectText, wideSelect, widestSelect } from './analysis-texts.js';

// What is installed, not what tsx makes of the source.
const built = new URL('../dist/src/sql/index.js', import.meta.url).href;
const { createAnalyser } = (await import(built)) as typeof sql;
const DIALECT = { flavour: 'mariadb', version: 101118 } as const;
/** The parser is large: it takes V8 some thousand statements to compile what is used of it. */
const WARM_UP_ROUNDS = 15;
const SQL_MODE = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';

/** All figures of the scenario. */
export function analysis(rounds: number): readonly Figure[] {
  return [
    ...cached(rounds, 'cached, 60 B', pointSelectText(), 200_000, 1),
    ...cached(rounds, 'cached, 2 kB', wideSelect(), 20_000, 12),
    ...cached(rounds, 'cached, 1 MB', bigInsert(), 10, 5_000),
    ...cold(rounds),
    cacheMemory('full cache, 10,000 short texts', distinctStatement, 10_500),
    cacheMemory('full cache, longest texts', widestSelect, 300),
  ];
}

/** Median of the rounds of a text that is cached. */
function* cached(rounds: number, name: string, text: string, calls: number, goal: number): Generator<Figure> {
  const analyser = createAnalyser();
  const scope = analyser.scope(DIALECT, 'shop', SQL_MODE);
  const bytes = Buffer.from(text);
  const times: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const start = cpuMicros();
    for (let call = 0; call < calls; call += 1) analyser.analyse(bytes, 0, bytes.length, scope);
    if (round >= 0) times.push((cpuMicros() - start) / calls);
  }
  yield { name, measured: quantile(times, 0.5), goal, unit: 'µs' };
}

/** Mean and 99th percentile over statements that are not cached, of each the median of the rounds, compiled code warm. */
function* cold(rounds: number): Generator<Figure> {
  const statements = sampleStatements().map((statement) => ({ bytes: Buffer.from(statement), times: [] as number[] }));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const analyser = createAnalyser();
    const scope = analyser.scope(DIALECT, 'shop', SQL_MODE);
    for (const { bytes, times } of statements) {
      const start = cpuMicros();
      analyser.analyse(bytes, 0, bytes.length, scope);
      if (round >= 0) times.push(cpuMicros() - start);
    }
  }
  const medians = statements.map(({ times }) => quantile(times, 0.5));
  const mean = medians.reduce((sum, time) => sum + time, 0) / medians.length;
  yield { name: `not cached, mean of ${String(medians.length)} statements`, measured: mean, goal: 250, unit: 'µs' };
  yield { name: 'not cached, 99th percentile of them', measured: quantile(medians, 0.99), goal: 1_500, unit: 'µs' };
}

/** CPU of this process so far: other processes on the same cores do not count. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** What the heap grows by when more texts are analysed than the cache keeps. */
function cacheMemory(name: string, textOf: (index: number) => string, texts: number): Figure {
  const before = heapBytes();
  const analyser = createAnalyser();
  const scope = analyser.scope(DIALECT, 'shop', SQL_MODE);
  for (let index = 0; index < texts; index += 1) {
    const bytes = Buffer.from(textOf(index));
    analyser.analyse(bytes, 0, bytes.length, scope);
  }
  const measured = (heapBytes() - before) / 2 ** 20;
  analyser.scope(DIALECT, 'shop', SQL_MODE); // alive until here
  return { name, measured, goal: 64, unit: 'MB' };
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

/** A quantile of a list that is not empty. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
