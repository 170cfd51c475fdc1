import { randomUUID } from 'node:crypto';

import * as v from 'valibot';

import { checkOptions } from '../../options.js';
import type { Filled } from '../filled-options.js';
import { recordJson, type RecordFormat } from '../formats/record-format.js';
import {
  formatSchema,
  milliseconds,
  receiverEntries,
  secretSchema,
  secureUrl,
  type ReceiverOptions,
  type Secret,
} from '../receiver-options.js';

/** How long indexers are asked whether they have a batch. */
export interface SplunkAcknowledgement {
  /** The channel, a UUID; a new one for each transport where not given. */
  readonly channel?: string | undefined;
  /** Milliseconds between two questions; 1000 where not given. */
  readonly pollMs?: number | undefined;
  /** Milliseconds after which a batch is sent again; 300000 where not given, as Splunk advises. */
  readonly timeoutMs?: number | undefined;
}

/** Options of `splunkHec`. */
export interface SplunkHecOptions extends ReceiverOptions {
  /** Where the collector listens, without a path: `https://splunk.example:8088`. */
  readonly url: string;
  /** The collector's token. A function is asked for each request. */
  readonly token: Secret;
  /** Names the cursor; `splunk` where not given. */
  readonly name?: string | undefined;
  /** Metadata of every event. `sourcetype` is `countersign` where not given; the token's settings say the others. */
  readonly index?: string | undefined;
  readonly source?: string | undefined;
  readonly sourcetype?: string | undefined;
  readonly host?: string | undefined;
  /** The form of `event`; the record's own JSON where not given. */
  readonly format?: RecordFormat | undefined;
  /** Waits until indexers have a batch on disk. The token must have indexer acknowledgement switched on. */
  readonly acknowledgement?: SplunkAcknowledgement | undefined;
}

const AcknowledgementSchema = v.strictObject({
  channel: v.optional(v.pipe(v.string(), v.uuid('must be a UUID')), () => randomUUID()),
  pollMs: v.optional(milliseconds(), 1000),
  timeoutMs: v.optional(milliseconds(), 300_000),
});

const OptionsSchema = v.strictObject({
  url: secureUrl,
  token: secretSchema,
  name: v.optional(v.string(), 'splunk'),
  index: v.optional(v.string()),
  source: v.optional(v.string()),
  sourcetype: v.optional(v.string(), 'countersign'),
  host: v.optional(v.string()),
  format: v.optional(formatSchema, recordJson),
  acknowledgement: v.optional(AcknowledgementSchema),
  ...receiverEntries,
});

/** The acknowledgement with what was not given filled in. */
export type CheckedAcknowledgement = Filled<SplunkAcknowledgement>;

/** The options with what was not given filled in. */
export type CheckedSplunkOptions = Filled<
  Omit<SplunkHecOptions, 'acknowledgement'>,
  'index' | 'source' | 'host' | 'tls'
> & { readonly acknowledgement?: CheckedAcknowledgement | undefined };

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkSplunkOptions(options: SplunkHecOptions): CheckedSplunkOptions {
  return checkOptions('splunkHec', OptionsSchema, options);
}
