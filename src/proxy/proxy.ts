import { pino, type Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../message-of.js';
import { createGovernor, type Governor } from '../session/index.js';
import { AdminServer } from './admin-server.js';
import { type CredentialParts, CredentialServer } from './credential-server.js';
import { Databases } from './databases.js';
import { FrontDoor } from './front-door.js';
import { FailedLogins } from './limits/failed-logins.js';
import { onCertificateProblem, type ProxyAddress } from './listener.js';
import { Listeners } from './listeners.js';
import { createLoginChecks, type LoginChecks, neededRestarts } from './login-checks.js';
import { noSiblings, type Siblings } from './processes/siblings.js';
import { type CheckedProxyOptions, checkProxyOptions, type ProxyOptions } from './proxy-options.js';
import { ProxyMetrics } from './proxy-metrics.js';
import { Turns } from './turns.js';

/** What of a proxy can be changed while it runs. What is left out stays; `undefined` is the default of an option that has one. */
export type ProxyReload = Pick<ProxyOptions, 'governor'> & {
  readonly [Name in Exclude<keyof ProxyOptions, 'governor' | 'logger'>]?: ProxyOptions[Name] | undefined;
};

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
   * Takes over the policy, masks and environment of `changed`, its listeners, databases, issuers, keys of credentials and limits, and reads certificates
   * again. `admin`, the address of `credentials`, the trail and approvals need a restart; the log says so of the first two. Sessions stay, also those that
   * came in by a listener, or go to a database, that is no more, or whose issuer is not trusted any more. The policy is taken over by itself; of the rest,
   * all or nothing.
   * @throws FailureError `OPTIONS_INVALID` where something of it cannot be used, or what listening fails with, which leaves all of it as it was
   * before; or the policy: then every statement is refused until one can be, because what is not known may have been meant to be refused
   */
  reload(changed?: ProxyReload): Promise<void>;
  /** Refuses every statement until the next `reload` that works: the policy is not known. */
  refuseAll(): void;
  /**
   * Takes no more clients, ends each session as soon as nothing is on its way and no transaction is open, ends those that are left after
   * `drainTimeoutMs`, and delivers the records.
   */
  close(): Promise<void>;
}

/** In which the database has to have been told to stop what still runs. */
const STOP_MS = 2_000;

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
  return startProxy(options, noSiblings());
}

/** Starts one of the processes of a proxy. @throws as {@link createProxy} */
export async function startProxy(options: ProxyOptions, siblings: Siblings): Promise<Proxy> {
  const checked = checkProxyOptions(options);
  const logger = checked.logger ?? pino({ name: 'countersign-proxy', level: 'warn' }, pino.destination(2));
  const checks = createLoginChecks(checked);
  const governor = await createGovernor(checked.governor);
  const closers: (() => Promise<unknown>)[] = [];
  try {
    return await start(checked, { given: options, siblings, governor, checks, logger, closers });
  } catch (error) {
    for (const close of closers.reverse()) await close();
    await governor.close();
    throw error;
  }
}

interface Running {
  /** The options as they came, which a reload changes. */
  readonly given: ProxyOptions;
  readonly siblings: Siblings;
  readonly governor: Governor;
  readonly checks: LoginChecks;
  readonly logger: Logger;
  /** What has been started, and how it is ended. */
  readonly closers: (() => Promise<unknown>)[];
}

async function start(options: CheckedProxyOptions, running: Running): Promise<Proxy> {
  const { siblings, governor, checks, logger, closers } = running;
  const { admissions } = siblings;
  const databases = new Databases(options.upstreams);
  const metrics = new ProxyMetrics(governor.trail, databases);
  siblings.show(metrics.registry);
  const failures = new FailedLogins(admissions, options.limits.failedLoginsPerMinute);
  const door = new FrontDoor({ governor, databases, admissions, failures, metrics, logger }, options.limits);
  const listeners = new Listeners({ door, databases, checks, logger });
  await listeners.replace(options.listeners);
  closers.push(async () => listeners.close());
  const admin = options.admin && (await AdminServer.start(options.admin, { metrics, governor, databases, siblings }));
  if (admin !== undefined) closers.push(() => admin.close());
  const credentialServer = await startCredentialServer(options, { trail: governor.trail, checks, failures, logger });
  if (credentialServer !== undefined) closers.push(() => credentialServer.close());
  learnAll(databases, logger);
  let current = running.given;
  let { drainTimeoutMs } = options;
  const reload = async (changed: ProxyReload | undefined): Promise<void> => {
    // What else cannot be used keeps no policy from being taken over.
    if (changed !== undefined) reloadPolicy(governor, changed.governor);
    const next = { ...current, ...changed } as ProxyOptions;
    const checked = checkProxyOptions(next);
    const nextChecks = createLoginChecks(checked, { checks, tokens: current.tokens });
    await credentialServer?.refresh();
    await takeOver(checked, nextChecks, { checks, listeners, databases, door, failures });
    ({ drainTimeoutMs } = checked);
    current = next;
    const parts = neededRestarts(options, checked);
    if (parts.length > 0) logger.warn({ parts }, 'what has changed of these is taken over at the next start only');
    learnAll(databases, logger);
  };
  const turns = new Turns();
  return {
    get addresses() {
      return listeners.addresses;
    },
    adminUrl: admin?.url,
    credentialsUrl: credentialServer?.url,
    governor,
    reload: (changed) => turns.take(() => reload(changed)),
    refuseAll: () => refuseAll(governor),
    async close(): Promise<void> {
      admin?.drain();
      await turns.end();
      listeners.close();
      await drain(door, drainTimeoutMs);
      databases.retire();
      await credentialServer?.close();
      await admin?.close();
      await governor.close();
    },
  };
}

interface Replaceable {
  readonly checks: LoginChecks;
  readonly listeners: Listeners;
  readonly databases: Databases;
  readonly door: FrontDoor;
  readonly failures: FailedLogins;
}

/** All of it, or nothing. @throws what opening a listener fails with */
async function takeOver(
  { listeners: wanted, upstreams, limits }: CheckedProxyOptions,
  next: LoginChecks,
  { checks, listeners, databases, door, failures }: Replaceable,
): Promise<void> {
  // New listeners have to find them in force.
  const before = { ...checks };
  Object.assign(checks, next);
  try {
    await listeners.replace(wanted);
  } catch (error) {
    Object.assign(checks, before);
    throw error;
  }
  databases.replace(upstreams);
  door.limits = limits;
  failures.most = limits.failedLoginsPerMinute;
}

async function startCredentialServer(
  { credentials }: CheckedProxyOptions,
  parts: CredentialParts,
): Promise<CredentialServer | undefined> {
  return credentials && CredentialServer.start(credentials, parts, onCertificateProblem(parts.logger));
}

/** For readiness, and the greeting of the first clients. A database that is away now may be there later. */
function learnAll(databases: Databases, logger: Logger): void {
  for (const database of databases) {
    if (database.greeting !== undefined) continue;
    database.learn().catch((error: unknown) => {
      logger.warn({ problem: messageOf(error) }, `the database ${database.name} is not there yet`);
    });
  }
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

async function drain(door: FrontDoor, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  door.dismissLogins();
  for (const session of door.sessions) session.drain();
  while (door.sessions.size > 0 && Date.now() < deadline) await sleep(20);
  for (const session of door.sessions) session.destroy('the proxy was shut down');
  for (const end = Date.now() + STOP_MS; door.sessions.size > 0 && Date.now() < end;) await sleep(20);
}
