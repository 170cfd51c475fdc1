import * as v from 'valibot';

import { callerMatchSchema, patternsSchema } from '../matching/index.js';
import { KINDS } from './detectors/detector-options.js';
import type { MaskDefinition } from './mask-rule.js';

const column = v.pipe(v.string(), v.regex(/^[^.]+\.[^.]+\.[^.]+$/, 'must be schema.table.column'));
const key = { key: v.optional(v.string()), keyEnv: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty'))) };
const count = v.optional(v.pipe(v.number(), v.safeInteger('must be a whole number'), v.minValue(0), v.maxValue(1_000)));
const masker = v.union(
  [
    v.picklist(['redact', 'null', 'email', 'name', 'phone', 'card']),
    v.strictObject({
      partial: v.strictObject({ first: count, last: count, filler: v.optional(v.pipe(v.string(), v.maxLength(8))) }),
    }),
    v.strictObject({ card: v.strictObject({ bin: v.optional(v.boolean()) }) }),
    v.strictObject({ date: v.picklist(['month', 'year']) }),
    v.strictObject({ bucket: v.pipe(v.number(), v.minValue(1e-6)) }),
    v.strictObject({ token: v.strictObject({ ...key, keyId: v.optional(v.string()) }) }),
    v.strictObject({
      detect: v.strictObject({
        kinds: v.pipe(v.array(v.picklist(KINDS)), v.minLength(1, 'must not be empty')),
        defaultRegion: v.optional(v.string()),
      }),
    }),
    v.strictObject({ formatPreserving: v.strictObject({ ...key, tweak: v.optional(v.string()) }) }),
  ],
  'must be a masker: redact, null, email, name, phone, card, { partial }, { card }, { date }, { bucket }, { token }, { detect } or { formatPreserving }',
);

/** A mask in a policy file. */
export const maskSchema: v.GenericSchema<unknown, MaskDefinition> = v.strictObject({
  columns: v.optional(v.pipe(v.array(column), v.minLength(1, 'must not be empty'))),
  tags: v.optional(patternsSchema),
  mask: v.optional(masker),
  plainFor: v.optional(callerMatchSchema),
  deniedTo: v.optional(callerMatchSchema),
  filter: v.optional(v.picklist(['lookup', 'any', 'none'])),
}) as v.GenericSchema<unknown, MaskDefinition>;
