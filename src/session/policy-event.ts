import { hash } from 'node:crypto';
import type { PolicyRecord } from '../audit/index.js';
import type { Policy } from '../guardrails/policy.js';
import type { MaskRule } from '../masking/mask-rule.js';

/** What the record says of the rules and masks that a governor was made with. */
export function policyEvent(
  policy: Policy,
  masks: readonly MaskRule[],
  environment: string | undefined,
): PolicyRecord['event'] {
  const { name, rules, otherwise = 'deny', dryRun = false, serverReadOnly = false } = policy;
  const written = {
    ...{ name, otherwise, dryRun, serverReadOnly },
    rules: rules.map(({ name: rule, effect, dryRun: dry, limits, record }) => ({ rule, effect, dry, limits, record })),
    masks: masks.map(({ name: mask, columns, tags, filter, mask: masker, plainFor, deniedTo }) => ({
      ...{ mask, columns, tags, filter, masker, plainFor, deniedTo },
    })),
  };
  return {
    action: 'loaded',
    policy: name,
    ...(environment !== undefined && { environment }),
    dry_run: dryRun,
    rules: rules.length,
    masks: masks.length,
    digest: hash('sha256', JSON.stringify(written), 'base64url'),
  };
}
