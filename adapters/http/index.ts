/**
 * Runs each request of a server as the agent whose bearer token it brings: `import { expressBearer } from 'countersign/http'`. The statements of whatever the
 * request leads to carry that identity.
 *
 * @module
 */
import { type CallContext, withContext } from '../../src/session/index.js';
import { type BearerOptions, type BearerRefusal, identify, isBearerRefusal, type RequestHeaders } from './bearer.js';

export type { BearerOptions, RequestHeaders } from './bearer.js';

/** What of a request of Node.js, Express or Connect is looked at. */
export interface NodeRequest {
  readonly headers: RequestHeaders;
}

/** What of its answer is written. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/**
 * Middleware of Express, Connect and what takes theirs. A request without a good token is answered with 401, or 503 where it cannot be checked.
 * @example
 * ```ts
 * app.use(expressBearer({ verifier, taskOf: (headers) => headers['x-task']?.toString() }));
 * app.get('/orders', async (request, response) => response.json(await pool.query('SELECT id FROM orders')));
 * ```
 */
export function expressBearer(
  options: BearerOptions,
): (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    identify(request.headers, options).then((found) => {
      if (isBearerRefusal(found)) answer(response, found);
      else void withContext(found, () => next());
    }, next);
  };
}

function answer(response: NodeResponse, { status, headers, body }: BearerRefusal): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

/** What of Fastify is used. */
export interface FastifyLike {
  addHook(
    name: 'onRequest' | 'preHandler',
    hook: (request: NodeRequest, reply: FastifyReplyLike, done: (error?: Error) => void) => void,
  ): unknown;
}

/** What of its answer is written. */
export interface FastifyReplyLike {
  code(status: number): FastifyReplyLike;
  headers(headers: Readonly<Record<string, string>>): FastifyReplyLike;
  send(body: unknown): unknown;
}

/**
 * A plugin of Fastify, for the server or the scope that it is registered in. The token is checked before the body is read.
 * @example
 * ```ts
 * await app.register(fastifyBearer({ verifier }));
 * ```
 */
export function fastifyBearer(
  options: BearerOptions,
): (app: FastifyLike, pluginOptions: unknown, done: () => void) => void {
  const contexts = new WeakMap<NodeRequest, CallContext>();
  const plugin = (app: FastifyLike, _pluginOptions: unknown, done: () => void): void => {
    app.addHook('onRequest', (request, reply, next) => {
      identify(request.headers, options).then((found) => {
        if (isBearerRefusal(found)) {
          reply.code(found.status).headers(found.headers).send(found.body);
          return;
        }
        contexts.set(request, found);
        next();
      }, next);
    });
    // Reading the body runs in the asynchronous context of the socket: what follows begins here.
    app.addHook('preHandler', (request, _reply, next) => {
      const found = contexts.get(request);
      // Without it, the request would run as the program itself.
      if (found === undefined) next(new Error('the request has come past the check of its token'));
      else void withContext(found, () => next());
    });
    done();
  };
  // The hooks hold where it is registered, and not only within.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}

/** What of Hono's context is used. */
export interface HonoContextLike {
  readonly req: { header(): Record<string, string> };
  json(body: object, status: 401 | 503, headers: Record<string, string>): Response;
}

/**
 * Middleware of Hono, and of what takes a context and a `next` that gives a promise.
 * @example
 * ```ts
 * app.use(honoBearer({ verifier }));
 * ```
 */
export function honoBearer(
  options: BearerOptions,
): (context: HonoContextLike, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const found = await identify(context.req.header(), options);
    if (isBearerRefusal(found)) return context.json(found.body, found.status, { ...found.headers });
    await withContext(found, next);
    return undefined;
  };
}
