import { fastify, type FastifyInstance } from 'fastify';

import type { CheckedCollectorOptions } from '../collector-options.js';
import type { CollectorTls } from '../collector-tls.js';

/** An id of 128 characters, escaped. */
const MAX_PARAM_CHARS = 2_000;
/** How often, while it ends, it looks whether all requests are answered. */
const CLOSING_MS = 20;

/**
 * Makes a server that does not listen yet. When it is closed, requests that are being served are answered first.
 * @param onEnding - called when it is to end: who waits for something is to be answered
 */
export function createServer(
  { maxBodyBytes: bodyLimit, tls }: CheckedCollectorOptions,
  onEnding: () => void,
): FastifyInstance {
  const options = {
    bodyLimit,
    forceCloseConnections: 'idle' as const,
    routerOptions: { maxParamLength: MAX_PARAM_CHARS },
  };
  // Both are the same to what stands on them.
  const server =
    tls === undefined ? fastify(options) : (fastify({ ...options, https: httpsOf(tls) }) as unknown as FastifyInstance);
  let served = 0;
  let closing: NodeJS.Timeout | undefined;
  server.addHook('onRequest', async (_request, reply) => {
    served += 1;
    reply.raw.once('close', () => (served -= 1));
  });
  server.addHook('preClose', async () => {
    onEnding();
    // A connection on which nothing was asked yet does not count as idle.
    closing = setInterval(() => served === 0 && server.server.closeAllConnections(), CLOSING_MS);
  });
  server.addHook('onClose', async () => clearInterval(closing));
  return server;
}

/** A client without a certificate may come with a token. */
function httpsOf({ cert, key, clientCa: ca }: CollectorTls): object {
  return { cert, key, ...(ca !== undefined && { ca, requestCert: true, rejectUnauthorized: false }) };
}
