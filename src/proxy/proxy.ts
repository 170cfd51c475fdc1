import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { pino, type Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTokenVerifier, type TokenVerifier } from '../identity/index.js';
import { createShortLivedCredentials } from '../identity/short-lived-credentials.js';
import { createRevocationCheck } from '../identity/token-revocation.js';
import { messageOf } from '../message-of.js';
import { createGovernor, type Governor } from '../session/index.js';
import { AdminServer } from './admin-server.js';
import { type Certificates, certificatesOf, selfSigned } from './certificates.js';
import { CredentialServer } from './credential-server.js';
import { Database } from './database.js';
import { FailedLogins } from './failed-logins.js';
import { FrontDoor } from './front-door.js';
import type { FrontLoginSettings } from './front-login.js';
import type { ListenerOptions } from './listener-options.js';
import { type CheckedProxyOptions, checkProxyOptions, type ProxyOptions } from './proxy-options.js';
import { removeSocket } from './remove-socket.js';
import { ProxyMetrics } from './proxy-metrics.js';

/** Where a listener of a proxy listens. */
export type ProxyAddress =
  { readonly host: string; readonly port: number; readonly certificate: string } | { readonly socketPath: string };

/** A proxy that runs. */
export interface Proxy {
  /** In the order of the options; with the certificate in PEM. */
  readonly addresses: readonly ProxyAddress[];
  /** Where health and figures are shown; undefined where nowhere. */
  readonly adminUrl: string | undefined;
  /** Where credentials are made; undefined where none are. */
  readonly credentialsUrl: string | undefined;
  readonly governor: Governor;
  /**
   * Reads certificates again, and takes over the policy, masks and environment of `options`; the rest needs a restart. Sessions stay.
   * @throws FailureError `OPTIONS_INVALID` where a certificate cannot be used, which leaves that before; or the policy: then every statement is
   * refused until one can be, because what is not known may have been meant to be refused
   */
  reload(options?: Pick<ProxyOptions, 'governor'>): Promise<void>;
  /** Refuses every statement until the next `reload` that works: the policy is not known. */
  refuseAll(): void;
  /**
   * Takes no more clients, ends each session as soon as nothing is on its way and no transaction is open, ends those that are left after
   * `drainTimeoutMs`, and delivers the records.
   */
  close(): Promise<void>;
}

const LISTEN_BACKLOG = 4_096;
/** In which the database has to have been told to stop what still runs. */
const STOP_MS = 2_000;

interface Listening {
  readonly server: Server;
  readonly address: ProxyAddress;
  readonly certificates: Certificates | undefined;
}

/**
 * Starts a proxy: a MySQL server for clients that are not trusted with the database's password.
 * @throws FailureError `OPTIONS_INVALID` naming every problem; `JOURNAL_UNAVAILABLE`; what listening fails with
 * @example
 * ```ts
 * const proxy = await createProxy({
 *   governor: { audit: { directory: '/var/lib/countersign', transports: [httpTransport({ url, token })] } },
 *   tokens: { issuer: 'https://login.example.com', audience: 'urn:example:database' },
 *   listeners: [{ host: '0.0.0.0', port: 3306, tls: { certFile, keyFile } }],
 *   upstreams: { shop: { hosts: ['db.internal'], login: { user: 'agents', password } } },
 * });
 * ```
 */
export async function createProxy(options: ProxyOptions): Promise<Proxy> {
  const checked = checkProxyOptions(options);
  const logger = checked.logger ?? pino({ name: 'countersign-proxy', level: 'warn' }, pino.destination(2));
  const verifier = createTokenVerifier(checked.tokens);
  const governor = await createGovernor(checked.governor);
  const closers: (() => Promise<unknown>)[] = [];
  try {
    return await start(checked, { governor, verifier, logger, closers });
  } catch (error) {
    for (const close of closers.reverse()) await close();
    await governor.close();
    throw error;
  }
}

interface Running {
  readonly governor: Governor;
  readonly verifier: TokenVerifier;
  readonly logger: Logger;
  /** What has been started, and how it is ended. */
  readonly closers: (() => Promise<unknown>)[];
}

