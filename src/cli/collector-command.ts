import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { pino } from 'pino';

import { type CollectorOptions, createCollector } from '../collector/index.js';
import { FailureError } from '../errors.js';
import { createTokenVerifier } from '../identity/index.js';
import { parseCount } from './parse-count.js';
import { stopSignal } from './stop-signal.js';
import { readSecret, readToken } from './token-source.js';

interface CollectorFlags {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly tokenFile?: string;
  readonly writerTokenFile?: string;
  readonly webhookSecretFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly syslogPort?: number;
  readonly syslogUdpPort?: number;
  readonly nats?: readonly string[];
  readonly natsStream?: string;
  readonly natsConsumer?: string;
  readonly natsCredentials?: string;
  readonly natsCa?: string;
  readonly clickhouse?: string;
  readonly clickhouseDatabase?: string;
  readonly clickhouseUser?: string;
  readonly clickhousePasswordFile?: string;
  readonly clickhouseCa?: string;
  readonly clickhouseName?: string;
  readonly keepDays?: number;
  readonly issuer?: string;
  readonly audience?: string;
  readonly writers?: readonly string[];
  readonly auditors?: readonly string[];
  readonly approvers?: readonly string[];
  readonly admins?: readonly string[];
  readonly approvals?: string;
  readonly alerts?: string;
  readonly consoleClient?: string;
  readonly consoleScope?: string;
  readonly consoleResource?: string;
}

const list = (text: string): readonly string[] => text.split(',');

/** Adds `countersign collector`. */
export function addCollectorCommand(program: Command): void {
  program
    .command('collector')
    .description('receive audit records, keep them, and find them again')
    .requiredOption('--dir <directory>', 'where the records are kept')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', parseCount, 7070)
    .option(
      '--token-file <file>',
      'file with the bearer token that opens every route (else COUNTERSIGN_COLLECTOR_TOKEN)',
    )
    .option('--writer-token-file <file>', 'file with the bearer token that is good for sending records only')
    .option('--webhook-secret-file <file>', 'file with the whsec_… secret of webhooks that send records')
    .option('--tls-cert <file>', 'certificate in PEM: HTTPS, and syslog over TLS')
    .option('--tls-key <file>', 'its key')
    .option('--client-ca <file>', 'authority of clients: who brings a certificate of it may send records')
    .option(
      '--syslog-port <number>',
      'records come as syslog as well: over TLS with a certificate, else TCP',
      parseCount,
    )
    .option('--syslog-udp-port <number>', 'the same over UDP, on loopback', parseCount)
    .option('--nats <servers>', 'records are read from NATS JetStream as well: host:port, with commas between', list)
    .option('--nats-stream <name>', 'stream that they are in')
    .option('--nats-consumer <name>', 'durable consumer of it', 'countersign-collector')
    .option('--nats-credentials <file>', 'who the collector is there: a .creds file')
    .option('--nats-ca <file>', "authority of the servers' certificates, in PEM; TLS is used with it")
    .option('--clickhouse <url>', 'records are copied to a ClickHouse, and found there later: its HTTP interface')
    .option('--clickhouse-database <name>', 'database of it (default: "countersign")')
    .option('--clickhouse-user <name>', 'user of it (default: "default")')
    .option('--clickhouse-password-file <file>', 'file with the password of that user')
    .option('--clickhouse-ca <file>', 'authority of its certificate, in PEM')
    .option('--clickhouse-name <name>', 'what this collector is called there (default: "collector")')
    .option('--keep-days <number>', 'remove records so many days after they came', parseCount)
    .option('--issuer <url>', 'OIDC issuer of the tokens of people and programs')
    .option('--audience <name>', 'audience that their tokens are for')
    .option('--writers <groups>', 'groups, with commas between, that may send records', list)
    .option('--auditors <groups>', 'groups that may read them', list)
    .option('--approvers <groups>', 'groups that may decide on approvals', list)
    .option('--admins <groups>', 'groups that may do all, and see who has read', list)
    .option('--console-client <id>', "the console's client id at the issuer: people log in there")
    .option('--console-scope <scopes>', 'scopes that it asks for', 'openid')
    .option('--console-resource <uri>', 'resource that its access tokens are for, where the issuer wants to be told')
    .option('--approvals <file>', 'YAML: whom each rule wants an approval of, and webhooks that are told')
    .option('--alerts <file>', 'YAML: what is told of, and the webhooks that are told')
    .action(runCollector);
}

