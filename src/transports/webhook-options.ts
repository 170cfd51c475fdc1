import * as v from 'valibot';

import { checkOptions } from '../options.js';
import type { Filled } from './filled-options.js';
import { recordJson, type RecordFormat } from './formats/record-format.js';
import { formatSchema, milliseconds, secureUrl } from './receiver-options.js';
import { TlsSchema, type TlsSource } from './tls-material.js';
import { isWebhookSecret } from '../webhook-signature.js';

/** Options of `webhookTransport`. */
export interface WebhookTransportOptions {
  /** Where batches are posted to: HTTPS, or HTTP on the loopback interface. */
  readonly url: string;
  /**
   * What requests are signed with: `whsec_` and the Base64 of 24 to 64 bytes shared with the receiver (HMAC-SHA256), or `whsk_` and the
   * Base64 of an Ed25519 private key (its 32-byte seed, or seed and public key). With several, each request bears a signature of each: give
   * the new one and the old one until every receiver has changed.
   */
  readonly secrets: string | readonly string[];
  /** Names the cursor; `webhook` where not given. Give it where a trail has two of them. */
  readonly name?: string | undefined;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The form of the records; `recordJson` where not given. */
  readonly format?: RecordFormat | undefined;
  /** Milliseconds after which a request counts as failed; 20000 where not given. */
  readonly timeoutMs?: number | undefined;
  /** Authorities and a client certificate for HTTPS. A function is asked for each request, so that they can be renewed. */
  readonly tls?: TlsSource | undefined;
}

const Secret = v.pipe(
  v.string(),
  // The message must not repeat what was given.
  v.check(isWebhookSecret, 'must be whsec_ and the Base64 of 24 to 64 bytes, or whsk_ and that of an Ed25519 key'),
);

const OptionsSchema = v.strictObject({
  url: secureUrl,
  secrets: v.pipe(
    v.union([v.string(), v.array(v.string())], 'must be a secret or a list of secrets'),
    v.transform((secrets) => (typeof secrets === 'string' ? [secrets] : secrets)),
    v.array(Secret),
    v.minLength(1, 'must hold at least one secret'),
  ),
  name: v.optional(v.string(), 'webhook'),
  headers: v.optional(v.record(v.string(), v.string(), 'must be an object of strings'), {}),
  format: v.optional(formatSchema, recordJson),
  timeoutMs: v.optional(milliseconds(), 20_000),
  tls: v.optional(TlsSchema),
});

/** The options with what was not given filled in. */
export type CheckedWebhookOptions = Omit<Filled<WebhookTransportOptions, 'tls'>, 'secrets'> & {
  readonly secrets: readonly string[];
};

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkWebhookOptions(options: WebhookTransportOptions): CheckedWebhookOptions {
  return checkOptions('webhookTransport', OptionsSchema, options);
}
