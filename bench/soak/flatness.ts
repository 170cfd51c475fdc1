import type { ProcessSample } from './process-sample.js';
import { type Point, trendOf } from './trend.js';

/** A look at a process, and when it was. */
export interface TimedSample extends ProcessSample {
  readonly seconds: number;
}

/** What is held in a process, and whether it stays so. */
export interface Flatness {
  readonly process: string;
  readonly what: 'heap' | 'memory' | 'descriptors' | 'journal';
  readonly median: number;
  readonly highest: number;
  /** Of the fitted line over the second half. */
  readonly growth: number;
  /** More than this is a leak. */
  readonly mostGrowth: number;
  readonly isFlat: boolean;
}

const MEBI = 2 ** 20;
/** Before that, a process still gets ready in its second half: memory for the first long batch, connections for the first burst, compiled code. */
const READY_SECONDS = 600;
const NOT_READY_FACTOR = 4;

/**
 * Bounds of the growth over the second half, whatever its length: the longer a run, the smaller the leak that it finds. An hour at a hundred a second sees
 * 25 bytes for each of them. What is resident goes by steps, and what is in the journal comes and goes with the collector.
 */
const figures = [
  { what: 'heap', of: ({ heapBytes }) => heapBytes, most: (median) => Math.max(4 * MEBI, median * 0.08) },
  { what: 'memory', of: ({ rssBytes }) => rssBytes, most: (median) => Math.max(32 * MEBI, median * 0.15) },
  { what: 'descriptors', of: ({ descriptors }) => descriptors, most: () => 3 },
  { what: 'journal', of: ({ journalBytes }) => journalBytes, most: () => 4 * MEBI },
] satisfies {
  what: Flatness['what'];
  of: (sample: ProcessSample) => number | undefined;
  most: (median: number) => number;
}[];

/** Judges each figure of a process that was looked at; one that the system does not tell is left out. */
export function flatnessOf(process: string, samples: readonly TimedSample[]): readonly Flatness[] {
  const seconds = (samples.at(-1)?.seconds ?? 0) - (samples[0]?.seconds ?? 0);
  const factor = seconds < READY_SECONDS ? NOT_READY_FACTOR : 1;
  return figures.flatMap(({ what, of, most }) => {
    const points = samples.flatMap((sample): Point[] => {
      const value = of(sample);
      return value === undefined ? [] : [[sample.seconds, value]];
    });
    const highest = Math.max(...points.map(([, value]) => value));
    // No process without a journal has one that grows.
    if (points.length === 0 || highest === 0) return [];
    const { median, growth } = trendOf(points);
    const mostGrowth = most(median) * factor;
    return [{ process, what, median, highest, growth, mostGrowth, isFlat: growth <= mostGrowth }];
  });
}
