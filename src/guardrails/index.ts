/**
 * Guardrails: which statements may run, for whom and when.
 *
 * @module
 */

export type { CallerMatch, Circumstances, Day, TimeWindow } from '../matching/index.js';
export { defineRule, type RuleDefinition } from './define-rule.js';
export { type FactName, factNames } from './facts.js';
export { type AnswerLimits, type HeldLimits } from './limits.js';
export type { CaptureBounds, RecordDemand } from './record-demand.js';
export { onlyRoutines } from './only-routines.js';
export { type Policy } from './policy.js';
export {
  boundedPolicy,
  defaultPolicy,
  dumpPolicy,
  migrationPolicy,
  type PresetName,
  type PresetOptions,
  readOnlyPolicy,
} from './presets.js';
export { type Effect, type Rule, type RuleSubject } from './rule.js';
export { type StatementMatch } from './statement-matcher.js';

export { type Verdict, type VerdictNote } from './verdict.js';
