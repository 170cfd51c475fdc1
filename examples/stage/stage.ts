/** What the examples are played on: an OIDC issuer, a collector in a process of its own, and a private database. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Governor, type GovernorOptions, httpTransport } from 'countersign';
import { startDatabase, type TestDatabase } from '../../test/database/index.js';
import { createSchema, type TestSchema } from '../../test/database/schema.js';
import { type Agents, startAgents } from '../../test/governed/agents.js';
import { COLLECTOR_TOKEN, type CollectorProcess, startCollectorProcess } from './collector-process.js';
import { whenOver } from './play.js';
import { heading, step } from './screen.js';
import { SHOP } from './shop.js';

/** The examples say themselves when the collector is away; a program would leave this out, and read it on stderr. */
const quiet = { info: (): void => undefined, warn: (): void => undefined, error: (): void => undefined };

/** How an example's governor journals and delivers. */
export function auditOf({ directory, collector }: Pick<Stage, 'directory' | 'collector'>): GovernorOptions['audit'] {
  const transport = httpTransport({ url: `${collector.url}/v1/records`, token: COLLECTOR_TOKEN });
  return { directory: join(directory, 'journal'), transports: [transport], logger: quiet };
}

/** Where an example is played. */
export interface Place {
  /** A temporary directory. */
  readonly directory: string;
  readonly database: TestDatabase;
}

/** What every example starts with. */
export interface Ground extends Place {
  readonly schema: TestSchema;
  readonly agents: Agents;
}

/** What an example starts with whose records go to the collector. */
export interface Stage extends Ground {
  readonly collector: CollectorProcess;
}

/** Starts a database, and says so. */
export async function setUpPlace(): Promise<Place> {
  heading('Setting up');
  // At once, so that nothing can end us before it is looked after.
  const directory = mkdtempSync(join(tmpdir(), 'countersign-example-'));
  whenOver(() => rm(directory, { recursive: true, force: true }));
  const database = await startDatabase({ onProgress: step });
  whenOver(() => database.stop());
  step(`database: ${database.flavour} ${database.version} on port ${database.port}`);
  return { directory, database };
}

/** Starts all but the collector, and says so. */
export async function setUpGround(): Promise<Ground> {
  const { directory, database } = await setUpPlace();
  const schema = await createSchema(database, SHOP, 'shop');
  whenOver(() => schema.drop());
  const agents = await startAgents();
  whenOver(() => agents.stop());
  step(`OIDC issuer: ${agents.issuer}`);
  return { directory, database, schema, agents };
}

/** Starts it all, and says so. */
export async function setUp(): Promise<Stage> {
  const ground = await setUpGround();
  const collector = await startCollectorProcess(join(ground.directory, 'collector'));
  step(`collector: ${collector.url}, a process of its own`);
  return { ...ground, collector };
}

/** Waits until the collector has every record. */
export async function untilDelivered(governor: Governor): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const { openIntents, transports } = governor.trail.stats();
    if (openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0)) return;
    await setTimeout(50);
  }
  throw new Error('the collector did not get every record within 30 seconds');
}
