import * as v from 'valibot';

import type { RecordQuery } from './record-store.js';

const MAX_LIMIT = 1000;
const Position = v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'must be a cursor'), v.transform(Number));
const Limit = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}$/, 'must be a number'),
  v.transform(Number),
  v.minValue(1, 'must be at least 1'),
  v.transform((limit) => Math.min(limit, MAX_LIMIT)),
);

const QuerySchema = v.strictObject({
  after: v.optional(Position, '0'),
  limit: v.optional(Limit, '100'),
  newest: v.optional(
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((text) => text === 'true'),
    ),
    'false',
  ),
  agent: v.optional(v.string()),
  task: v.optional(v.string()),
});

/** Reads the query string of `GET /v1/records`: the query, or what is wrong with it. */
export function readRecordsQuery(query: unknown): RecordQuery | string {
  const result = v.safeParse(QuerySchema, query);
  if (result.success) return result.output;
  return result.issues.map((issue) => `${v.getDotPath(issue) ?? 'query'}: ${issue.message}`).join('; ');
}
