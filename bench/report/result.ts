import type { Spread } from './spread.js';

/** What a figure is in. */
export type Unit = 'µs' | 'ms' | '/s' | 'kB' | 'MB';

/** What a figure is held against, measured in turn with it. */
export interface Ratio extends Spread {
  /** Name of the baseline, such as `stock`. */
  readonly by: string;
  /** What was measured of the baseline, in the unit of the figure. */
  readonly baseline: Spread;
}

/** What a figure should be. */
export interface Goal {
  /** What is held against the limit: the ratio to the baseline, or what was measured. */
  readonly of: 'ratio' | 'measured';
  /** Whether less is better, or more. */
  readonly is: 'at most' | 'at least';
  readonly limit: number;
}

/** One figure of a scenario. */
export interface Result {
  readonly scenario: string;
  /** The only one of its name in its scenario, whatever the options of the run. */
  readonly name: string;
  readonly unit: Unit;
  readonly measured: Spread;
  readonly ratio?: Ratio;
  readonly goal?: Goal;
}

/** Whether a goal is met; undefined where there is none. */
export function isMet({ goal, measured, ratio }: Result): boolean | undefined {
  if (goal === undefined) return undefined;
  const value = goal.of === 'measured' ? measured.median : (ratio?.median ?? Number.NaN);
  return goal.is === 'at most' ? value <= goal.limit : value >= goal.limit;
}

/** What a figure is times something else: of its baseline, else of its goal. */
export interface Times extends Pick<Spread, 'median' | 'low' | 'high'> {
  readonly by: string;
  /** The goal, in the same terms. */
  readonly goal: number | undefined;
}

/** A figure as a ratio, so that it can be drawn beside others and bounded; undefined where it has neither baseline nor goal. */
export function timesOf({ measured, ratio, goal }: Result): Times | undefined {
  if (ratio !== undefined) {
    const { median, low, high, by } = ratio;
    return { median, low, high, by, goal: goal?.of === 'ratio' ? goal.limit : undefined };
  }
  if (goal === undefined) return undefined;
  const [median, low, high] = [measured.median, measured.low, measured.high].map((value) => value / goal.limit);
  return { median: median ?? 0, low: low ?? 0, high: high ?? 0, by: 'its goal', goal: 1 };
}