async function runCollector(flags: CollectorFlags): Promise<void> {
  const token = await readToken(flags.tokenFile);
  const secretIn = (file: string | undefined): Promise<string> | undefined =>
    file === undefined ? undefined : readSecret(file);
  const writerToken = await secretIn(flags.writerTokenFile);
  const webhookSecret = await secretIn(flags.webhookSecretFile);
  const collector = await createCollector({
    directory: flags.dir,
    host: flags.host,
    port: flags.port,
    logger: pino({ name: 'countersign-collector', level: 'warn' }, pino.destination(2)),
    keepDays: flags.keepDays,
    ...(token !== undefined && { tokens: [token] }),
    ...(writerToken !== undefined && { writerTokens: [writerToken] }),
    ...(webhookSecret !== undefined && { webhookSecrets: [webhookSecret] }),
    oidc: oidcOf(flags),
    tls: await tlsOf(flags),
    syslog: syslogOf(flags),
    nats: await natsOf(flags),
    archive: await archiveOf(flags),
    ...(flags.approvals !== undefined && { approvals: await readYaml(flags.approvals) }),
    ...(flags.alerts !== undefined && { alerts: await readYaml(flags.alerts) }),
  });
  // Who reads that it listens may end it at once.
  const stopped = stopSignal();
  process.stdout.write(`countersign collector listening on ${collector.url}\n`);
  await stopped;
  await collector.close();
}

function oidcOf(flags: CollectorFlags): CollectorOptions['oidc'] {
  const { issuer, audience, writers, auditors, approvers, admins, consoleClient: clientId } = flags;
  if (issuer === undefined && audience === undefined && clientId === undefined) return undefined;
  if (issuer === undefined || audience === undefined)
    throw new FailureError(
      'OPTIONS_INVALID',
      '--issuer and --audience belong together: give both, and with --console-client as well',
    );
  const roles = { writer: writers, auditor: auditors, approver: approvers, admin: admins };
  const verifier = createTokenVerifier({ issuer, audience });
  if (clientId === undefined) return { verifier, roles };
  const { consoleScope: scope, consoleResource: resource } = flags;
  return { verifier, roles, login: { issuer, clientId, scope, resource } };
}

async function tlsOf({ tlsCert, tlsKey, clientCa }: CollectorFlags): Promise<CollectorOptions['tls']> {
  if (tlsCert === undefined && tlsKey === undefined && clientCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new FailureError('OPTIONS_INVALID', '--tls-cert and --tls-key belong together: give both');
  const [cert, key] = [await readSecret(tlsCert), await readSecret(tlsKey)];
  return { cert, key, ...(clientCa !== undefined && { clientCa: await readSecret(clientCa) }) };
}

function syslogOf({ host, syslogPort, syslogUdpPort }: CollectorFlags): CollectorOptions['syslog'] {
  if (syslogPort === undefined && syslogUdpPort === undefined) return undefined;
  return { host, port: syslogPort, udpPort: syslogUdpPort };
}

async function natsOf(flags: CollectorFlags): Promise<CollectorOptions['nats']> {
  const { nats: servers, natsStream: stream, natsConsumer: consumer, natsCredentials, natsCa } = flags;
  if (servers === undefined && stream === undefined) return undefined;
  if (servers === undefined || stream === undefined)
    throw new FailureError('OPTIONS_INVALID', '--nats and --nats-stream belong together: give both');
  return {
    ...{ servers, stream, consumer },
    // The client of NATS reads no last line without an end.
    ...(natsCredentials !== undefined && { login: { credentials: `${await readSecret(natsCredentials)}\n` } }),
    ...(natsCa !== undefined && { tls: { ca: await readSecret(natsCa) } }),
  };
}

async function archiveOf(flags: CollectorFlags): Promise<CollectorOptions['archive']> {
  const { clickhouse: url, clickhouseDatabase: database, clickhouseUser: user, clickhouseName: collector } = flags;
  if (url === undefined) return undefined;
  const { clickhousePasswordFile: password, clickhouseCa: ca } = flags;
  return {
    ...{ url, database, user, collector },
    ...(password !== undefined && { password: await readSecret(password) }),
    ...(ca !== undefined && { tls: { ca: await readSecret(ca) } }),
  };
}

/** What it holds is checked with all other options. */
async function readYaml(file: string): Promise<object> {
  try {
    const { parse } = await import('yaml');
    return (parse(await readFile(file, 'utf8')) ?? {}) as object;
  } catch (cause) {
    throw new FailureError('OPTIONS_INVALID', `${file} cannot be read as YAML`, { cause });
  }
}
