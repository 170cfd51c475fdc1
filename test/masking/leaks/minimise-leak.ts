import { view, type Via } from './agent-view.js';
import { drawOf, replay } from './draw.js';
import type { LeakStatement } from './leak-statement.js';
import type { Side } from './side.js';
import { sighting } from './sighting.js';

const MOST_TRIES = 2_000;

/** The shortest statement to be found that gives secrets away as the one of a seed and index does. */
export async function minimiseLeak(side: Side, seed: number, index: number): Promise<LeakStatement> {
  const drawn: number[] = [];
  let best = side.write(drawOf(seed, index, drawn));
  const vias: readonly Via[] = ['query', 'execute'];
  const leaks = async (statement: LeakStatement): Promise<boolean> => {
    for (const via of vias) {
      if (sighting(side.finder, statement, await view(side.pool, statement, via)) !== undefined) return true;
    }
    return false;
  };
  await shorten(drawn, async (draws) => {
    const statement = side.write(replay(draws));
    const isLonger = statement.sql.length > best.sql.length;
    if (isLonger || statement.sql === best.sql || !(await leaks(statement))) return false;
    best = statement;
    return true;
  });
  return best;
}

/** Leaves out draws, or makes them zero, as long as that is an improvement. */
async function shorten(
  drawn: readonly number[],
  isBetter: (draws: readonly number[]) => Promise<boolean>,
): Promise<void> {
  let draws = drawn;
  let tries = 0;
  for (let size = draws.length >> 1; size >= 1 && tries < MOST_TRIES; size >>= 1) {
    for (let at = 0; at < draws.length && tries < MOST_TRIES; tries += 1) {
      const end = at + size;
      const without = [...draws.slice(0, at), ...draws.slice(end)];
      const zeroed = draws.map((draw, place) => (place >= at && place < end ? 0 : draw));
      if (await isBetter(without)) draws = without;
      else {
        if (await isBetter(zeroed)) draws = zeroed;
        at = end;
      }
    }
  }
}
