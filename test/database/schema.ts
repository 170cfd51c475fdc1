/** A schema and an unprivileged account for one test file, so that files do not see each other. */
import { randomBytes } from 'node:crypto';
import { createConnection, type ConnectionOptions } from 'mysql2/promise';
import { createPassword } from './password.js';
import { connectionOptions } from './readiness.js';
import type { DatabaseAddress } from './types.js';

/** A schema of its own, and how to reach it. */
export interface TestSchema {
  /** Name of the schema and of its account: `test_` and twelve hexadecimal digits, where it was not given. */
  readonly name: string;
  /** Options of mysql2 for the account, which may do everything in the schema and nothing elsewhere. TLS is on and verified. */
  readonly connection: SchemaConnection;
  /** Removes schema and account; their connections should be closed. */
  drop(): Promise<void>;
}

/** Options of mysql2 that reach a schema as its own account. */
interface SchemaConnection extends ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

async function administer(database: DatabaseAddress, statements: readonly string[]): Promise<void> {
  const admin = await createConnection(connectionOptions(database));
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}

/**
 * Makes a schema with a name of its own and an account for it, with the server's default authentication (`caching_sha2_password` on MySQL).
 * @param statements - Run in the new schema by the administrator, one after the other.
 * @param prefix - What the name begins with.
 */
export function createSchema(
  database: DatabaseAddress,
  statements: readonly string[] = [],
  prefix = 'test',
): Promise<TestSchema> {
  return createNamedSchema(database, statements, `${prefix}_${randomBytes(6).toString('hex')}`);
}

/** The same with a name that is given, for a server on which nobody else has it. */
export async function createNamedSchema(
  database: DatabaseAddress,
  statements: readonly string[],
  name: string,
): Promise<TestSchema> {
  const password = createPassword();
  const { host, port } = database;
  await administer(database, [
    `CREATE DATABASE ${name} CHARACTER SET utf8mb4`,
    `CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT ALL ON ${name}.* TO '${name}'@'%'`,
    `USE ${name}`,
    ...statements,
  ]);
  const connection = { ...connectionOptions(database), host, port, user: name, password, database: name };
  const drop = (): Promise<void> => administer(database, [`DROP USER '${name}'@'%'`, `DROP DATABASE ${name}`]);
  return { name, connection, drop };
}
