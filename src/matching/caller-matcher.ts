import { anyNameMatcher } from './name-pattern.js';
import type { Circumstances } from './circumstances.js';
import { timeMatcher, type TimeWindow } from './time-window.js';

/**
 * Who runs a statement, for what, and when. Every member that is given has to hold; of the values of one, any.
 * In patterns `*` stands for any characters, and case does not count.
 */
export interface CallerMatch {
  /** Patterns of subjects. */
  readonly subjects?: readonly string[];
  /** Patterns of issuers. */
  readonly issuers?: readonly string[];
  /** Patterns of groups. */
  readonly groups?: readonly string[];
  /** Patterns of tasks. */
  readonly tasks?: readonly string[];
  /** Only a task that is claimed in the token counts. Default false: an asserted one does, too. */
  readonly claimedTask?: boolean;
  /** Patterns of models. */
  readonly models?: readonly string[];
  /** Patterns of purposes, which only a token can claim. */
  readonly purposes?: readonly string[];
  readonly time?: TimeWindow;
}

/** Tells whether a caller is meant. */
export type CallerMatcher = (circumstances: Circumstances) => boolean;

/** Compiles who is meant. */
export function callerMatcher(match: CallerMatch): CallerMatcher {
  const parts = partsOf(match);
  return (circumstances) => parts.every((part) => part(circumstances));
}

function partsOf({
  subjects,
  issuers,
  groups,
  tasks,
  claimedTask,
  models,
  purposes,
  time,
}: CallerMatch): readonly CallerMatcher[] {
  const parts: CallerMatcher[] = [];
  if (subjects !== undefined) parts.push(someOf(subjects, ({ identity }) => [identity.subject]));
  if (issuers !== undefined) parts.push(someOf(issuers, ({ identity }) => [identity.issuer]));
  if (groups !== undefined) parts.push(someOf(groups, ({ identity }) => identity.groups));
  if (models !== undefined) parts.push(someOf(models, ({ identity }) => [identity.model]));
  if (purposes !== undefined) parts.push(someOf(purposes, ({ identity }) => [identity.purpose]));
  if (tasks !== undefined) parts.push(someOf(tasks, ({ taskId }) => [taskId]));
  if (claimedTask === true) parts.push(({ identity }) => identity.taskId !== undefined);
  if (time !== undefined) {
    const isIn = timeMatcher(time);
    parts.push(({ nowMs }) => isIn(nowMs));
  }
  return parts;
}

function someOf(
  patterns: readonly string[],
  namesOf: (circumstances: Circumstances) => readonly (string | undefined)[],
): CallerMatcher {
  const fits = anyNameMatcher(patterns);
  return (circumstances) => namesOf(circumstances).some((name) => fits(name));
}