async function start(options: CheckedProxyOptions, running: Running): Promise<Proxy> {
  const { governor, verifier, logger, closers } = running;
  const databases = new Map(
    Object.entries(options.upstreams).map(([name, upstream]) => [name, new Database(name, upstream)]),
  );
  const credentials = options.credentials && createShortLivedCredentials(options.credentials.keys);
  const metrics = new ProxyMetrics(governor.trail);
  const failures = new FailedLogins(options.limits.failedLoginsPerMinute);
  const door = new FrontDoor({ governor, databases, limits: options.limits, failures, metrics, logger });
  const requireNotRevoked = createRevocationCheck(options.tokens);
  const login = { verifier, credentials, requireNotRevoked, upstreams: new Set(databases.keys()) };
  const listening: Listening[] = [];
  for (const listener of options.listeners) {
    const opened = await listen(listener, { door, databases, login, logger });
    listening.push(opened);
    closers.push(() => closeServer(opened));
  }
  const admin = options.admin && (await AdminServer.start(options.admin, { metrics, governor, databases }));
  if (admin !== undefined) closers.push(() => admin.close());
  const credentialServer =
    options.credentials &&
    credentials &&
    (await CredentialServer.start(
      options.credentials,
      { trail: governor.trail, verifier, credentials, failures, logger },
      onCertificateProblem(logger),
    ));
  if (credentialServer !== undefined) closers.push(() => credentialServer.close());
  // Readiness, and the greeting of the first clients. A database that is away now may be there later.
  for (const database of databases.values()) {
    database.learn().catch((error: unknown) => {
      logger.warn({ problem: messageOf(error) }, `the database ${database.name} is not there yet`);
    });
  }
  return {
    addresses: listening.map(({ address }) => address),
    adminUrl: admin?.url,
    credentialsUrl: credentialServer?.url,
    governor,
    async reload(changed): Promise<void> {
      // A certificate that cannot be used keeps no policy from being taken over.
      if (changed !== undefined) reloadPolicy(governor, changed.governor);
      for (const { certificates } of listening) await certificates?.refresh();
      await credentialServer?.refresh();
    },
    refuseAll: () => refuseAll(governor),
    async close(): Promise<void> {
      admin?.drain();
      await Promise.all(listening.map(closeServer));
      await drain(door, options.drainTimeoutMs);
      await credentialServer?.close();
      await admin?.close();
      await governor.close();
    },
  };
}

function reloadPolicy(governor: Governor, { policy, masks, environment }: ProxyOptions['governor']): void {
  try {
    governor.reload({
      ...(policy !== undefined && { policy }),
      ...(masks !== undefined && { masks }),
      ...(environment !== undefined && { environment }),
    });
  } catch (error) {
    refuseAll(governor);
    throw error;
  }
}

/** The reason is for the log: it may name files, and what is in them. */
function refuseAll(governor: Governor): void {
  const reason = 'the policy could not be loaded: whoever runs the proxy finds out why in its log';
  governor.reload({
    policy: { name: 'unavailable', rules: [{ name: 'policy-unavailable', effect: 'deny', matches: () => reason }] },
    masks: [],
  });
}

interface ListenParts {
  readonly door: FrontDoor;
  readonly databases: ReadonlyMap<string, Database>;
  readonly login: Pick<FrontLoginSettings, 'verifier' | 'credentials' | 'requireNotRevoked' | 'upstreams'>;
  readonly logger: Logger;
}

function onCertificateProblem(logger: Logger): (error: unknown) => void {
  return (error) => {
    logger.error({ problem: messageOf(error) }, 'renewed certificates cannot be used: those before stay');
  };
}

async function listen(options: ListenerOptions, { door, databases, login, logger }: ListenParts): Promise<Listening> {
  const [first] = databases.values();
  const database = (options.upstream === undefined ? undefined : databases.get(options.upstream)) ?? first;
  if (database === undefined) throw new Error('a proxy without a database');
  const isLocal = 'socketPath' in options;
  const certificates = isLocal
    ? undefined
    : await (options.tls === undefined ? selfSigned() : certificatesOf(options.tls, onCertificateProblem(logger)));
  const identity = isLocal ? options.identity : undefined;
  const holder = identity === undefined || 'current' in identity ? identity : { current: identity };
  const settings = (): FrontLoginSettings => ({ ...login, tls: certificates?.tls, isLocal, identity: holder?.current });
  const server = createServer({ noDelay: true, pauseOnConnect: false }, (socket: Socket) => {
    door.accept(socket, { settings, database });
  });
  if (isLocal) {
    // Processes that share it would take it from each other: there, the one that starts them has removed it.
    if (!cluster.isWorker) await removeSocket(options.socketPath);
    server.listen({ path: options.socketPath, backlog: LISTEN_BACKLOG });
  } else server.listen({ host: options.host ?? '127.0.0.1', port: options.port, backlog: LISTEN_BACKLOG });
  await once(server, 'listening');
  return { server, certificates, address: addressOf(server, options, certificates) };
}

function addressOf(server: Server, options: ListenerOptions, certificates: Certificates | undefined): ProxyAddress {
  const address = server.address();
  if ('socketPath' in options || address === null || typeof address === 'string')
    return { socketPath: String(address) };
  return { host: options.host ?? '127.0.0.1', port: address.port, certificate: certificates?.pem ?? '' };
}

/** No more connections are taken; those that are there go on. */
function closeServer({ server, certificates }: Listening): Promise<void> {
  certificates?.close();
  if (server.listening) server.close();
  return Promise.resolve();
}

async function drain(door: FrontDoor, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  door.dismissLogins();
  for (const session of door.sessions) session.drain();
  while (door.sessions.size > 0 && Date.now() < deadline) await sleep(20);
  for (const session of door.sessions) session.destroy('the proxy was shut down');
  for (const end = Date.now() + STOP_MS; door.sessions.size > 0 && Date.now() < end;) await sleep(20);
}
