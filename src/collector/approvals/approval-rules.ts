import * as v from 'valibot';

import { isSecureUrl } from '../../options.js';
import { type SignedWebhook, WebhooksSchema } from '../alerts/alert-rules.js';

/** Who has to approve what a rule wants approved. */
export interface ApprovalDemand {
  /** So many people, each another one. Default 1. */
  readonly approvals?: number | undefined;
  /** Each of them is in one of these groups. Default: whoever has the role `approver`. */
  readonly groups?: readonly string[] | undefined;
}

/** How approvals are decided here. */
export interface ApprovalOptions {
  /** By the name of the rule that wants an approval. */
  readonly rules?: Readonly<Record<string, ApprovalDemand>> | undefined;
  /** For all other rules. */
  readonly otherwise?: ApprovalDemand | undefined;
  /** Are told of each request, and may decide on it by calling back. */
  readonly webhooks?: readonly SignedWebhook[] | undefined;
  /** This collector's URL as webhooks' receivers and the tokens name it; where it listens, if not given. */
  readonly publicUrl?: string | undefined;
}

const Demand = v.strictObject({
  approvals: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20))),
  groups: v.optional(v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(1, 'must name a group'))),
});
const secureUrl = v.pipe(
  v.string(),
  v.check(isSecureUrl, 'must be an HTTPS URL, or HTTP on the loopback interface, without a user or password'),
);

/** Checks {@link ApprovalOptions}. */
export const ApprovalOptionsSchema: v.GenericSchema<ApprovalOptions> = v.strictObject({
  rules: v.optional(v.record(v.string(), Demand)),
  otherwise: v.optional(Demand),
  webhooks: WebhooksSchema,
  publicUrl: v.optional(secureUrl),
});
