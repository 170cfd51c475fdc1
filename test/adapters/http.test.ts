import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import type { Pool } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  expressBearer,
  fastifyBearer,
  type FastifyLike,
  type FastifyReplyLike,
  honoBearer,
} from '../../adapters/http/index.js';
import { clientCredentials, createTokenVerifier, type TokenVerifier } from '../../src/identity/index.js';
import { type Agents, startAgents } from '../governed/agents.js';
import { type Governed, startGoverned } from '../governed/index.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let governed: Governed;
let agents: Agents;
let verifier: TokenVerifier;
let pool: Pool;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  governed = await startGoverned(inject('database'), { anonymous: true });
  agents = await startAgents();
  const { issuer, audience } = agents.credentials('anna');
  verifier = createTokenVerifier({ issuer, audience });
  // One connection, for which requests wait.
  pool = governed.pool({ connectionLimit: 1 }).promise();
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(async () => {
  await agents.stop();
  await governed.close();
});

const taskOf = (headers: Readonly<Record<string, unknown>>): string | undefined =>
  typeof headers['x-task'] === 'string' ? headers['x-task'] : undefined;
const ask = (mark: string): Promise<unknown> => pool.query(`SELECT '${mark}'`);

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Each starts a server that reads a JSON body and asks the database with what is in it. */
const FRAMEWORKS: Readonly<Record<string, () => Promise<string>>> = {
  async express() {
    const app = express();
    app.use(expressBearer({ verifier, taskOf }));
    app.use(express.json());
    app.post('/ask', async (request, response) => {
      await ask((request.body as { mark: string }).mark);
      response.json({ ok: true });
    });
    return listen(createServer(app));
  },
  async fastify() {
    const app = fastify();
    await app.register(fastifyBearer({ verifier, taskOf }));
    app.post('/ask', async (request) => {
      await ask((request.body as { mark: string }).mark);
      return { ok: true };
    });
    closers.push(() => app.close());
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
  async hono() {
    const app = new Hono();
    app.use(honoBearer({ verifier, taskOf }));
    app.post('/ask', async (context) => {
      await ask((await context.req.json<{ mark: string }>()).mark);
      return context.json({ ok: true });
    });
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const init = { method: request.method ?? 'GET', headers: request.headers as Record<string, string> };
        void Promise.resolve(
          app.fetch(new Request(`http://host${request.url}`, { ...init, body: Buffer.concat(chunks) })),
        ).then(async (answer) =>
          response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text()),
        );
      });
    });
    return listen(server);
  },
};

for (const [name, start] of Object.entries(FRAMEWORKS)) {
  describe(name, () => {
    it('runs each request as its agent, also where they wait for one connection', async () => {
      const url = await start();
      const names = ['anna', 'bert', 'cora'];
      const tokens = await Promise.all(
        names.map(async (agent) => {
          const { tokenEndpoint, audience, clientId, clientSecret } = agents.credentials(agent);
          return clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
        }),
      );
      const answers = await Promise.all(
        tokens.flatMap((token, index) =>
          [0, 1, 2].map(async (turn) => {
            const mark = `${name} ${names[index] ?? ''} ${turn}`;
            const headers = {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              'x-task': mark,
              traceparent: TRACE,
            };
            return (await fetch(`${url}/ask`, { method: 'POST', headers, body: JSON.stringify({ mark }) })).status;
          }),
        ),
      );
      expect(answers).toEqual(Array.from({ length: 9 }, () => 200));
      const records = (await governed.records()).filter(({ statement }) =>
        statement.text.startsWith(`SELECT '${name} `),
      );
      expect(records).toHaveLength(9);
      for (const { statement, agent, task, trace } of records) {
        expect(statement.text).toBe(`SELECT '${task?.id ?? ''}'`);
        expect(statement.text).toContain(` ${agent?.name ?? ''} `);
        expect(trace?.span_id).toBe('00f067aa0ba902b7');
      }
    });

    it('lets nobody in without a good token', async () => {
      const url = await start();
      const before = (await governed.records()).length;
      const post = (headers: Record<string, string>): Promise<Response> =>
        fetch(`${url}/ask`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: '{"mark":"x"}',
        });
      const without = await post({});
      expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="countersign"']);
      const bad = await post({ authorization: 'Bearer e30.e30.e30' });
      expect([bad.status, bad.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="countersign", error="invalid_token"',
      ]);
      expect(await bad.json()).toEqual({ error: expect.any(String) as string });
      expect(await governed.records()).toHaveLength(before);
    });
  });
}

it('says nothing of the token where the program cannot tell the task', async () => {
  const app = express();
  app.use(
    expressBearer({
      verifier,
      taskOf: () => {
        throw new Error('no such task');
      },
    }),
  );
  app.use(((error, _request, response, next) => {
    if (response.headersSent) next(error);
    else response.status(500).end();
  }) satisfies express.ErrorRequestHandler);
  const url = await listen(createServer(app));
  const { tokenEndpoint, audience, clientId, clientSecret } = agents.credentials('anna');
  const token = await clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
  expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(500);
});

it('lets nothing run as the program itself where a request has come past the check', async () => {
  const hooks = new Map<string, Parameters<FastifyLike['addHook']>[1]>();
  fastifyBearer({ verifier })({ addHook: (name, hook) => hooks.set(name, hook) }, {}, () => undefined);
  const failure = await new Promise((resolve) =>
    hooks.get('preHandler')?.({ headers: {} }, undefined as unknown as FastifyReplyLike, resolve),
  );
  expect(failure).toBeInstanceOf(Error);
});

it('says that a token cannot be checked where the issuer is away', async () => {
  const { issuer, ...credentials } = agents.credentials('anna');
  const { audience: wanted } = credentials;
  const away = createTokenVerifier({ issuer, audience: wanted, jwksUri: 'http://127.0.0.1:1/jwks' });
  const app = express();
  app.use(expressBearer({ verifier: away }));
  const url = await listen(createServer(app));
  const { tokenEndpoint, audience, clientId, clientSecret } = agents.credentials('anna');
  const token = await clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const [status, text] = [answer.status, await answer.text()];
  expect([status, text.includes('127.0.0.1')]).toEqual([503, false]);
});
