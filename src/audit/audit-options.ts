import { KeyObject } from 'node:crypto';
import * as v from 'valibot';

import type { AuditLogger } from './audit-logger.js';
import { FailureError } from '../errors.js';
import { checkOptions } from '../options.js';
import type { Durability } from './durability.js';
import type { SigningKey } from './seal/signing-key.js';
import type { CheckedSigningOptions, SigningOptions } from './seal/trail-signing.js';
import type { Transport } from './transport.js';

/** How durability `remote` is had. */
export interface RemoteOptions {
  /** Name of the transport whose receiver acknowledges. The first one that does where not given. */
  readonly transport?: string | undefined;
  /** Milliseconds after which a statement that is not acknowledged is refused. 5000 where not given. */
  readonly deadlineMs?: number | undefined;
}

/** Options of `createAuditTrail`. */
export interface AuditTrailOptions {
  /** Where the journals stand: on a local disk, writable, shared by the processes of one host. Made where it does not exist. */
  readonly directory: string;
  /** Where the records go: each gets all of them. At least one. */
  readonly transports: readonly Transport[];
  /** What a record has to survive before its statement goes out; a rule may want more. `os` where not given. */
  readonly durability?: Durability | undefined;
  /** With durability `remote`: who acknowledges, and how long a statement waits for it. */
  readonly remote?: RemoteOptions | undefined;
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
  /** Who signs the checkpoints, and how often there is one. */
  readonly signing?: SigningOptions | undefined;
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

const isSigningKey = (value: unknown): value is SigningKey =>
  typeof value === 'string' ||
  value instanceof KeyObject ||
  (typeof value === 'object' && value !== null && 'publicKey' in value && 'sign' in value);
const KEY = v.custom<SigningKey>(isSigningKey, 'must be PEM, a KeyObject, or { publicKey, sign }');

const SigningSchema = v.strictObject({
  key: v.optional(KEY),
  replaces: v.optional(KEY),
  everyRecords: v.optional(Positive, 1000),
  everyMs: v.optional(v.pipe(DurationMs, v.minValue(1)), 10_000),
});

const RemoteSchema = v.strictObject({
  transport: v.optional(v.string()),
  deadlineMs: v.optional(v.pipe(DurationMs, v.minValue(1), v.maxValue(2 ** 31 - 1)), 5000),
});

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
  durability: v.optional(v.picklist(['os', 'disk', 'remote']), 'os'),
  remote: v.optional(RemoteSchema, {}),
  maxBytes: v.optional(Positive, 1024 ** 3),
  segmentBytes: v.optional(Positive, 16 * 1024 ** 2),
  drainDeadlineMs: v.optional(DurationMs, 5000),
  batchRecords: v.optional(Positive, 1000),
  batchBytes: v.optional(Positive, 1024 ** 2),
  batchAgeMs: v.optional(DurationMs, 100),
  signing: v.optional(SigningSchema, {}),
});

/** The options with what was not given filled in. */
export type CheckedAuditOptions = {
  readonly [K in Exclude<keyof AuditTrailOptions, 'logger' | 'signing' | 'remote'>]-?: NonNullable<
    AuditTrailOptions[K]
  >;
} & {
  readonly signing: CheckedSigningOptions;
  /** Undefined where no receiver acknowledges. */
  readonly remote: { readonly transport: string; readonly deadlineMs: number } | undefined;
};

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkAuditOptions(options: AuditTrailOptions): CheckedAuditOptions {
  const checked = checkOptions('audit', OptionsSchema, options);
  const remote = remoteOf(checked.transports, checked.remote);
  if (checked.durability === 'remote' && remote === undefined) throw nobodyAcknowledges('audit.durability');
  // A journal of one segment would never get its space back: a segment goes when all of it is delivered.
  return { ...checked, remote, segmentBytes: Math.min(checked.segmentBytes, Math.ceil(checked.maxBytes / 4)) };
}

function remoteOf(
  transports: readonly Transport[],
  { transport: name, deadlineMs }: { readonly transport?: string | undefined; readonly deadlineMs: number },
): CheckedAuditOptions['remote'] {
  const found = transports.find((each) => (name === undefined ? each.acknowledges === true : each.name === name));
  if (name !== undefined && found?.acknowledges !== true) {
    const problem = found === undefined ? 'is no transport of this trail' : 'does not tell what its receiver has';
    throw new FailureError('OPTIONS_INVALID', `audit.remote.transport: ${name} ${problem}`);
  }
  return found && { transport: found.name, deadlineMs };
}

/** The error where durability `remote` is asked for, and no receiver acknowledges. @param where - who asks */
export function nobodyAcknowledges(where: string): FailureError {
  const problem = 'remote: no transport acknowledges what its receiver has: give one that does, such as httpTransport';
  return new FailureError('OPTIONS_INVALID', `${where}: ${problem}`);
}
