import * as v from 'valibot';

import type { CallerMatch } from './caller-matcher.js';
import { days } from './time-window.js';

/** One pattern at least. */
export const patternsSchema: v.GenericSchema<string[]> = v.pipe(
  v.array(v.pipe(v.string(), v.nonEmpty('must not be empty'))),
  v.minLength(1, 'must not be empty'),
);
const clock = v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be HH:MM'));
const timeZone = v.pipe(v.string(), v.check(isTimeZone, 'must be an IANA time zone, such as Europe/Berlin'));

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Who is meant, in a policy file. */
export const callerMatchSchema: v.GenericSchema<unknown, CallerMatch> = v.strictObject({
  subjects: v.optional(patternsSchema),
  issuers: v.optional(patternsSchema),
  groups: v.optional(patternsSchema),
  tasks: v.optional(patternsSchema),
  claimedTask: v.optional(v.boolean()),
  models: v.optional(patternsSchema),
  purposes: v.optional(patternsSchema),
  time: v.optional(
    v.strictObject({
      days: v.optional(v.pipe(v.array(v.picklist(days)), v.minLength(1, 'must not be empty'))),
      from: v.optional(clock),
      to: v.optional(clock),
      timeZone: v.optional(timeZone),
    }),
  ),
}) as v.GenericSchema<unknown, CallerMatch>;
