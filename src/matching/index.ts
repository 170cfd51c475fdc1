/**
 * Who and what is meant: patterns of names, callers and times, as guardrails and masks use them.
 *
 * @module
 */

export { callerMatcher, type CallerMatch } from './caller-matcher.js';
export { callerMatchSchema, patternsSchema } from './caller-schema.js';
export type { Circumstances } from './circumstances.js';
export { anyNameMatcher, type NameMatcher, nameMatcher } from './name-pattern.js';
export { type Day, timeMatcher, type TimeWindow } from './time-window.js';
