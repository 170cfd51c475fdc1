import * as v from 'valibot';

import { checkOptions } from '../../options.js';
import type { Filled } from '../filled-options.js';
import { ecs } from '../formats/ecs.js';
import { isJson, type RecordFormat } from '../formats/record-format.js';
import {
  formatSchema,
  receiverEntries,
  secretSchema,
  secureUrl,
  type ReceiverOptions,
  type Secret,
} from '../receiver-options.js';

/** Options of `elastic`. */
export interface ElasticOptions extends ReceiverOptions {
  /** Where Elasticsearch listens: `https://elastic.example:9200`. */
  readonly url: string;
  /** The index or data stream; `logs-countersign-default` where not given. */
  readonly index?: string | undefined;
  /** An API key as Elasticsearch gives it out encoded, sent as `Authorization: ApiKey …`. A function is asked for each request. */
  readonly apiKey?: Secret | undefined;
  /** A user's name and password, in place of an API key. */
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  /** Names the cursor; `elastic` where not given. */
  readonly name?: string | undefined;
  /** The form of a document; {@link ecs} where not given. */
  readonly format?: RecordFormat | undefined;
}

/** Names of indices have no more than these, which need no escape in a URL. */
const INDEX = /^[a-z0-9][a-z0-9._-]*$/;

const OptionsSchema = v.pipe(
  v.strictObject({
    url: secureUrl,
    index: v.optional(
      v.pipe(v.string(), v.regex(INDEX, 'must be of lower-case letters, digits, dots, hyphens and underscores')),
      'logs-countersign-default',
    ),
    apiKey: v.optional(secretSchema),
    auth: v.optional(v.strictObject({ username: v.string(), password: v.string('must be text') })),
    name: v.optional(v.string(), 'elastic'),
    format: v.optional(v.pipe(formatSchema, v.check(isJson, 'must be a format that gives JSON')), ecs),
    ...receiverEntries,
  }),
  v.check(({ apiKey, auth }) => apiKey === undefined || auth === undefined, 'give an apiKey or auth, not both'),
);

/** The options with what was not given filled in. */
export type CheckedElasticOptions = Filled<ElasticOptions, 'apiKey' | 'auth' | 'tls'>;

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkElasticOptions(options: ElasticOptions): CheckedElasticOptions {
  return checkOptions('elastic', OptionsSchema, options);
}
