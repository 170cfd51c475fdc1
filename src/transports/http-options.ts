import * as v from 'valibot';

import { checkOptions } from '../options.js';
import { isJson, recordJson, type RecordFormat } from './formats/record-format.js';
import { fits, type HttpBody } from './joined-records.js';
import { formatSchema, receiverEntries, secretSchema, secureUrl, type ReceiverOptions } from './receiver-options.js';
import type { TlsSource } from './tls-material.js';

/** A bearer token, or a function that gives the one that is good now. */
export type BearerToken = string | (() => string | Promise<string>);

/** Options of `httpTransport`. */
export interface HttpTransportOptions extends ReceiverOptions {
  /** Where batches are posted to: HTTPS, or HTTP on the loopback interface. */
  readonly url: string;
  /** Names the cursor; `http` where not given. Give it where a trail has two of them. */
  readonly name?: string | undefined;
  /** Sent as `Authorization: Bearer …`. A function is asked for each batch. */
  readonly token?: BearerToken | undefined;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The form of a record; its own JSON where not given. */
  readonly format?: RecordFormat | undefined;
  /** How records are put together: `records` for the own JSON, `array` for other JSON, `lines` for text, where not given. */
  readonly body?: HttpBody | undefined;
}

const BODIES = ['records', 'array', 'lines', 'concatenated'] as const;

const OptionsSchema = v.pipe(
  v.object({
    url: secureUrl,
    name: v.optional(v.string(), 'http'),
    token: v.optional(secretSchema),
    headers: v.optional(v.record(v.string(), v.string(), 'must be an object of strings'), {}),
    ...receiverEntries,
    format: v.optional(formatSchema, recordJson),
    body: v.optional(v.picklist(BODIES, `must be one of ${BODIES.join(', ')}`)),
  }),
  v.check(
    ({ format, body }) => body === undefined || fits(format, body),
    'body must be lines, since the format gives text and no JSON',
  ),
);

/** The options with what was not given filled in. */
export interface CheckedHttpOptions {
  readonly url: string;
  readonly name: string;
  readonly token?: BearerToken | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  readonly timeoutMs: number;
  readonly tls?: TlsSource | undefined;
  readonly format: RecordFormat;
  readonly body: HttpBody;
}

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkHttpOptions(options: HttpTransportOptions): CheckedHttpOptions {
  const checked = checkOptions('httpTransport', OptionsSchema, options);
  return { ...checked, body: checked.body ?? standardBody(checked.format) };
}

function standardBody(format: RecordFormat): HttpBody {
  if (format === recordJson) return 'records';
  return isJson(format) ? 'array' : 'lines';
}
