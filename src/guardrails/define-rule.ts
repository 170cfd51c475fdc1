import { anyNameMatcher, type CallerMatch, callerMatcher, type Circumstances } from '../matching/index.js';
import type { AnswerLimits } from './limits.js';
import type { RecordDemand } from './record-demand.js';
import type { Effect, Rule } from './rule.js';
import { type StatementMatch, statementMatcher } from './statement-matcher.js';

/** A rule as it is written down: in code, or in a policy file. */
export interface RuleDefinition {
  /** Stands in the record and in the caller's error: lower case letters, digits, `.`, `_` and `-`, at most 64 characters. */
  readonly name: string;
  readonly effect: Effect;
  /** Why, for the caller to read. Default: what matched. */
  readonly reason?: string;
  /** The rule decides nothing, and the record says what it would have decided. Default false. */
  readonly dryRun?: boolean;
  /** The statements that are meant. Default all. */
  readonly match?: StatementMatch;
  /** Of them, those that are not. */
  readonly except?: StatementMatch;
  /** Whose statements are meant. Default everybody's. */
  readonly for?: CallerMatch;
  /** Of them, whose are not. */
  readonly exceptFor?: CallerMatch;
  /** Patterns of the governor's `environment` that the rule holds in. Default all. Where the governor names none, only rules that allow do not hold. */
  readonly environments?: readonly string[];
  /** Bounds of the answer of what it matches, whichever rule decides. With them, `warn` notes nothing. */
  readonly limits?: AnswerLimits;
  /** How what it matches is recorded, whichever rule decides. With it, `warn` notes nothing. */
  readonly record?: RecordDemand;
}

/**
 * Makes a rule of what is written down.
 * @throws RangeError where it names a time zone that does not exist
 * @example
 * ```ts
 * defineRule({
 *   name: 'customers-only-by-support',
 *   effect: 'deny',
 *   match: { tables: ['shop.customers'] },
 *   exceptFor: { groups: ['support'] },
 * });
 * ```
 */
export function defineRule(definition: RuleDefinition): Rule {
  const { name, effect, reason, dryRun, match = {}, except, environments, limits, record } = definition;
  const isAllowing = effect === 'allow';
  const matcher = statementMatcher(match, isAllowing);
  const exception = except === undefined ? undefined : statementMatcher(except, !isAllowing);
  const inEnvironment = environments === undefined ? undefined : anyNameMatcher(environments, !isAllowing);
  const appliesTo = applicationOf(definition);
  return {
    name,
    effect,
    ...(dryRun !== undefined && { dryRun }),
    ...(limits !== undefined && { limits }),
    ...(record !== undefined && { record }),
    matches: (subject) => {
      if (inEnvironment?.(subject.environment) === false) return undefined;
      const found = matcher(subject);
      if (found === undefined || exception?.(subject) !== undefined) return undefined;
      return reason ?? found;
    },
    ...(appliesTo !== undefined && { appliesTo }),
  };
}

function applicationOf(definition: RuleDefinition): ((circumstances: Circumstances) => boolean) | undefined {
  const isMeant = definition.for === undefined ? undefined : callerMatcher(definition.for);
  const isExcepted = definition.exceptFor === undefined ? undefined : callerMatcher(definition.exceptFor);
  if (isMeant === undefined && isExcepted === undefined) return undefined;
  return (circumstances) => isMeant?.(circumstances) !== false && isExcepted?.(circumstances) !== true;
}
