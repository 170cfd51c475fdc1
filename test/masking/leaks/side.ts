import type { Pool } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { type DatabaseAddress, startDatabase } from '../../database/index.js';
import { connectionOptions } from '../../database/readiness.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import type { Draw } from './draw.js';
import { DEFINITIONS, leakRows, MASKED } from './leak-schema.js';
import { type LeakStatement, writeStatement } from './leak-statement.js';
import { SecretFinder } from './secret-finder.js';
import type { Twin } from './secret-values.js';

/** The schema on a server of its own, governed, with the secrets of one twin or the other. */
export interface Side {
  readonly governed: Governed;
  /** Governed connections. */
  readonly pool: Pool;
  /** Connections that nobody governs. */
  readonly stock: Pool;
  /** Recognises the secrets of the first twin. */
  readonly finder: SecretFinder;
  /** Writes a statement that looks up secrets of the first twin. */
  write(draw: Draw): LeakStatement;
  /** Replaces all secrets. */
  become(twin: Twin): Promise<void>;
  /** Ends the server as well. */
  close(): Promise<void>;
}

/** Statements on their way at a time. */
export const LANES = 3;

/** Starts a server, makes the schema with the secrets of the first twin, and governs it with its masks. */
export async function startSide(): Promise<Side> {
  const database = await startDatabase();
  await boundStatements(database);
  const { statements, secrets } = leakRows('first');
  const masks = Object.fromEntries(MASKED.map((column) => [column, 'redact'] as const));
  const governed = await startGoverned(database, { statements: [...DEFINITIONS, ...statements], masks });
  const { name } = governed.schema;
  // Each statement is prepared once.
  const options = { connectionLimit: LANES, maxPreparedStatements: 8, jsonStrings: true };
  return {
    governed,
    pool: governed.pool(options),
    stock: governed.stockPool(options),
    finder: new SecretFinder(secrets),
    write: (draw) => writeStatement(draw, { flavour: database.flavour, schema: name, secrets }),
    async become(twin): Promise<void> {
      const admin = await createConnection({ ...connectionOptions(database), database: name });
      for (const statement of leakRows(twin).statements) await admin.query(statement);
      await admin.end();
    },
    async close(): Promise<void> {
      // Of a server that is gone, there is no schema to drop.
      await governed.close().catch(() => undefined);
      await database.stop();
    },
  };
}

/** Over some of what is generated, the server would think for hours. */
async function boundStatements(database: DatabaseAddress): Promise<void> {
  const admin = await createConnection(connectionOptions(database));
  await admin.query(
    database.flavour === 'mariadb' ? 'SET GLOBAL max_statement_time = 10' : 'SET GLOBAL max_execution_time = 10000',
  );
  await admin.end();
}
