import * as v from 'valibot';

import { readListQuery } from './query-string.js';
import type { SessionQuery } from './session-table.js';

/** As records write their times, so that the texts compare as the times do. */
const RECORD_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

const FILTERS = {
  agent: v.string(),
  task: v.string(),
  since: v.pipe(v.string(), v.regex(RECORD_TIME, 'must be a time in UTC with six digits of a second')),
};

/** Reads the query string of `GET /v1/sessions`: the query, or what is wrong with it. */
export function readSessionsQuery(query: unknown): SessionQuery | string {
  return readListQuery(query, FILTERS);
}
