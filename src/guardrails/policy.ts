import * as v from 'valibot';

import { FailureError } from '../errors.js';
import { checkOptions } from '../options.js';
import type { RecordDemand } from './record-demand.js';
import type { Effect, Rule } from './rule.js';

/** Rules, and what happens where none of them decides. */
export interface Policy {
  /** Stands in the record of its loading. */
  readonly name: string;
  readonly rules: readonly Rule[];
  /** What becomes of a statement that no rule allows, denies or wants approved. Default `deny`. */
  readonly otherwise?: 'allow' | 'deny';
  /** All rules are on a dry run: nothing is refused, and the records say what would have been. Default false. */
  readonly dryRun?: boolean;
  /**
   * Also puts each session into the server's own read-only mode (SET SESSION TRANSACTION READ ONLY), which is a second line behind the rules.
   * Default false.
   */
  readonly serverReadOnly?: boolean;
}

/** Names of rules and policies. */
export const nameSchema: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'must be 1 to 64 lower case letters, digits, ".", "_" and "-", and begin with a letter or digit',
  ),
);
/** Effects of rules. */
export const effectSchema: v.GenericSchema<Effect> = v.picklist(['allow', 'deny', 'approve', 'warn']);
/** How what a rule matches is recorded. */
export const recordSchema: v.GenericSchema<RecordDemand> = v.strictObject({
  durability: v.exactOptional(v.picklist(['os', 'disk', 'remote'])),
  parameters: v.exactOptional(v.picklist(['full', 'redacted', 'none'])),
  detail: v.exactOptional(v.picklist(['statement', 'summary'])),
  capture: v.exactOptional(
    v.strictObject({
      rows: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
      bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(262_144)),
    }),
  ),
});
const ruleSchema = v.looseObject({
  name: nameSchema,
  effect: v.optional(effectSchema),
  dryRun: v.optional(v.boolean()),
  matches: v.function(),
  appliesTo: v.optional(v.function()),
  limits: v.optional(v.looseObject({})),
  record: v.optional(recordSchema),
});
const policySchema = v.strictObject({
  name: nameSchema,
  rules: v.array(ruleSchema),
  otherwise: v.optional(v.picklist(['allow', 'deny'])),
  dryRun: v.optional(v.boolean()),
  serverReadOnly: v.optional(v.boolean()),
});

/**
 * Checks a policy.
 * @throws FailureError `OPTIONS_INVALID` naming every problem, two rules of one name included
 */
export function checkPolicy(policy: Policy): Policy {
  checkOptions('policy', policySchema, policy);
  const names = policy.rules.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new FailureError('OPTIONS_INVALID', `policy ${policy.name}: two rules are named ${twice}`);
  return policy;
}
