import { Readable } from 'node:stream';

import type { OverviewQuery } from '../store/overview.js';
import type { RecordFilter, RecordPage, RecordQuery, RecordStore, SessionQuery } from '../store/record-store.js';
import { EXPORT_FORMATS, type ExportFormat } from './export-formats.js';
import { type ExportQuery, ExportRecords, OverviewSpan, RecordsQuery, SessionsQuery } from './query-schemas.js';
import { answerProblem, type Route } from './route.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const MAX_LISTED = 1_000;
const EXPORT_PAGE = 500;

/** The routes that give records back. */
export function recordRoutes(store: RecordStore): readonly Route[] {
  return [
    {
      ...{ method: 'GET', path: '/v1/records', role: 'auditor', query: RecordsQuery },
      summary: 'Records that fit all that is asked for, as they came.',
      handle: async ({ reply, query }) => reply.type(JSON_TYPE).send(pageOf(await store.search(query as RecordQuery))),
    },
    recordRoute(store),
    exportRoute(store),
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
      ...{ method: 'GET', path: '/v1/alerts', role: 'auditor' },
      summary: 'What somebody is told of, the newest first.',
      handle: async () => ({ alerts: await store.alerts(MAX_LISTED) }),
    },
    {
      ...{
        method: 'GET',
        path: '/v1/accesses',
        role: 'admin',
        summary: 'Who looked at the records, the newest first.',
      },
      handle: async () => ({ accesses: await store.accesses(MAX_LISTED) }),
    },
  ];
}

function recordRoute(store: RecordStore): Route {
  return {
    ...{ method: 'GET', path: '/v1/records/:id', role: 'auditor' },
    summary: 'One record, as it came; when, and from whom, is in the headers.',
    handle: async ({ request, reply }) => {
      const { id } = request.params as { id: string };
      const found = await store.find(id);
      if (found === undefined)
        return answerProblem(reply, { statusCode: 404, error: 'there is no record with this id' });
      reply.header('countersign-received-at', found.receivedAt).header('countersign-sender', encodeURI(found.sender));
      return reply.type(JSON_TYPE).send(found.json);
    },
  };
}

function exportRoute(store: RecordStore): Route {
  return {
    ...{ method: 'GET', path: '/v1/export', role: 'auditor', query: ExportRecords },
    summary: 'All records that fit, the oldest first, as a file: a line each.',
    handle: ({ reply, query }) => {
      const { format: name, ...filter } = query as ExportQuery;
      const format = EXPORT_FORMATS[name];
      const file = `countersign-records.${name === 'csv' ? 'csv' : 'jsonl'}`;
      reply.type(format.contentType).header('content-disposition', `attachment; filename="${file}"`);
      return reply.send(Readable.from(exportLines(store, filter, format)));
    },
  };
}

async function* exportLines(store: RecordStore, filter: RecordFilter, format: ExportFormat): AsyncGenerator<string> {
  if (format.head !== undefined) yield `${format.head}\r\n`;
  for (let after = 0, more = true; more;) {
    const page = await store.search({ ...filter, after, order: 'asc', limit: EXPORT_PAGE });
    for (const { json } of page.records) yield `${format.line(json)}\n`;
    ({ next: after, more } = page);
  }
}

/** The records as the bytes that came: parsing and writing them again would change them. */
function pageOf({ records, more, head, next }: RecordPage): string {
  return `{"records":[${records.map(({ json }) => json).join(',')}],"more":${more},"head":"${head}","next":"${next}"}`;
}
