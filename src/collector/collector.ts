import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

import { FailureError, isCountersignError } from '../errors.js';
import { alertRulesOf } from './alerts/alert-rules.js';
import { AlertSender } from './alerts/alert-sender.js';
import { openApprovals } from './approvals/open-approvals.js';
import { ArchivedStore } from './archive/archived-store.js';
import { storeIdOf } from './archive/store-id.js';
import { type CheckedCollectorOptions, checkCollectorOptions, type CollectorOptions } from './collector-options.js';
import { CollectorMetrics } from './collector-metrics.js';
import { storeBatch } from './http/ingest-routes.js';
import { createServer } from './http/open-server.js';
import { addRoutes } from './http/routes.js';
import type { StoreLines } from './ingest/store-lines.js';
import { followNats, type NatsSource } from './nats/nats-source.js';
import { openRecordStore } from './store/open-store.js';
import type { RecordStore } from './store/record-store.js';
import { listenToSyslog, type SyslogListener } from './syslog/syslog-listener.js';

/** How often records that were kept long enough are looked for. */
const RETENTION_MS = 3_600_000;

/** A running collector. */
export interface Collector {
  /** `http://host:port`, or `https://…`, without a path. */
  readonly url: string;
  /** Where transports post to. */
  readonly recordsUrl: string;
  /** Where syslog is listened to: TLS or TCP, and UDP. */
  readonly syslogPort: number | undefined;
  readonly syslogUdpPort: number | undefined;
  /** Ends: requests that are being served are answered first. */
  close(): Promise<void>;
}

/**
 * Starts the reference receiver: it stores records, durably and idempotently, finds them again, and has approvals decided.
 *
 * It is to run in a process and on a disk that agents cannot reach. Without `tls` it speaks plain HTTP: then put a TLS proxy before it where it leaves
 * the host.
 * @throws FailureError `OPTIONS_INVALID`; `COLLECTOR_FAILED` when the store cannot be opened or a port not be had
 * @example
 * ```ts
 * const collector = await createCollector({ directory: '/var/lib/countersign', port: 7070, tokens: [token] });
 * ```
 */
export async function createCollector(options: CollectorOptions): Promise<Collector> {
  const checked = checkCollectorOptions(options);
  const { directory, partitionRecords, keepDays, archive, logger } = checked;
  const alerts = alertRulesOf(checked.alerts.rules);
  const isArchived = archive !== undefined;
  const local = await openRecordStore(directory, { partitionRecords, keepDays, isArchived, alerts });
  const store = isArchived ? new ArchivedStore(local, archive, storeIdOf(directory), logger) : local;
  try {
    const server = await openServer(checked, store);
    const close = async (): Promise<void> => {
      await server.close();
      await store.close();
    };
    return { ...server, close };
  } catch (error) {
    // Its threads would keep the process alive.
    await store.close();
    throw error;
  }
}

/** Serves a store; what it opens beside, it closes. */
async function openServer(checked: CheckedCollectorOptions, store: RecordStore): Promise<Collector> {
  const { host, port, keepDays, logger } = checked;
  const urlOf = (): string => checked.approvals.publicUrl ?? listenedUrl(server, checked);
  const approvals = await openApprovals(checked, urlOf);
  const server: FastifyInstance = createServer(checked, () => approvals.stopWaiting());
  const alertSender = new AlertSender(store, checked.alerts.webhooks ?? [], logger);
  const removeOld = async (): Promise<void> => {
    await store.removeOld();
    if (keepDays !== undefined) approvals.removeOld(keepDays);
  };
  const retention = setInterval(() => {
    removeOld().catch((error: unknown) => logger.error({ error }, 'old records cannot be removed'));
  }, RETENTION_MS);
  const metrics = new CollectorMetrics(store);
  const storeLines = storeLinesOf({ store, logger, metrics });
  let syslog: SyslogListener | undefined;
  let nats: NatsSource | undefined;
  server.addHook('onClose', async () => {
    clearInterval(retention);
    await syslog?.close();
    await nats?.close();
    approvals.close();
    await alertSender.close();
  });
  try {
    addRoutes(server, store, approvals.routes, metrics, checked);
    await server.listen({ host, port });
    syslog = await openSyslog(checked, storeLines);
    if (checked.nats !== undefined) nats = followNats(checked.nats, storeLines, logger);
  } catch (cause) {
    await server.close();
    if (isCountersignError(cause)) throw cause;
    const text = `the collector cannot serve on ${host} port ${port}, or cannot take syslog`;
    throw new FailureError('COLLECTOR_FAILED', text, { cause });
  }
  const url = listenedUrl(server, checked);
  return {
    ...{ url, recordsUrl: `${url}/v1/records`, syslogPort: syslog?.port, syslogUdpPort: syslog?.udpPort },
    close: () => server.close(),
  };
}

async function openSyslog(
  { syslog, tls, logger }: CheckedCollectorOptions,
  storeLines: StoreLines,
): Promise<SyslogListener | undefined> {
  if (syslog === undefined) return undefined;
  return listenToSyslog(syslog, tls, storeLines, logger);
}

function listenedUrl(server: FastifyInstance, { host, tls }: CheckedCollectorOptions): string {
  const { port } = server.server.address() as AddressInfo;
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function storeLinesOf(context: Parameters<typeof storeBatch>[0]): StoreLines {
  return async (bytes, sender) => {
    const result = await storeBatch(context, { form: 'lines', bytes, sender });
    if ('error' in result) throw new FailureError('COLLECTOR_FAILED', result.error);
  };
}
