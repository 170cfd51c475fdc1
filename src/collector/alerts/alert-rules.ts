import * as v from 'valibot';

import { isSecureUrl } from '../../options.js';
import { isWebhookSecret } from '../../webhook-signature.js';

/** A receiver that is told of something: HTTPS, or HTTP on the loopback interface. */
export interface SignedWebhook {
  readonly url: string;
  /** `whsec_` and the Base64 of 24 to 64 bytes, which signs (Standard Webhooks, HMAC-SHA256). */
  readonly secret: string;
}

/** So many within so many minutes. */
export interface AlertRate {
  readonly count: number;
  readonly minutes: number;
}

/** What is told of. Each is on where not given; false switches it off. */
export interface AlertRules {
  /** Statements of one agent that were refused. Default 20 in 5 minutes. */
  readonly refusals?: AlertRate | false | undefined;
  /** Statements of one agent in whose answers columns were masked. Default 200 in 10 minutes. */
  readonly maskedReads?: AlertRate | false | undefined;
  /** A table that an agent touches for the first time, after so many statements. Default 200. */
  readonly newTables?: { readonly afterStatements: number } | false | undefined;
  /** What the witness finds: forks, gaps, bad signatures, replays. */
  readonly chain?: boolean | undefined;
}

/** Who is told of what. */
export interface AlertOptions {
  readonly rules?: AlertRules | undefined;
  readonly webhooks?: readonly SignedWebhook[] | undefined;
}

/** The rules with what was not given filled in. Plain data. */
export type CheckedAlertRules = { readonly [K in keyof AlertRules]-?: NonNullable<AlertRules[K]> };

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const Rate = v.union([
  v.strictObject({ count: positive, minutes: v.pipe(positive, v.maxValue(1_440)) }),
  v.literal(false),
]);

/** Checks a secret that is shared with a webhook. The message does not repeat it. */
export const WebhookSecretSchema: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.check(
    (secret) => secret.startsWith('whsec_') && isWebhookSecret(secret),
    'must be whsec_ and the Base64 of 24 to 64 bytes',
  ),
);

/** Checks receivers that are told of something. */
export const WebhooksSchema: v.GenericSchema<readonly SignedWebhook[] | undefined> = v.optional(
  v.array(
    v.strictObject({
      url: v.pipe(v.string(), v.check(isSecureUrl, 'must be an HTTPS URL, or HTTP on the loopback interface')),
      secret: WebhookSecretSchema,
    }),
  ),
);

/** Checks {@link AlertOptions}. */
export const AlertOptionsSchema: v.GenericSchema<AlertOptions> = v.strictObject({
  rules: v.optional(
    v.strictObject({
      ...{ refusals: v.optional(Rate), maskedReads: v.optional(Rate), chain: v.optional(v.boolean()) },
      newTables: v.optional(v.union([v.strictObject({ afterStatements: positive }), v.literal(false)])),
    }),
  ),
  webhooks: WebhooksSchema,
});

/** Fills in what was not given. */
export function alertRulesOf({ refusals, maskedReads, newTables, chain }: AlertRules = {}): CheckedAlertRules {
  return {
    refusals: refusals ?? { count: 20, minutes: 5 },
    maskedReads: maskedReads ?? { count: 200, minutes: 10 },
    newTables: newTables ?? { afterStatements: 200 },
    chain: chain ?? true,
  };
}
