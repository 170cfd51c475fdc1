import * as v from 'valibot';

import { checkOptions } from '../../options.js';
import type { Filled } from '../filled-options.js';
import { recordJson, type RecordFormat } from '../formats/record-format.js';
import {
  formatSchema,
  receiverEntries,
  secretSchema,
  secureUrl,
  type ReceiverOptions,
  type Secret,
} from '../receiver-options.js';

/** Options of `datadog`. */
export interface DatadogOptions extends ReceiverOptions {
  /** An API key of the organisation. A function is asked for each request. */
  readonly apiKey: Secret;
  /** The Datadog site; `datadoghq.com` where not given. */
  readonly site?: string | undefined;
  /** A proxy that stands before Datadog, without a path, in place of the site's intake. */
  readonly url?: string | undefined;
  /** Names the cursor; `datadog` where not given. */
  readonly name?: string | undefined;
  /** `service` of every entry; `countersign` where not given. */
  readonly service?: string | undefined;
  /** `ddsource` of every entry, which chooses the pipeline; `countersign` where not given. */
  readonly source?: string | undefined;
  /** `ddtags` of every entry: `env:prod,team:data`. */
  readonly tags?: string | undefined;
  /** `hostname` of every entry. */
  readonly hostname?: string | undefined;
  /** The form of `message`; the record's own JSON where not given. */
  readonly format?: RecordFormat | undefined;
}

const OptionsSchema = v.strictObject({
  apiKey: secretSchema,
  site: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z0-9.-]+$/, 'must be a site, such as datadoghq.eu')),
    'datadoghq.com',
  ),
  url: v.optional(secureUrl),
  name: v.optional(v.string(), 'datadog'),
  service: v.optional(v.string(), 'countersign'),
  source: v.optional(v.string(), 'countersign'),
  tags: v.optional(v.string()),
  hostname: v.optional(v.string()),
  format: v.optional(formatSchema, recordJson),
  ...receiverEntries,
});

/** The options with what was not given filled in. */
export type CheckedDatadogOptions = Filled<DatadogOptions, 'url' | 'tags' | 'hostname' | 'tls'>;

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkDatadogOptions(options: DatadogOptions): CheckedDatadogOptions {
  return checkOptions('datadog', OptionsSchema, options);
}
