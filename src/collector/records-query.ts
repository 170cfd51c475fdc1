import * as v from 'valibot';

import { readListQuery } from './query-string.js';
import type { RecordQuery } from './record-store.js';

const FILTERS = { agent: v.string(), task: v.string(), session: v.string() };

/** Reads the query string of `GET /v1/records`: the query, or what is wrong with it. */
export function readRecordsQuery(query: unknown): RecordQuery | string {
  return readListQuery(query, FILTERS);
}
