import * as v from 'valibot';

import { silentLogger, type AuditLogger } from '../audit/audit-logger.js';
import { checkOptions } from '../options.js';
import { isLoopback } from './access.js';

/** Options of `createCollector`. */
export interface CollectorOptions {
  /** Where the records are kept: out of the reach of agents. Made where it does not exist. */
  readonly directory: string;
  /** Address to listen on; 127.0.0.1 where not given. */
  readonly host?: string | undefined;
  /** TCP port; 0, or none given, takes a free one. */
  readonly port?: number | undefined;
  /** Bearer tokens, of at least 16 characters, any of which opens every route. Needed unless the host is a loopback address. */
  readonly tokens?: readonly string[] | undefined;
  /** Most bytes of a request's body, compressed or not; 8 MiB where not given. */
  readonly maxBodyBytes?: number | undefined;
  /** Most bytes of a body after decompression; 64 MiB where not given. */
  readonly maxDecompressedBytes?: number | undefined;
  /** Where it reports forks, rollbacks and other signs of tampering: a pino logger fits. Nothing is said without. */
  readonly logger?: AuditLogger | undefined;
}

const Bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const OptionsSchema = v.pipe(
  v.object({
    directory: v.pipe(v.string(), v.nonEmpty('must name a directory')),
    host: v.optional(v.pipe(v.string(), v.nonEmpty('must name an address')), '127.0.0.1'),
    port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535)), 0),
    tokens: v.optional(
      v.array(
        v.pipe(
          v.string(),
          v.regex(/^[\x21-\x7e]{16,}$/, 'must be at least 16 printable ASCII characters without spaces'),
        ),
      ),
      [],
    ),
    maxBodyBytes: v.optional(Bytes, 8 * 1024 ** 2),
    maxDecompressedBytes: v.optional(Bytes, 64 * 1024 ** 2),
  }),
  v.forward(
    v.check(
      ({ host, tokens }) => tokens.length > 0 || isLoopback(host),
      'a token is needed to listen on anything but a loopback address: anybody could read and write the trail',
    ),
    ['tokens'],
  ),
);

/** The options with what was not given filled in. */
export type CheckedCollectorOptions = { readonly [K in keyof CollectorOptions]-?: NonNullable<CollectorOptions[K]> };

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkCollectorOptions(options: CollectorOptions): CheckedCollectorOptions {
  return { ...checkOptions('collector', OptionsSchema, options), logger: options.logger ?? silentLogger };
}
