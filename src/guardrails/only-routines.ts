import type { Rule } from './rule.js';

/**
 * Denies procedures, stored functions and loadable functions that are not listed: what a routine does is not seen from its call.
 * @param allowed `schema.routine`, or `routine` where the statement names no schema; compared without case
 */
export function onlyRoutines(allowed: readonly string[]): Rule {
  const known = new Set(allowed.map((name) => name.toLowerCase()));
  return {
    name: 'only-listed-routines',
    matches: ({ statement: { analysis } }) => {
      const called = analysis.routines ?? (analysis.kind === 'call' ? ['?'] : []);
      const unknown = called.find((name) => !known.has(name.toLowerCase()));
      return unknown === undefined ? undefined : `the routine ${unknown} is not on the list of allowed routines`;
    },
  };
}
