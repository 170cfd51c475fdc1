/** A look at something that may grow: when, in seconds, and how much. */
export type Point = readonly [seconds: number, value: number];

/** How a figure went over the second half of a run. */
export interface Trend {
  readonly median: number;
  /** By how much the fitted line rises from the beginning of the half to its end. */
  readonly growth: number;
}

const LEAST_POINTS = 4;

/**
 * Fits a line to the second half of a run: in the first, caches fill and code is compiled. The slope is the median of those between all pairs of points
 * (Theil and Sen), which a few looks at a bad moment do not tilt.
 * @throws RangeError where there are too few points
 * @see https://en.wikipedia.org/wiki/Theil%E2%80%93Sen_estimator
 */
export function trendOf(points: readonly Point[]): Trend {
  const end = points.at(-1)?.[0] ?? 0;
  const begin = points[0]?.[0] ?? 0;
  const half = points.filter(([seconds]) => seconds >= begin + (end - begin) / 2);
  const first = half[0]?.[0];
  if (first === undefined || half.length < LEAST_POINTS) throw new RangeError('there are too few points for a trend');
  const slopes: number[] = [];
  for (const [index, [from, low]] of half.entries()) {
    for (const [to, high] of half.slice(index + 1)) {
      if (to > from) slopes.push((high - low) / (to - from));
    }
  }
  return { median: middleOf(half.map(([, value]) => value)), growth: middleOf(slopes) * (end - first) };
}

function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
