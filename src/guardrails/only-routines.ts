import { unseenOf } from './facts.js';
import type { Rule } from './rule.js';

/**
 * Denies procedures, stored functions, loadable functions, triggers and views whose inside is not seen, unless they are listed. Those that are
 * seen are judged by what they do.
 * @param allowed `schema.name`, or `name` where the statement names no schema; compared without case
 */
export function onlyRoutines(allowed: readonly string[]): Rule {
  const known = new Set(allowed.map((name) => name.toLowerCase()));
  return {
    name: 'only-listed-routines',
    matches: ({ statement: { analysis } }) => {
      const name = unseenOf(analysis).find((candidate) => !known.has(candidate.toLowerCase()));
      return name === undefined
        ? undefined
        : `what ${name} does is not seen, and it is not on the list of allowed routines`;
    },
  };
}
