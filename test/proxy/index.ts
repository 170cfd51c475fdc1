import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ConnectionOptions } from 'mysql2';
import { createConnection, type Connection } from 'mysql2/promise';
import type { AuditRecord, StatementRecord } from '../../src/audit/index.js';
import { defaultPolicy } from '../../src/guardrails/index.js';
import { clientCredentials, type IssuerOptions } from '../../src/identity/index.js';
import { maskColumn, type MaskerChoice } from '../../src/masking/index.js';
import { createProxy, type Proxy, type ProxyOptions } from '../../src/proxy/index.js';
import { functionTransport } from '../../src/transports/index.js';
import type { DatabaseAddress } from '../database/index.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { type Agents, startAgents } from '../governed/agents.js';

/** What a test wants of its proxy. */
export interface ProxiedOptions {
  readonly statements?: readonly string[];
  /** `table.column` to masker. */
  readonly masks?: Readonly<Record<string, MaskerChoice>>;
  readonly governor?: Partial<ProxyOptions['governor']>;
  /** Beside the issuer. */
  readonly tokens?: Partial<IssuerOptions>;
  /** In the place of what the fixture gives. */
  readonly proxy?: (schema: TestSchema) => Partial<ProxyOptions>;
}

/** A proxy in front of a schema of its own. */
export interface Proxied {
  readonly proxy: Proxy;
  readonly schema: TestSchema;
  readonly agents: Agents;
  readonly host: string;
  readonly port: number;
  /** Of the proxy's own certificate, in PEM. */
  readonly ca: string;
  /** An access token of one of the issuer's agents. */
  token(name: string): Promise<string>;
  /** How an agent connects with mysql2. */
  login(name: string, options?: ConnectionOptions): Promise<ConnectionOptions>;
  /** A connection through the proxy, which `close` ends. */
  connect(name: string, options?: ConnectionOptions): Promise<Connection>;
  /** All statement records so far, in the order of delivery. */
  records(): Promise<StatementRecord[]>;
  /** All other records so far. */
  events(): Promise<AuditRecord[]>;
  close(): Promise<void>;
}

/** Starts an issuer, makes a schema, and starts a proxy whose records are delivered to a list. */
export async function startProxied(database: DatabaseAddress, options: ProxiedOptions = {}): Promise<Proxied> {
  const schema = await createSchema(database, options.statements);
  const directory = await mkdtemp(join(tmpdir(), 'countersign-proxy-'));
  const agents = await startAgents();
  const all: AuditRecord[] = [];
  const transport = functionTransport(({ records }) => {
    for (const record of records) all.push(JSON.parse(record.toString('utf8')) as AuditRecord);
    return undefined;
  });
  const { user, password, host: dbHost, port: dbPort } = schema.connection as Required<ConnectionOptions>;
  const tls = database.ca === undefined ? {} : { ca: database.ca };
  const { issuer, audience } = agents.credentials('anna');
  const proxy = await createProxy({
    governor: {
      audit: { directory, transports: [transport], batchAgeMs: 5 },
      policy: defaultPolicy(),
      masks: Object.entries(options.masks ?? {}).map(([column, mask]) => maskColumn(`${schema.name}.${column}`, mask)),
      ...options.governor,
    },
    tokens: { issuer, audience, algorithms: ['ES256'], ...options.tokens },
    listeners: [{ port: 0 }],
    upstreams: {
      main: { hosts: [`${dbHost}:${dbPort}`], login: { user, password: String(password) }, tls },
    },
    credentials: { keys: [{ id: 'test', secret: new Uint8Array(32).fill(7) }], port: 0 },
    drainTimeoutMs: 500,
    ...options.proxy?.(schema),
  });
  const [address] = proxy.addresses;
  if (address === undefined || 'socketPath' in address) throw new Error('the proxy does not listen');
  const { host, port, certificate: ca } = address;
  const token = (name: string): Promise<string> => {
    const { tokenEndpoint, clientId, clientSecret, audience: resource } = agents.credentials(name);
    return clientCredentials({ tokenEndpoint, clientId, clientSecret, audience: resource }).getToken();
  };
  const login = async (name: string, more: ConnectionOptions = {}): Promise<ConnectionOptions> => ({
    host,
    port,
    user: name,
    password: await token(name),
    database: schema.name,
    enableCleartextPlugin: true,
    ssl: { ca },
    ...more,
  });
  const open: Connection[] = [];
  const drained = async (): Promise<void> => {
    for (;;) {
      const { openIntents, transports } = proxy.governor.trail.stats();
      if (openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0)) return;
      await setTimeout(5);
    }
  };
  return {
    proxy,
    agents,
    schema,
    host,
    port,
    ca,
    token,
    login,
    async connect(name, more): Promise<Connection> {
      const connection = await createConnection(await login(name, more));
      open.push(connection);
      return connection;
    },
    records: () => drained().then(() => all.filter((record): record is StatementRecord => record.type === 'statement')),
    events: () => drained().then(() => all.filter(({ type }) => type !== 'statement')),
    async close(): Promise<void> {
      for (const connection of open) connection.destroy();
      await proxy.close();
      await agents.stop();
      await rm(directory, { recursive: true, force: true });
      await schema.drop();
    },
  };
}
