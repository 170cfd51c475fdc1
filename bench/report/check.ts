import { readFile } from 'node:fs/promises';
import { quantityText } from './table.js';
import { type Result, type Times, timesOf } from './result.js';

/** What a ratio may be: what was reached, and some room for noise. It is no goal. */
export interface Bound {
  readonly scenario: string;
  readonly name: string;
  /** Of {@link timesOf}: one of the two. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Where it comes from. */
  readonly comment: string;
}

const BOUNDS = new URL('../bounds.json', import.meta.url);

/** The recorded bounds. */
export async function readBounds(): Promise<readonly Bound[]> {
  return JSON.parse(await readFile(BOUNDS, 'utf8')) as readonly Bound[];
}

/** A bound that does not hold. */
export interface Exceeded {
  readonly bound: Bound;
  /** Scenario, figure, and by how much. */
  readonly line: string;
}

/** Holds what was measured against bounds. @returns those that are exceeded, or whose figure was not measured */
export function exceededBounds(results: readonly Result[], bounds: readonly Bound[]): readonly Exceeded[] {
  return bounds.flatMap((bound) => {
    const { scenario, name } = bound;
    const result = results.find((candidate) => candidate.scenario === scenario && candidate.name === name);
    const problem = problemOf(result && timesOf(result), bound);
    return problem === undefined ? [] : [{ bound, line: `${scenario}, ${name}: ${problem}` }];
  });
}

function problemOf(times: Times | undefined, { atMost, atLeast }: Bound): string | undefined {
  if (times === undefined) return 'was not measured';
  const { median, by } = times;
  const [is, most, least] = [median, atMost ?? 0, atLeast ?? 0].map((ratio) => quantityText(ratio, '×'));
  if (atMost !== undefined && !(median <= atMost)) return `${is}, at most ${most} of ${by}`;
  if (atLeast !== undefined && !(median >= atLeast)) return `${is}, at least ${least} of ${by}`;
  return undefined;
}
