import * as v from 'valibot';

import { checkOptions, isSecureUrl } from '../options.js';

/** A bearer token, or a function that gives the one that is good now. */
export type BearerToken = string | (() => string | Promise<string>);

/** Options of `httpTransport`. */
export interface HttpTransportOptions {
  /** Where batches are posted to: HTTPS, or HTTP on the loopback interface. */
  readonly url: string;
  /** Names the cursor; `http` where not given. Give it where a trail has two of them. */
  readonly name?: string | undefined;
  /** Sent as `Authorization: Bearer …`. A function is asked for each batch. */
  readonly token?: BearerToken | undefined;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether bodies are compressed; true where not given. */
  readonly gzip?: boolean | undefined;
  /** Milliseconds after which a request counts as failed; 15000 where not given. */
  readonly timeoutMs?: number | undefined;
}

const OptionsSchema = v.object({
  url: v.pipe(
    v.string(),
    v.check(isSecureUrl, 'must be an https: URL; http: is taken for the loopback interface only'),
  ),
  name: v.optional(v.string(), 'http'),
  token: v.optional(
    v.union(
      [
        v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
        v.custom<() => string | Promise<string>>((value) => typeof value === 'function'),
      ],
      'must be a bearer token (printable ASCII without spaces) or a function that gives one',
    ),
  ),
  headers: v.optional(v.record(v.string(), v.string(), 'must be an object of strings'), {}),
  gzip: v.optional(v.boolean(), true),
  timeoutMs: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(2 ** 31 - 1)), 15_000),
});

/** The options with what was not given filled in. */
export interface CheckedHttpOptions {
  readonly url: string;
  readonly name: string;
  readonly token?: BearerToken | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  readonly timeoutMs: number;
}

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkHttpOptions(options: HttpTransportOptions): CheckedHttpOptions {
  return checkOptions('httpTransport', OptionsSchema, options);
}
