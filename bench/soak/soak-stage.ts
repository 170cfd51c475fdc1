import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseAddress, startDatabase } from '../../test/database/index.js';
import { createSchema } from '../../test/database/schema.js';
import { startAgents } from '../../test/governed/agents.js';
import { SoakCollector } from './collector.js';
import type { EmbeddedSetup } from './embedded-process.js';
import { MASKED_COLUMN, SOAK_SCHEMA } from './operations.js';
import { cutConnections } from './now-and-then.js';
import { type ProxiedClients, startProxiedClients } from './proxied-clients.js';
import type { SoakProxyAddress, SoakProxySetup } from './proxy-process.js';
import { type SoakChild, startSoakChild } from './soak-child.js';

/** All that works while it is looked at. */
export interface SoakStage {
  readonly embedded: SoakChild;
  readonly proxy: SoakChild;
  readonly clients: ProxiedClients;
  /** Stays up all the time. */
  readonly steady: SoakCollector;
  /** To be killed now and then. */
  readonly killed: SoakCollector;
  /** Cuts every connection to the database on the server's side. */
  cutConnections(): Promise<void>;
  stop(): Promise<void>;
}

/** How much is done. */
export interface SoakLoad {
  /** A server that runs; one is started where none is given. */
  readonly database: DatabaseAddress | undefined;
  /** Of either way, at once. */
  readonly workers: number;
  /** Of each worker, from the beginning of what it does to the next. */
  readonly pauseMs: number;
  /** How long a pool of the proxy's clients lives. */
  readonly poolSeconds: number;
}

/** Starts a database, two collectors, a governed program, a proxy, and its clients. */
export async function startSoakStage({ database: given, workers, pauseMs, poolSeconds }: SoakLoad): Promise<SoakStage> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-soak-'));
  const own = given === undefined ? await startDatabase() : undefined;
  const database = given ?? own;
  if (database === undefined) throw new Error('there is no database');
  const schema = await createSchema(database, SOAK_SCHEMA);
  const agents = await startAgents();
  const [steady, killed] = [join(directory, 'steady'), join(directory, 'killed')].map(
    (path) => new SoakCollector(path),
  );
  if (steady === undefined || killed === undefined) throw new Error('there are two collectors');
  await Promise.all([steady.start(), killed.start()]);
  const receivers = [steady.recordsUrl, killed.recordsUrl];
  const maskedColumn = `${schema.name}.${MASKED_COLUMN}`;
  const { host, port, user, password } = schema.connection;
  const { issuer, audience } = agents.credentials('cora');
  const embeddedSetup: EmbeddedSetup = {
    ...{ connection: schema.connection, credentials: ['anna', 'bert'].map(agents.credentials), maskedColumn },
    ...{ journal: join(directory, 'embedded'), receivers, workers, pauseMs },
  };
  const proxySetup: SoakProxySetup = {
    upstream: {
      ...{ hosts: [`${host}:${port}`], login: { user, password } },
      tls: database.ca === undefined ? {} : { ca: database.ca },
    },
    ...{ tokens: { issuer, audience }, maskedColumn, journal: join(directory, 'proxy'), receivers },
  };
  const embedded = await startSoakChild('embedded-process.ts', embeddedSetup);
  const proxy = await startSoakChild('proxy-process.ts', proxySetup);
  const clients = startProxiedClients({
    ...{ address: proxy.ready as SoakProxyAddress, database: schema.name, credentials: agents.credentials('cora') },
    ...{ workers, pauseMs, poolSeconds },
  });
  const stop = async (): Promise<void> => {
    await Promise.all([steady.end('SIGTERM'), killed.end('SIGTERM')]);
    await agents.stop();
    await schema.drop();
    await own?.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return {
    ...{ embedded, proxy, clients, steady, killed, stop },
    cutConnections: () => cutConnections(database, schema.name),
  };
}
