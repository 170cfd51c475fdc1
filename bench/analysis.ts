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
import type { Result } from './report/result.js';
import { quantile, type Spread, spreadOf } from './report/spread.js';
import type { BenchOptions, Scenario } from './scenario.js';
import { bigInsert, distinctStatement, pointSelectText, wideSelect, widestSelect } from './analysis-texts.js';

// What is installed, not what tsx makes of the source.
const built = new URL('../dist/src/sql/index.js', import.meta.url).href;
const { createAnalyser } = (await import(built)) as typeof sql;
const DIALECT = { flavour: 'mariadb', version: 101118 } as const;
/** The parser is large: it takes V8 some thousand statements to compile what is used of it. */
const WARM_UP_ROUNDS = 15;
const SQL_MODE = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';

/** The scenario. */
export const analysis: Scenario = {
  name: 'analysis',
  about: 'CPU and memory of knowing what a statement does',
  run: async ({ rounds }: BenchOptions) => [...cached(rounds), ...cold(rounds), ...cacheMemory()],
};

/** A text that is cached, and how often it is looked at in a round. */
interface CachedText {
  readonly name: string;
  readonly text: string;
  readonly calls: number;
  readonly goal: number;
}

/** Texts that are cached, in turn. */
function cached(rounds: number): readonly Result[] {
  const texts: readonly CachedText[] = [
    { name: 'cached, 60 B', text: pointSelectText(), calls: 200_000, goal: 1 },
    { name: 'cached, 2 kB', text: wideSelect(), calls: 20_000, goal: 12 },
    { name: 'cached, 1 MB', text: bigInsert(), calls: 10, goal: 5_000 },
  ];
  const prepared = texts.map((text) => ({
    ...text,
    ...freshAnalyser(),
    bytes: Buffer.from(text.text),
    times: [] as number[],
  }));
  for (let round = -1; round < rounds; round += 1) {
    for (const { analyser, scope, bytes, calls, times } of prepared) {
      const start = cpuMicros();
      for (let call = 0; call < calls; call += 1) analyser.analyse(bytes, 0, bytes.length, scope);
      if (round >= 0) times.push((cpuMicros() - start) / calls);
    }
  }
  return prepared.map(({ name, times, goal }) => atMost(name, 'µs', spreadOf(times), goal));
}

/** Mean and 99th percentile over statements that are not cached, of each the median and the quartiles of the rounds, compiled code warm. */
function cold(rounds: number): readonly Result[] {
  const statements = sampleStatements().map((statement) => ({ bytes: Buffer.from(statement), times: [] as number[] }));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const { analyser, scope } = freshAnalyser();
    for (const { bytes, times } of statements) {
      const start = cpuMicros();
      analyser.analyse(bytes, 0, bytes.length, scope);
      if (round >= 0) times.push(cpuMicros() - start);
    }
  }
  const spreads = statements.map(({ times }) => spreadOf(times));
  const over = (of: (values: readonly number[]) => number): Spread => {
    const [low, median, high] = (['low', 'median', 'high'] as const).map((part) => of(spreads.map((s) => s[part])));
    return { low: low ?? 0, median: median ?? 0, high: high ?? 0, runs: rounds };
  };
  const mean = over((values) => values.reduce((sum, time) => sum + time, 0) / values.length);
  const worst = over((values) => quantile(values, 0.99));
  return [atMost('not cached, mean', 'µs', mean, 250), atMost('not cached, 99th percentile', 'µs', worst, 1_500)];
}

/** What the heap grows by when more texts are analysed than the cache keeps. */
function cacheMemory(): readonly Result[] {
  const fillings = [
    { name: 'full cache, 10,000 short texts', textOf: distinctStatement, texts: 10_500, rounds: 3 },
    // Once: each of them takes long, and a heap is the same each time.
    { name: 'full cache, longest texts', textOf: widestSelect, texts: 300, rounds: 1 },
  ];
  return fillings.map(({ name, textOf, texts, rounds }) => {
    const sizes = Array.from({ length: rounds }, () => grownBy(textOf, texts) / 2 ** 20);
    return atMost(name, 'MB', spreadOf(sizes), 64);
  });
}

function grownBy(textOf: (index: number) => string, texts: number): number {
  const before = heapBytes();
  const { analyser, scope } = freshAnalyser();
  for (let index = 0; index < texts; index += 1) {
    const bytes = Buffer.from(textOf(index));
    analyser.analyse(bytes, 0, bytes.length, scope);
  }
  const grown = heapBytes() - before;
  analyser.scope(DIALECT, 'shop', SQL_MODE); // alive until here
  return grown;
}

function freshAnalyser(): { readonly analyser: sql.Analyser; readonly scope: ReturnType<sql.Analyser['scope']> } {
  const analyser = createAnalyser();
  return { analyser, scope: analyser.scope(DIALECT, 'shop', SQL_MODE) };
}

function atMost(name: string, unit: 'µs' | 'MB', measured: Spread, limit: number): Result {
  return { scenario: 'analysis', name, unit, measured, goal: { of: 'measured', is: 'at most', limit } };
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

/** CPU of this process so far: other processes on the same cores do not count. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
