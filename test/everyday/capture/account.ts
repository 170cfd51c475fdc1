import type { Connection } from 'mysql2/promise';

/** The account of the libraries: not an administrator, so that `init_connect` runs for it. */
export const ACCOUNT = { user: 'everyday', password: 'every-Day-1' } as const;

/** The schema that every library finds empty. */
export const SCHEMA = 'shop';

const PRIVILEGES = [
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, INDEX, ALTER, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES, CREATE VIEW',
  'SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, TRIGGER, EVENT, PROCESS, RELOAD, SHOW DATABASES, REPLICATION CLIENT',
].join(', ');

/** Makes the account, and the schema anew. */
export async function prepareAccount(admin: Connection): Promise<void> {
  const account = `'${ACCOUNT.user}'@'%'`;
  await admin.query(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${ACCOUNT.password}'`);
  await admin.query(`GRANT ${PRIVILEGES} ON *.* TO ${account}`);
  await admin.query(`DROP DATABASE IF EXISTS ${SCHEMA}`);
  await admin.query(`CREATE DATABASE ${SCHEMA} CHARACTER SET utf8mb4`);
}
