import type { Goal, Result, Unit } from './result.js';
import { spreadOf } from './spread.js';

/** What was measured of a baseline and of what is held against it, one after the other. */
export type Pair = readonly [baseline: number, value: number];

/** A figure beside its baseline: the ratio is that of each pair, since the machine's speed drifts. */
export function pairedResult(
  [scenario, name]: readonly [scenario: string, name: string],
  pairs: readonly Pair[],
  { unit, by, goal }: { readonly unit: Unit; readonly by: string; readonly goal?: Goal | undefined },
): Result {
  const measured = spreadOf(pairs.map(([, value]) => value));
  const baseline = spreadOf(pairs.map(([value]) => value));
  const ratio = { ...spreadOf(pairs.map(([base, value]) => value / base)), by, baseline };
  return { scenario, name, unit, measured, ratio, ...(goal !== undefined && { goal }) };
}
