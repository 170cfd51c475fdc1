import { fastify, type FastifyInstance } from 'fastify';
import type { Governor } from '../session/index.js';
import type { Databases } from './databases.js';
import type { ProxyMetrics } from './proxy-metrics.js';
import type { Siblings } from './processes/siblings.js';
import type { AdminOptions } from './proxy-options.js';

/** What the admin port shows. */
export interface AdminParts {
  readonly metrics: ProxyMetrics;
  readonly governor: Governor;
  readonly databases: Databases;
  readonly siblings: Siblings;
}

/** `/healthz`, `/readyz` and `/metrics`. Nobody is asked who they are: nothing is shown of statements. */
export class AdminServer {
  readonly #app: FastifyInstance = fastify({
    requestTimeout: 10_000,
    connectionTimeout: 10_000,
    forceCloseConnections: true,
  });
  readonly #parts: AdminParts;
  #url = '';
  #draining = false;

  private constructor(parts: AdminParts) {
    this.#parts = parts;
    this.#app.get('/healthz', () => ({ status: 'ok' }));
    this.#app.get('/readyz', async (_request, reply) => {
      const problems = this.#problems();
      return reply.code(problems.length === 0 ? 200 : 503).send({ ready: problems.length === 0, problems });
    });
    this.#app.get('/metrics', async (_request, reply) => {
      const { registry } = parts.metrics;
      return reply.type(registry.contentType).send(await parts.siblings.metrics(registry));
    });
  }

  /** Starts to listen. @throws what listening fails with */
  static async start({ host = '127.0.0.1', port }: AdminOptions, parts: AdminParts): Promise<AdminServer> {
    const server = new AdminServer(parts);
    server.#url = await server.#app.listen({ host, port });
    return server;
  }

  get url(): string {
    return this.#url;
  }

  /** Is not ready any more: no client should be sent here. */
  drain(): void {
    this.#draining = true;
  }

  async close(): Promise<void> {
    await this.#app.close();
  }

  #problems(): string[] {
    const { databases, governor } = this.#parts;
    const problems = [...databases]
      .filter(({ greeting }) => greeting === undefined)
      .map(({ name }) => `the database ${name} has not been reached yet`);
    if (governor.trail.stats().isFull) problems.push('the journal is full');
    if (this.#draining) problems.push('it is being shut down');
    return problems;
  }
}
