import type { AuditLogger } from '../../audit/audit-logger.js';
import { readBody } from '../ingest/read-body.js';
import type { OverviewQuery } from '../store/overview.js';
import type { RecordPage, RecordQuery, RecordStore, SessionQuery } from '../store/record-store.js';
import { OverviewSpan, RecordsQuery, SessionsQuery } from './query-schemas.js';
import { answerProblem, type Route } from './route.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const MAX_ACCESSES = 1_000;

/** What the routes of records work on. */
export interface RecordRoutesContext {
  readonly store: RecordStore;
  readonly maxDecompressedBytes: number;
  readonly logger: AuditLogger;
}

/** The routes that take records and give them back. */
export function recordRoutes(context: RecordRoutesContext): readonly Route[] {
  const { store } = context;
  return [
    ingestRoute(context),
    {
      ...{ method: 'GET', path: '/v1/records', role: 'auditor', query: RecordsQuery },
      summary: 'Records that fit all that is asked for, as they came.',
      handle: async ({ reply, query }) => reply.type(JSON_TYPE).send(pageOf(await store.search(query as RecordQuery))),
    },
    {
      ...{ method: 'GET', path: '/v1/records/:id', role: 'auditor', summary: 'One record, as it came.' },
      handle: async ({ request, reply }) => {
        const { id } = request.params as { id: string };
        const found = await store.find(id);
        if (found !== undefined) return reply.type(JSON_TYPE).send(found.json);
        return answerProblem(reply, { statusCode: 404, error: 'there is no record with this id' });
      },
    },
    {
      ...{ method: 'GET', path: '/v1/sessions', role: 'auditor', query: SessionsQuery },
      summary: 'Sessions, in the order in which they were first heard of.',
      handle: async ({ query }) => {
        const asked = query as SessionQuery;
        const sessions = await store.sessions(asked);
        return { sessions, next: String(sessions.at(-1)?.position ?? asked.after ?? 0) };
      },
    },
    {
      ...{ method: 'GET', path: '/v1/overview', role: 'auditor', query: OverviewSpan },
      summary: 'Statements of a time, counted.',
      handle: async ({ query }) => store.overview(query as OverviewQuery),
    },
    {
      ...{ method: 'GET', path: '/v1/witness', role: 'auditor' },
      summary: 'The last checkpoint of each writer, and what was found to be wrong.',
      handle: () => store.witnessed(),
    },
    {
      ...{ method: 'GET', path: '/v1/size', role: 'auditor', summary: 'How much is held.' },
      handle: () => store.size(),
    },
    {
      ...{
        method: 'GET',
        path: '/v1/accesses',
        role: 'admin',
        summary: 'Who looked at the records, the newest first.',
      },
      handle: async () => ({ accesses: await store.accesses(MAX_ACCESSES) }),
    },
  ];
}

function ingestRoute({ store, maxDecompressedBytes, logger }: RecordRoutesContext): Route {
  return {
    ...{ method: 'POST', path: '/v1/records', role: 'writer', body: '{"records":[…]}, gzip or not' },
    summary: 'Stores records. They are on the disk when it is answered; those that come again change nothing.',
    handle: async ({ request, reply }) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const bytes = await readBody(body, request.headers['content-encoding'], maxDecompressedBytes);
      if ('error' in bytes) return answerProblem(reply, bytes);
      const result = await store.store({ form: 'list', bytes });
      if ('error' in result) return answerProblem(reply, result);
      const { findings, ...counts } = result;
      for (const finding of findings) logger.warn(finding, 'audit records are not what was signed');
      return findings.length === 0 ? counts : { ...counts, warnings: findings.map(({ message }) => message) };
    },
  };
}

/** The records as the bytes that came: parsing and writing them again would change them. */
function pageOf({ records, more, head, next }: RecordPage): string {
  return `{"records":[${records.map(({ json }) => json).join(',')}],"more":${more},"head":"${head}","next":"${next}"}`;
}
