import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';

import { FailureError } from '../errors.js';
import { alertRulesOf } from './alerts/alert-rules.js';
import { AlertSender } from './alerts/alert-sender.js';
import { openApprovals } from './approvals/open-approvals.js';
import { checkCollectorOptions, type CollectorOptions } from './collector-options.js';
import { addRoutes } from './http/routes.js';
import { openRecordStore } from './store/open-store.js';

/** How often records that were kept long enough are looked for. */
const RETENTION_MS = 3_600_000;
/** How often, while it ends, it looks whether all requests are answered. */
const CLOSING_MS = 20;

/** A running collector. */
export interface Collector {
  /** `http://host:port`, without a path. */
  readonly url: string;
  /** Where transports post to. */
  readonly recordsUrl: string;
  /** Ends: requests that are being served are answered first. */
  close(): Promise<void>;
}

/**
 * Starts the reference receiver: `POST /v1/records` stores batches, durably and idempotently; `GET /v1/records` reads them.
 *
 * It is to run in a process and on a disk that agents cannot reach. It speaks plain HTTP: put a TLS proxy before it where it leaves the host.
 * @throws FailureError `OPTIONS_INVALID`; `COLLECTOR_FAILED` when the store cannot be opened or the port not be had
 * @example
 * ```ts
 * const collector = await createCollector({ directory: '/var/lib/countersign', port: 7070, tokens: [token] });
 * ```
 */
export async function createCollector(options: CollectorOptions): Promise<Collector> {
  const checked = checkCollectorOptions(options);
  const { partitionRecords, keepDays, logger } = checked;
  const alerts = alertRulesOf(checked.alerts.rules);
  const store = await openRecordStore(checked.directory, { partitionRecords, keepDays, alerts });
  const alertSender = new AlertSender(store, checked.alerts.webhooks ?? [], logger);
  const urlOf = (): string => checked.approvals.publicUrl ?? listenedUrl(server, checked.host);
  const approvals = await openApprovals(checked, urlOf);
  const server = fastify({ bodyLimit: checked.maxBodyBytes, forceCloseConnections: 'idle' });
  const retention = setInterval(() => {
    store.removeOld().catch((error: unknown) => checked.logger.error({ error }, 'old records cannot be removed'));
  }, RETENTION_MS);
  let served = 0;
  let closing: NodeJS.Timeout | undefined;
  server.addHook('onRequest', async (_request, reply) => {
    served += 1;
    reply.raw.once('close', () => (served -= 1));
  });
  server.addHook('preClose', async () => {
    // Who waits for a decision is answered, and asks again.
    approvals.stopWaiting();
    // A connection on which nothing was asked yet does not count as idle.
    closing = setInterval(() => served === 0 && server.server.closeAllConnections(), CLOSING_MS);
  });
  server.addHook('onClose', async () => {
    clearInterval(retention);
    clearInterval(closing);
    approvals.close();
    await alertSender.close();
    await store.close();
  });
  addRoutes(server, store, approvals.routes, checked);
  try {
    await server.listen({ host: checked.host, port: checked.port });
  } catch (cause) {
    await server.close();
    throw new FailureError('COLLECTOR_FAILED', `the collector cannot listen on ${checked.host} port ${checked.port}`, {
      cause,
    });
  }
  const url = listenedUrl(server, checked.host);
  return { url, recordsUrl: `${url}/v1/records`, close: () => server.close() };
}

function listenedUrl(server: FastifyInstance, host: string): string {
  const { port } = server.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
