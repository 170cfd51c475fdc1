import type { FastifyInstance } from 'fastify';

import { createGate } from './access.js';
import type { CheckedCollectorOptions } from './collector-options.js';
import { readBody } from './ingest.js';
import type { RecordStore } from './record-store.js';
import { readRecordsQuery } from './records-query.js';

/** Adds the collector's routes to a server. */
export function addRoutes(server: FastifyInstance, store: RecordStore, options: CheckedCollectorOptions): void {
  const onRequest = createGate(options.tokens);
  // The bytes are kept as they came, and are cut by splitRecords: no parser may touch them.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  server.post('/v1/records', { onRequest }, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const records = await readBody(body, request.headers['content-encoding'], options.maxDecompressedBytes);
    if ('error' in records) return reply.code(records.statusCode).send({ error: records.error });
    return store.store(records);
  });

  server.get('/v1/records', { onRequest }, async (request, reply) => {
    const query = readRecordsQuery(request.query);
    if (typeof query === 'string') return reply.code(400).send({ error: query });
    const found = store.read(query);
    const next = found.at(-1)?.position ?? query.after;
    const json = `{"records":[${found.map((record) => record.json).join(',')}],"next":"${next}"}`;
    return reply.type('application/json; charset=utf-8').header('x-content-type-options', 'nosniff').send(json);
  });

  server.get('/healthz', async () => ({ status: 'ok' }));
}
