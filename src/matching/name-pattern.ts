import { foldName } from '../sql/fold-name.js';

/** Tells whether a name fits; `undefined` where it is not known. */
export type NameMatcher = (name: string | undefined) => boolean;

/**
 * Compiles a pattern for one name: `*` stands for any characters, case does not count.
 * @param unknownFits what is said of a name that is not known
 */
export function nameMatcher(pattern: string, unknownFits: boolean): NameMatcher {
  const folded = foldName(pattern);
  if (folded === '*') return (name) => name !== undefined || unknownFits;
  if (!folded.includes('*')) return (name) => (name === undefined ? unknownFits : foldName(name) === folded);
  const source = folded.split('*').map(escapeRegExp).join('.*');
  const expression = new RegExp(`^${source}$`, 'su');
  return (name) => (name === undefined ? unknownFits : expression.test(foldName(name)));
}

/** Compiles patterns of which one has to fit. */
export function anyNameMatcher(patterns: readonly string[], unknownFits = false): NameMatcher {
  const matchers = patterns.map((pattern) => nameMatcher(pattern, unknownFits));
  return (name) => matchers.some((fits) => fits(name));
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
