import type { Leak } from './leak-batch.js';
import type { LeakStatement } from './leak-statement.js';
import { minimiseLeak } from './minimise-leak.js';
import { startSide } from './side.js';

const MOST_MINIMISED = 3;
const MOST_SHOWN = 20;

/** One paragraph for each leak, the shortest first, with a shorter statement that leaks as well for some of them. */
export async function describeLeaks(seed: number, leaks: readonly Leak[]): Promise<readonly string[]> {
  const shown = leaks
    .toSorted((one, other) => one.statement.sql.length - other.statement.sql.length)
    .slice(0, MOST_SHOWN);
  const shorter = new Map<number, string>();
  const indexes = [...new Set(shown.flatMap(({ index }) => index ?? []))].slice(0, MOST_MINIMISED);
  if (indexes.length > 0) {
    const side = await startSide();
    for (const index of indexes) shorter.set(index, textOf(await minimiseLeak(side, seed, index)));
    await side.close();
  }
  return shown.map(({ index, how, statement }) => {
    const minimal = index === undefined ? undefined : shorter.get(index);
    const lines = [`seed ${String(seed)}, index ${String(index ?? '?')}, ${how}`, textOf(statement)];
    return [...lines, ...(minimal === undefined ? [] : [`shorter: ${minimal}`])].join('\n  ');
  });
}

function textOf({ sql, values }: LeakStatement): string {
  return values.length === 0 ? sql : `${sql} with ${JSON.stringify(values)}`;
}
