/**
 * Options that every transport over HTTP has.
 *
 * @module
 */

import * as v from 'valibot';

import { isSecureUrl } from '../options.js';
import type { RecordFormat } from './formats/record-format.js';
import { TlsSchema, type TlsSource } from './tls-material.js';

/** Options that every transport over HTTP has. */
export interface ReceiverOptions {
  /** Whether bodies are compressed; true where not given. */
  readonly gzip?: boolean | undefined;
  /** Milliseconds after which a request counts as failed; 15000 where not given. */
  readonly timeoutMs?: number | undefined;
  /** Authorities and a client certificate for HTTPS. A function is asked for each request, so that they can be renewed. */
  readonly tls?: TlsSource | undefined;
}

/** Entries of {@link ReceiverOptions} for a schema. */
export const receiverEntries: {
  readonly gzip: v.OptionalSchema<v.GenericSchema<boolean>, true>;
  readonly timeoutMs: v.OptionalSchema<v.GenericSchema<number>, 15_000>;
  readonly tls: v.OptionalSchema<v.GenericSchema<TlsSource>, undefined>;
} = {
  gzip: v.optional(v.boolean(), true),
  timeoutMs: v.optional(milliseconds(), 15_000),
  tls: v.optional(TlsSchema, undefined),
};

/** A time that a timer can wait. */
export function milliseconds(): v.GenericSchema<number> {
  return v.pipe(v.number(), v.minValue(1), v.maxValue(2 ** 31 - 1));
}

/** A URL that records may travel to. */
export const secureUrl: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.check(isSecureUrl, 'must be an https: URL; http: is taken for the loopback interface only'),
);

/** A form that records are sent in. */
export const formatSchema: v.GenericSchema<RecordFormat> = v.custom(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<RecordFormat>).encode === 'function' &&
    typeof (value as Partial<RecordFormat>).contentType === 'string',
  'must be a RecordFormat, such as ocsf',
);

/** A secret that a header carries, or a function that gives the one that is good now. */
export type Secret = string | (() => string | Promise<string>);

const SECRET_PROBLEM = 'must be printable ASCII without spaces, or a function that gives it';

/** Checks {@link Secret}. Without a message of our own, valibot's would repeat the secret. */
export const secretSchema: v.GenericSchema<Secret> = v.union(
  [
    v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, SECRET_PROBLEM)),
    v.custom<() => string | Promise<string>>((value) => typeof value === 'function'),
  ],
  SECRET_PROBLEM,
);

/** The secret that is good now. */
export async function currentSecret(secret: Secret): Promise<string> {
  return typeof secret === 'function' ? secret() : secret;
}

/** The URL of a route of a receiver. */
export function routeOf(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`;
}
