import * as v from 'valibot';

import { RECORD_TIME } from '../ingest/incoming-record.js';
import type { OverviewQuery } from '../store/overview.js';
import type { RecordFilter, RecordQuery, SessionQuery } from '../store/record-store.js';
import { textProblem } from '../store/terms.js';

const MAX_LIMIT = 1000;
const Position = v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'must be a cursor'), v.transform(Number));
const Limit = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}$/, 'must be a number'),
  v.transform(Number),
  v.minValue(1, 'must be at least 1'),
  v.transform((limit) => Math.min(limit, MAX_LIMIT)),
);
const Page = {
  after: v.optional(v.pipe(Position, v.description('The cursor of the page before.'))),
  limit: v.optional(v.pipe(Limit, v.description('At most so many: 100 where not given, 1,000 at most.')), '100'),
  order: v.optional(
    v.pipe(v.picklist(['asc', 'desc'], 'must be asc or desc'), v.description('desc: the newest first.')),
    'asc',
  ),
};
/** RFC 3339 in UTC, with any number of digits of a second up to six, which records have. */
const Time = v.pipe(
  v.string(),
  v.transform((text) => text.replace(/(T\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/, wholeMicros)),
  v.regex(RECORD_TIME, 'must be a time in UTC, for example 2026-11-22T10:00:00Z'),
);
const Text = v.pipe(
  v.string(),
  v.nonEmpty('must not be empty'),
  v.maxLength(1_000, 'must have at most 1000 characters'),
);

function wholeMicros(_whole: string, time: string, digits = ''): string {
  return `${time}.${digits.padEnd(6, '0')}Z`;
}

const described = (text: string): v.GenericSchema<string | undefined> => v.optional(v.pipe(Text, v.description(text)));

const Filter = {
  type: described('statement, session, identity, approval, policy, summary or checkpoint.'),
  agent: described("The agent's subject."),
  actor: described('A subject of the agent or of anybody in its chain of delegation.'),
  task: described("The task's id."),
  session: described("The session's id."),
  table: described('A table that is touched: orders, or shop.orders.'),
  written: described('A table that is written.'),
  masked: described('A column that was masked: shop.customers.email.'),
  operation: described('SELECT, DELETE and so on.'),
  effect: described('The verdict: allow, deny, approve or error.'),
  rule: described('A rule that decided, or that is noted.'),
  status: described('How it ended: ok, error, denied, aborted or unknown.'),
  server: described('The database server, host:port.'),
  digest: described("The fingerprint's digest."),
  trace: described('The W3C trace id.'),
  text: v.optional(
    v.pipe(
      Text,
      v.check(
        (text) => textProblem(text) === undefined,
        ({ input }) => textProblem(String(input)) ?? '',
      ),
      v.description(
        'Words, all of which stand in the statement, its parameters, the error or the reason; word* for how one begins.',
      ),
    ),
  ),
  since: v.optional(v.pipe(Time, v.description('Of this time or later.'))),
  until: v.optional(v.pipe(Time, v.description('Before this time.'))),
  rows: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}$/, 'must be a number'),
      v.transform(Number),
      v.description('Returned or changed at least so many rows.'),
    ),
  ),
} satisfies Record<keyof RecordFilter, unknown>;

/** Query string of `GET /v1/records`. */
export const RecordsQuery: v.GenericSchema<unknown, RecordQuery> = v.strictObject({ ...Page, ...Filter });

/** What of the records, and in which form. */
export interface ExportQuery extends RecordFilter {
  readonly format: 'jsonl' | 'csv' | 'ocsf';
}

/** Query string of `GET /v1/export`. */
export const ExportRecords: v.GenericSchema<unknown, ExportQuery> = v.strictObject({
  ...Filter,
  format: v.optional(v.picklist(['jsonl', 'csv', 'ocsf'], 'must be jsonl, csv or ocsf'), 'jsonl'),
});

/** Query string of `GET /v1/sessions`. */
export const SessionsQuery: v.GenericSchema<unknown, SessionQuery> = v.strictObject({
  ...Page,
  ...{ agent: Filter.agent, task: Filter.task, since: Filter.since },
});

/** Query string of `GET /v1/overview`. */
export const OverviewSpan: v.GenericSchema<unknown, OverviewQuery> = v.strictObject({
  since: Time,
  until: Time,
  step: v.optional(v.picklist(['hour', 'day'], 'must be hour or day'), 'hour'),
});
