import * as v from 'valibot';

import { isSecureUrl } from '../../options.js';
import { type TlsMaterial, TlsMaterialSchema } from '../../transports/tls-material.js';

/** A ClickHouse that records are copied to, and found in when they are not kept here any more. */
export interface ArchiveOptions {
  /** Its HTTP interface, `https://host:8443`. */
  readonly url: string;
  /** `countersign` where not given. It has to exist; the table is made in it. */
  readonly database?: string | undefined;
  /** `records` where not given. */
  readonly table?: string | undefined;
  /** `default` where not given. It may insert into and select from the table; without it there, create it. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** What this collector is called in the table: several that write to one table each have a name of their own. `collector` where not given. */
  readonly collector?: string | undefined;
  readonly tls?: TlsMaterial | undefined;
  /** Milliseconds after which a request has failed; 60000 where not given. */
  readonly timeoutMs?: number | undefined;
}

/** The options with what was not given filled in. */
export interface CheckedArchiveOptions {
  readonly url: string;
  readonly database: string;
  readonly table: string;
  readonly user: string;
  readonly password: string;
  readonly collector: string;
  readonly tls?: TlsMaterial | undefined;
  readonly timeoutMs: number;
}

const Identifier = v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, 'must be letters, digits and _'));

/** Checks {@link ArchiveOptions}. No message repeats what was given. */
export const ArchiveOptionsSchema: v.GenericSchema<ArchiveOptions, CheckedArchiveOptions> = v.strictObject({
  url: v.pipe(v.string(), v.check(isSecureUrl, 'must be an HTTPS URL, or HTTP on the loopback interface')),
  database: v.optional(Identifier, 'countersign'),
  table: v.optional(Identifier, 'records'),
  user: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty')), 'default'),
  password: v.optional(v.string(), ''),
  collector: v.optional(v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/, 'must be a name')), 'collector'),
  tls: v.optional(TlsMaterialSchema),
  timeoutMs: v.optional(v.pipe(v.number(), v.minValue(1)), 60_000),
});
