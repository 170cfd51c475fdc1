import * as v from 'valibot';

import { checkOptions } from '../options.js';
import type { Filled } from './filled-options.js';
import type { BearerToken } from './http-options.js';
import { receiverEntries, type ReceiverOptions, secretSchema, secureUrl } from './receiver-options.js';

/** Options of `otlpTransport`. */
export interface OtlpTransportOptions extends ReceiverOptions {
  /** The whole address, for most receivers one that ends in `/v1/logs`: HTTPS, or HTTP on the loopback interface. */
  readonly url: string;
  /** Names the cursor; `otlp` where not given. Give it where a trail has two of them. */
  readonly name?: string | undefined;
  /** Sent as `Authorization: Bearer …`. A function is asked for each batch. */
  readonly token?: BearerToken | undefined;
  /** Headers of every request, such as a vendor's API key. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Attributes of the resource; `service.name` is `countersign` where not given. */
  readonly resource?: Readonly<Record<string, string | number | boolean>> | undefined;
}

const OptionsSchema = v.strictObject({
  url: secureUrl,
  name: v.optional(v.string(), 'otlp'),
  token: v.optional(secretSchema),
  headers: v.optional(v.record(v.string(), v.string(), 'must be an object of strings'), {}),
  resource: v.optional(
    v.record(
      v.string(),
      v.union(
        [v.string(), v.pipe(v.number(), v.finite()), v.boolean()],
        'must be a string, a finite number or a boolean',
      ),
      'must be an object of attributes',
    ),
    {},
  ),
  ...receiverEntries,
});

/** The options with what was not given filled in. */
export type CheckedOtlpOptions = Filled<OtlpTransportOptions, 'token' | 'tls'>;

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkOtlpOptions(options: OtlpTransportOptions): CheckedOtlpOptions {
  return checkOptions('otlpTransport', OptionsSchema, options);
}
