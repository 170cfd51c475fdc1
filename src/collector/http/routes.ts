import type { FastifyInstance, FastifyRequest } from 'fastify';
import { getDotPath, safeParse } from 'valibot';

import type { CheckedCollectorOptions } from '../collector-options.js';
import type { CollectorMetrics } from '../collector-metrics.js';
import { consoleRoutes } from '../console/console-routes.js';
import type { RecordStore } from '../store/record-store.js';
import { Access, createGate, type Viewer } from './access.js';
import { AccessNotes } from './access-notes.js';
import { ingestRoutes } from './ingest-routes.js';
import { openApiOf } from './openapi.js';
import { recordRoutes } from './record-routes.js';
import { answerProblem, type Route } from './route.js';

const NOBODY: Viewer = { name: 'nobody', id: 'nobody', roles: new Set(), identity: undefined };

/** Adds the collector's routes to a server. */
export function addRoutes(
  server: FastifyInstance,
  store: RecordStore,
  approvals: readonly Route[],
  metrics: CollectorMetrics,
  options: CheckedCollectorOptions,
): void {
  const notes = new AccessNotes(store);
  server.addHook('preClose', () => notes.close());
  // The bytes are kept as they came, and are cut by splitRecords: no parser may touch them.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });

  const routes: Route[] = [
    ...ingestRoutes({ store, metrics, ...options }),
    ...recordRoutes(store),
    ...approvals,
    ...consoleRoutes(options.oidc?.login),
  ];
  routes.push(
    ...([
      {
        ...{ method: 'GET', path: '/healthz', role: undefined, summary: 'Whether it is alive.' },
        handle: ({ reply }) =>
          store.isAlive
            ? { status: 'ok' }
            : answerProblem(reply, { statusCode: 503, error: 'the store has failed: start the collector again' }),
      },
      {
        ...{ method: 'GET', path: '/metrics', role: 'auditor', isLook: false, summary: 'Figures for Prometheus.' },
        handle: async ({ reply }) => reply.type(metrics.contentType).send(await metrics.text()),
      },
      {
        ...{ method: 'GET', path: '/openapi.json', role: undefined, summary: 'This description.' },
        handle: () => openApiOf(routes),
      },
    ] satisfies Route[]),
  );
  const access = new Access(options);
  for (const route of routes) addRoute(server, route, access, notes);
}

function addRoute(server: FastifyInstance, route: Route, access: Access, notes: AccessNotes): void {
  const { method, path: url, role, isLook = method === 'GET' } = route;
  const note = ({ url: asked }: FastifyRequest, { name }: Viewer, isAllowed: boolean): Promise<void> => {
    const mark = asked.indexOf('?');
    const path = mark === -1 ? asked : asked.slice(0, mark);
    return notes.note(name, path, mark === -1 ? '' : asked.slice(mark + 1), isAllowed);
  };
  const gate = role && createGate(access, role, (viewer, request) => note(request, viewer, false));
  server.route({
    ...{ method, url },
    ...(gate !== undefined && { onRequest: gate }),
    handler: async (request, reply) => {
      const { viewer = NOBODY } = request;
      const query = readQuery(route, request.query);
      if (typeof query === 'string') return answerProblem(reply, { statusCode: 400, error: query });
      // Every look at the records is noted before it is answered.
      if (role !== undefined && isLook) await note(request, viewer, true);
      return route.handle({ request, reply, viewer, query: query.value });
    },
  });
}

/** The query string as the route has it, or what is wrong with it. */
function readQuery({ query: schema }: Route, query: unknown): { readonly value: unknown } | string {
  if (schema === undefined) {
    const [name] = Object.keys(query as object);
    return name === undefined ? { value: undefined } : `${name}: there is no such parameter`;
  }
  const result = safeParse(schema, query, { abortEarly: true });
  if (result.success) return { value: result.output };
  return result.issues.map((issue) => `${getDotPath(issue) ?? 'query'}: ${issue.message}`).join('; ');
}
