/** What the demos are played on: an OIDC issuer, a collector in a process of its own, and a private database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Governor, type GovernorOptions, httpTransport } from 'countersign';
import { startDatabase, type TestDatabase } from '../../test/database/index.js';
import { createSchema, type TestSchema } from '../../test/database/schema.js';
import { type Agents, startAgents } from '../../test/governed/agents.js';
import { type CollectorProcess, startCollectorProcess } from './collector-process.js';
import { heading, paint, say, step } from './screen.js';
import { shopSchema } from './tasks.js';

/** What a client of the collector shows. */
export const COLLECTOR_TOKEN = 'demo-collector-token';

const cleanUps: (() => Promise<unknown>)[] = [];

/** What is run when the demo ends, however it ends; what was added last is run first. */
export function whenOver(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp);
}

/** The demos say themselves when the collector is away; a program would leave this out, and read it on stderr. */
const quiet = { info: (): void => undefined, warn: (): void => undefined, error: (): void => undefined };

/** How a demo's governor journals and delivers. */
export function auditOf({ directory, collector }: Pick<Stage, 'directory' | 'collector'>): GovernorOptions['audit'] {
  const transport = httpTransport({ url: `${collector.url}/v1/records`, token: COLLECTOR_TOKEN });
  return { directory: join(directory, 'journal'), transports: [transport], logger: quiet };
}

/** What a demo starts with. */
export interface Stage {
  /** A temporary directory. */
  readonly directory: string;
  readonly database: TestDatabase;
  readonly schema: TestSchema;
  readonly agents: Agents;
  readonly collector: CollectorProcess;
}

/** Starts it all, and says so. */
export async function setUp(): Promise<Stage> {
  heading('Setting up');
  const directory = await mkdtemp(join(tmpdir(), 'countersign-demo-'));
  whenOver(() => rm(directory, { recursive: true, force: true }));
  const database = await startDatabase({ onProgress: step });
  whenOver(() => database.stop());
  step(`database: ${database.flavour} ${database.version} on port ${database.port}`);
  const schema = await createSchema(database, shopSchema, 'shop');
  whenOver(() => schema.drop());
  const agents = await startAgents();
  whenOver(() => agents.stop());
  step(`OIDC issuer: ${agents.issuer}`);
  const collector = await startCollectorProcess(join(directory, 'collector'), COLLECTOR_TOKEN, 0);
  whenOver(() => collector.kill());
  step(`collector: ${collector.url}, a process of its own`);
  return { directory, database, schema, agents, collector };
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

/** Plays a demo to its end, and cleans up. The process ends with 1 where either fails. */
export async function play(demo: () => Promise<void>): Promise<void> {
  try {
    await demo();
  } catch (error) {
    process.exitCode = 1;
    say(paint('red', error instanceof Error ? (error.stack ?? error.message) : String(error)));
  } finally {
    for (const cleanUp of cleanUps.reverse()) {
      await cleanUp().catch((error: unknown) => {
        process.exitCode = 1;
        say(paint('red', `clean-up failed: ${String(error)}`));
      });
    }
  }
}
