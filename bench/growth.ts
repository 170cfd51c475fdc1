import type { PoolOptions } from 'mysql2/promise';
import { type PoolClient, startClient } from './client-process.js';
import { type ClientStage, startClientStage } from './client-stage.js';
import { type RoundPair, runPairs } from './compare.js';
import { GROWTH_MASK, GROWTH_SCHEMA, type GrowthPoint, growthPoints } from './growth-points.js';
import { pairedResult } from './report/paired-result.js';
import type { Result } from './report/result.js';
import { spreadOf } from './report/spread.js';
import type { BenchOptions, Scenario } from './scenario.js';

/** There are many points, and each has its neighbours to be judged by. */
const MOST_ROUNDS = 5;
const WARM_UP_ROUNDS = 2;
/** Of a round of the pools, for which the points have their numbers; with less than half of them, clients that were just started would be compared. */
const STATEMENTS = 5_000;
const LEAST_STATEMENTS = 2_500;

/** The scenario. */
export const growth: Scenario = {
  name: 'growth',
  about: 'CPU that is added to a statement as rows, text, rules, masked columns, connections and cache misses grow',
  run: throughGrowth,
};

/** Stock and governed clients in turn, point by point. */
async function throughGrowth({ rounds, statements }: BenchOptions): Promise<readonly Result[]> {
  const stage = await startClientStage(GROWTH_SCHEMA, [GROWTH_MASK]);
  const connection = stage.connection as PoolOptions;
  const stock = await startClient({ connection });
  const governed = await startClient({ connection, governor: stage.governor('growth', 'os') });
  const share = Math.max(statements, LEAST_STATEMENTS) / STATEMENTS;
  const results: Result[] = [];
  for (const point of growthPoints()) {
    const client = point.extent === undefined ? governed : await startExtended(stage, point);
    if (point.warmUp !== undefined) for (const each of [stock, client]) await each.run(point.warmUp);
    const order = { ...point.order, statements: Math.ceil(point.order.statements * share) };
    const pairs = await runPairs([stock, client], order, Math.min(rounds, MOST_ROUNDS), WARM_UP_ROUNDS);
    results.push(addedResult(point.name, pairs));
    if (client !== governed) await client.stop();
  }
  await Promise.all([stock.stop(), governed.stop()]);
  await stage.stop();
  return results;
}

function startExtended(stage: ClientStage, { name, extent }: GrowthPoint): Promise<PoolClient> {
  const journal = name.replaceAll(/\W+/g, '-');
  return startClient({ connection: stage.connection as PoolOptions, governor: stage.governor(journal, 'os', extent) });
}

/** What is measured is what comes to a statement; the ratio is that of the whole. */
function addedResult(name: string, pairs: readonly RoundPair[]): Result {
  const cpu = pairs.map(([stock, governed]) => [stock.cpuMicros, governed.cpuMicros] as const);
  const added = spreadOf(cpu.map(([stock, governed]) => governed - stock));
  return { ...pairedResult(['growth', name], cpu, { unit: 'µs', by: 'stock' }), measured: added };
}
