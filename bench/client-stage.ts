import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Durability } from 'countersign';
import { startDatabase } from '../test/database/index.js';
import { createSchema, type TestSchema } from '../test/database/schema.js';
import { startAgents } from '../test/governed/agents.js';
import type { GovernorSetup } from './governed-client.js';
import type { LeastSetup } from './least-work.js';
import { startReceiver } from './receiver-process.js';

/** What clients run against, and what the governed ones are governed with. */
export interface ClientStage {
  readonly connection: TestSchema['connection'];
  /**
   * For a client of its own: identity, default rules, masked columns, delivery over HTTP with gzip to a receiver that acknowledges.
   * @param name of its journal
   */
  governor(name: string, durability: Durability, more?: GovernorExtent): GovernorSetup;
  /** For a client that does the least. @param name of its journal */
  least(name: string): LeastSetup;
  stop(): Promise<void>;
}

/** Of what there may be much. */
export interface GovernorExtent {
  /** Default: those of the stage. Table and column. */
  readonly maskedColumns?: readonly string[];
  /** Beside those of the default policy. Default none. */
  readonly rules?: number;
}

/**
 * Starts a private database, an issuer and a receiver.
 * @param masked table and column of each column that is masked
 */
export async function startClientStage(statements: readonly string[], masked: readonly string[]): Promise<ClientStage> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const database = await startDatabase();
  const schema = await createSchema(database, statements);
  const receiver = await startReceiver();
  const agents = await startAgents();
  return {
    connection: schema.connection,
    governor: (name, durability, { maskedColumns = masked, rules = 0 } = {}) => ({
      credentials: agents.credentials('anna'),
      maskedColumns: maskedColumns.map((column) => `${schema.name}.${column}`),
      rules,
      journal: join(directory, name),
      receiver: receiver.url,
      durability,
    }),
    least: (name) => ({ journal: join(directory, name), receiver: receiver.url }),
    async stop(): Promise<void> {
      await agents.stop();
      await receiver.stop();
      await schema.drop();
      await database.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
