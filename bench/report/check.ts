import { readFile } from 'node:fs/promises';
import { quantityText } from './table.js';
import { type Result, timesOf } from './result.js';

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

/**
 * Holds what was measured against the bounds of the scenarios that were run.
 * @param scenarios names of those
 * @returns a line for each bound that is exceeded, or whose figure was not measured
 */
export function exceededBounds(
  results: readonly Result[],
  bounds: readonly Bound[],
  scenarios: readonly string[],
): readonly string[] {
  return bounds
    .filter(({ scenario }) => scenarios.includes(scenario))
    .flatMap((bound) => {
      const { scenario, name } = bound;
      const result = results.find((candidate) => candidate.scenario === scenario && candidate.name === name);
      const times = result && timesOf(result);
      if (times === undefined) return [`${scenario}, ${name}: was not measured`];
      const problem = problemOf(times.median, bound);
      return problem === undefined ? [] : [`${scenario}, ${name}: ${problem} of ${times.by}`];
    });
}

function problemOf(value: number, { atMost, atLeast }: Bound): string | undefined {
  const [is, most, least] = [value, atMost ?? value, atLeast ?? value].map((ratio) => quantityText(ratio, '×'));
  if (atMost !== undefined && !(value <= atMost)) return `${is}, at most ${most}`;
  if (atLeast !== undefined && !(value >= atLeast)) return `${is}, at least ${least}`;
  return undefined;
}
