import { performance } from 'node:perf_hooks';

/** What one round of a variant cost. */
export interface Round {
  /** CPU of this process, user and system, all threads, in microseconds a statement. */
  readonly cpuMicros: number;
  /** Statements a second. */
  readonly throughput: number;
}

/** One way of running the same statement. */
export interface Variant {
  readonly name: string;
  /** Runs one statement. */
  readonly run: (index: number) => Promise<unknown>;
  /** Waits for work that was put off, so that the round that caused it pays for it. */
  readonly settle: () => Promise<void>;
}

/** Runs `statements` of a variant, `inFlight` at a time. */
export async function measureRound(variant: Variant, statements: number, inFlight: number): Promise<Round> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < statements) await variant.run(next++);
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  const elapsed = performance.now() - start;
  await variant.settle();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMicros: (user + system) / statements, throughput: (statements / elapsed) * 1000 };
}

/** The middle value of a list that is not empty. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) throw new RangeError('the median of nothing');
  return middle;
}

/** A variant's rounds beside those of the stock driver, which ran in turn with them. */
export interface Comparison {
  readonly scenario: string;
  readonly inFlight: number;
  readonly stock: Round;
  readonly governed: Round;
  /** Median over pairs of rounds of governed CPU by stock CPU. */
  readonly cpuRatio: number;
  /** Median over pairs of rounds of governed throughput by stock throughput. */
  readonly throughputRatio: number;
}

/** Runs two variants in turn and compares them pair by pair, since the machine's speed drifts. */
export async function compare(
  scenario: string,
  [stock, governed]: readonly [Variant, Variant],
  options: { statements: number; inFlight: number; rounds: number },
): Promise<Comparison> {
  const { statements, inFlight, rounds } = options;
  const pairs: [Round, Round][] = [];
  for (let round = -1; round < rounds; round += 1) {
    const pair: [Round, Round] = [
      await measureRound(stock, statements, inFlight),
      await measureRound(governed, statements, inFlight),
    ];
    if (round >= 0) pairs.push(pair); // the first pair warms up
  }
  const middle = (side: 0 | 1): Round => ({
    cpuMicros: median(pairs.map((pair) => pair[side].cpuMicros)),
    throughput: median(pairs.map((pair) => pair[side].throughput)),
  });
  return {
    scenario,
    inFlight,
    stock: middle(0),
    governed: middle(1),
    cpuRatio: median(pairs.map(([a, b]) => b.cpuMicros / a.cpuMicros)),
    throughputRatio: median(pairs.map(([a, b]) => b.throughput / a.throughput)),
  };
}
