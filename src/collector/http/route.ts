import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GenericSchema } from 'valibot';

import type { CollectorRole, Viewer } from './access.js';

/** A request that was let in. */
export interface RouteCall {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly viewer: Viewer;
  /** What the query string says, as the route's schema has it. */
  readonly query: unknown;
}

/** One route of the collector. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** As Fastify writes it: `/v1/records/:id`. */
  readonly path: string;
  readonly summary: string;
  /** Who may; undefined for anybody. */
  readonly role: CollectorRole | undefined;
  /** What may stand in the query string; nothing where not given. */
  readonly query?: GenericSchema;
  /** Whether it shows records, or what waits for an approval, to somebody: then it is noted who looked. Default: what is read. */
  readonly isLook?: boolean;
  /** Whether it stands in the description of the routes. Default: it does; the files of the console do not. */
  readonly isDescribed?: boolean;
  /** What the body is, for who reads of it. */
  readonly body?: string;
  handle(call: RouteCall): unknown;
}

/** Something that cannot be done, as an HTTP answer. */
export interface HttpProblem {
  readonly statusCode: number;
  readonly error: string;
}

/** Answers with what is wrong. */
export function answerProblem(reply: FastifyReply, { statusCode, error }: HttpProblem): FastifyReply {
  return reply.code(statusCode).send({ error });
}
