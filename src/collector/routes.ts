import type { FastifyInstance } from 'fastify';

import { createGate } from './access.js';
import type { CheckedCollectorOptions } from './collector-options.js';
import { readBody } from './ingest.js';
import type { RecordStore } from './record-store.js';
import { readRecordsQuery } from './records-query.js';
import { readSessionsQuery } from './sessions-query.js';

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
    const { findings, ...counts } = store.store(records);
    for (const finding of findings) options.logger.warn(finding, 'audit records are not what was signed');
    return findings.length === 0 ? counts : { ...counts, warnings: findings.map(({ message }) => message) };
  });

  server.get('/v1/records', { onRequest }, async (request, reply) => {
    const query = readRecordsQuery(request.query);
    if (typeof query === 'string') return reply.code(400).send({ error: query });
    const found = store.read(query);
    const next = found.at(-1)?.position ?? query.after;
    const json = `{"records":[${found.map((record) => record.json).join(',')}],"next":"${next}"}`;
    return reply.type('application/json; charset=utf-8').header('x-content-type-options', 'nosniff').send(json);
  });

  server.get('/v1/sessions', { onRequest }, async (request, reply) => {
    const query = readSessionsQuery(request.query);
    if (typeof query === 'string') return reply.code(400).send({ error: query });
    const sessions = store.sessions(query);
    const next = String(sessions.at(-1)?.position ?? query.after);
    return reply.header('x-content-type-options', 'nosniff').send({ sessions, next });
  });
  server.get('/v1/witness', { onRequest }, async () => ({
    writers: store.witness.writers(),
    findings: store.witness.findings(),
  }));

  server.get('/healthz', async () => ({ status: 'ok' }));
}
