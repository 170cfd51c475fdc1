import type { ClientProcess } from './client-process.js';
import type { Round } from './round.js';

/** A governed client's rounds beside those of the stock driver, which ran in turn with them. */
export interface Comparison {
  readonly scenario: string;
  readonly inFlight: number;
  /** Medians. */
  readonly stock: Round;
  readonly governed: Round;
  /** Median over pairs of rounds of governed CPU by stock CPU. */
  readonly cpuRatio: number;
  /** Median over pairs of rounds of governed throughput by stock throughput. */
  readonly throughputRatio: number;
}

/** Until V8 has compiled what runs often, and its feedback has settled. */
const WARM_UP_ROUNDS = 4;

/** Runs two clients in turn and compares them pair by pair, since the machine's speed drifts. */
export async function compare<Order extends { readonly inFlight: number }>(
  scenario: string,
  [stock, governed]: readonly [ClientProcess<Order>, ClientProcess<Order>],
  order: Order,
  rounds: number,
): Promise<Comparison> {
  const pairs: [Round, Round][] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const pair: [Round, Round] = [await stock.run(order), await governed.run(order)];
    if (round >= 0) pairs.push(pair);
  }
  const middle = (side: 0 | 1): Round => ({
    cpuMicros: median(pairs.map((pair) => pair[side].cpuMicros)),
    throughput: median(pairs.map((pair) => pair[side].throughput)),
  });
  return {
    scenario,
    inFlight: order.inFlight,
    stock: middle(0),
    governed: middle(1),
    cpuRatio: median(pairs.map(([a, b]) => b.cpuMicros / a.cpuMicros)),
    throughputRatio: median(pairs.map(([a, b]) => b.throughput / a.throughput)),
  };
}

/** The middle value of a list that is not empty. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) throw new RangeError('the median of nothing');
  return middle;
}
