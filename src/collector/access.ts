import { createHash, timingSafeEqual } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { bearerTokenOf } from '../bearer-token.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a host name or address is on this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Looks at a request before anything else does; answers it where it may not pass. */
export type Gate = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * Lets pass who has one of the tokens. Digests of equal length are compared in constant time, all of them, so that the time says nothing.
 *
 * Without tokens (on loopback only) it lets pass who called a loopback name: a web page whose host name was rebound to 127.0.0.1 did not.
 */
export function createGate(tokens: readonly string[]): Gate {
  const accepted = tokens.map(digest);
  return async (request, reply) => {
    if (accepted.length === 0) {
      if (!isLoopback(request.hostname))
        await reply.code(403).send({ error: 'without a token only a loopback host name is served' });
      return;
    }
    const given = digest(bearerTokenOf(request.headers.authorization) ?? '');
    let passes = false;
    for (const token of accepted) if (timingSafeEqual(token, given)) passes = true;
    if (!passes)
      await reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'a valid bearer token is needed' });
  };
}
