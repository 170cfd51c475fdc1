import type { ClientProcess } from './client-process.js';
import { pairedResult } from './report/paired-result.js';
import type { Goal, Result } from './report/result.js';
import type { Round } from './round.js';

/** Rounds of two clients that ran one after the other. */
export type RoundPair = readonly [baseline: Round, other: Round];

/** Until V8 has compiled what runs often, and its feedback has settled. */
const WARM_UP_ROUNDS = 4;

/** Runs two clients in turn, since the machine's speed drifts. */
export async function runPairs<Order extends { readonly inFlight: number }>(
  [baseline, other]: readonly [ClientProcess<Order>, ClientProcess<Order>],
  order: Order,
  rounds: number,
  warmUpRounds: number = WARM_UP_ROUNDS,
): Promise<readonly RoundPair[]> {
  const pairs: RoundPair[] = [];
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const pair: RoundPair = [await baseline.run(order), await other.run(order)];
    if (round >= 0) pairs.push(pair);
  }
  return pairs;
}

/** CPU of the client for each statement, beside that of a baseline. */
export function cpuResult(
  [scenario, name]: readonly [scenario: string, name: string],
  pairs: readonly RoundPair[],
  by: string,
  mostTimes?: number,
): Result {
  const values = pairs.map(([baseline, other]) => [baseline.cpuMicros, other.cpuMicros] as const);
  const goal: Goal | undefined = mostTimes === undefined ? undefined : { of: 'ratio', is: 'at most', limit: mostTimes };
  return pairedResult([scenario, `${name}: CPU`], values, { unit: 'µs', by, goal });
}

/** Statements a second, beside those of a baseline. */
export function throughputResult(
  [scenario, name]: readonly [scenario: string, name: string],
  pairs: readonly RoundPair[],
  by: string,
  leastTimes?: number,
): Result {
  const values = pairs.map(([baseline, other]) => [baseline.throughput, other.throughput] as const);
  const goal: Goal | undefined =
    leastTimes === undefined ? undefined : { of: 'ratio', is: 'at least', limit: leastTimes };
  return pairedResult([scenario, `${name}: done`], values, { unit: '/s', by, goal });
}
