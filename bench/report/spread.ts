/** What was measured several times. */
export interface Spread {
  readonly median: number;
  /** Lower and upper quartile. */
  readonly low: number;
  readonly high: number;
  /** How often it was measured. */
  readonly runs: number;
}

/** @throws RangeError of an empty list */
export function spreadOf(values: readonly number[]): Spread {
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share));
  return { median: median ?? Number.NaN, low: low ?? Number.NaN, high: high ?? Number.NaN, runs: values.length };
}

/** A quantile, between the two values next to it. @throws RangeError of an empty list */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (low === undefined || high === undefined) throw new RangeError('a quantile of nothing');
  return low + (high - low) * (at - Math.floor(at));
}
