import * as v from 'valibot';

import type { AuditLogger } from './audit-logger.js';
import { checkOptions } from '../options.js';
import type { Transport } from './transport.js';

/** Options of `createAuditTrail`. */
export interface AuditTrailOptions {
  /** Where the journals stand: on a local disk, writable, shared by the processes of one host. Made where it does not exist. */
  readonly directory: string;
  /** Where the records go: each gets all of them. At least one. */
  readonly transports: readonly Transport[];
  /** Bytes of undelivered journal, beyond which statements are refused. 1 GiB where not given. */
  readonly maxBytes?: number | undefined;
  /** Bytes of a segment: disk space comes back in such steps. 16 MiB where not given. */
  readonly segmentBytes?: number | undefined;
  /** Milliseconds that closing may take to deliver what is left. 5000 where not given. */
  readonly drainDeadlineMs?: number | undefined;
  /** Most records of a batch, 1000 where not given. */
  readonly batchRecords?: number | undefined;
  /** Bytes at which a batch is full, 1 MiB where not given. */
  readonly batchBytes?: number | undefined;
  /** Milliseconds that a batch may wait to be filled, 100 where not given. */
  readonly batchAgeMs?: number | undefined;
  /** Where the trail reports on itself: a pino logger fits. A governor makes one that writes warnings to stderr; nothing is said without. */
  readonly logger?: AuditLogger | undefined;
}

const Positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const DurationMs = v.pipe(v.number(), v.finite(), v.minValue(0));
const isTransport = (value: unknown): value is Transport =>
  typeof value === 'object' &&
  value !== null &&
  'send' in value &&
  typeof value.send === 'function' &&
  'name' in value &&
  typeof value.name === 'string' &&
  /^[\w-]{1,64}$/.test(value.name);

const OptionsSchema = v.object({
  directory: v.pipe(v.string(), v.nonEmpty('must name a directory')),
  transports: v.pipe(
    v.array(
      v.custom<Transport>(isTransport, 'must be a transport, with a name of 1 to 64 letters, digits, "-" and "_"'),
      'must be a list of transports',
    ),
    v.minLength(1, 'must hold at least one transport: records that go nowhere are no audit trail'),
    v.check(
      (list) => new Set(list.map((transport) => transport.name)).size === list.length,
      'must have different names: each names a cursor',
    ),
  ),
  maxBytes: v.optional(Positive, 1024 ** 3),
  segmentBytes: v.optional(Positive, 16 * 1024 ** 2),
  drainDeadlineMs: v.optional(DurationMs, 5000),
  batchRecords: v.optional(Positive, 1000),
  batchBytes: v.optional(Positive, 1024 ** 2),
  batchAgeMs: v.optional(DurationMs, 100),
});

/** The options with what was not given filled in. */
export type CheckedAuditOptions = {
  readonly [K in Exclude<keyof AuditTrailOptions, 'logger'>]-?: NonNullable<AuditTrailOptions[K]>;
};

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkAuditOptions(options: AuditTrailOptions): CheckedAuditOptions {
  const checked = checkOptions('audit', OptionsSchema, options);
  // A journal of one segment would never get its space back: a segment goes when all of it is delivered.
  return { ...checked, segmentBytes: Math.min(checked.segmentBytes, Math.ceil(checked.maxBytes / 4)) };
}
