import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { DatabaseAccount } from '../../src/catalogue/index.js';
import type { DatabaseAddress } from '../database/index.js';
import { createPassword } from '../database/password.js';
import { connectionOptions } from '../database/readiness.js';

/** An account that reads catalogues, and nothing more. */
export interface ReaderAccount extends DatabaseAccount {
  drop(): Promise<void>;
}

/**
 * Makes an account as the guide says.
 * @param grants what it may do, and where
 */
export async function createReader(
  database: DatabaseAddress,
  grants = 'SELECT, SHOW VIEW, TRIGGER ON *.*',
): Promise<ReaderAccount> {
  const user = `reader_${randomBytes(6).toString('hex')}`;
  const password = createPassword();
  const administer = async (...statements: readonly string[]): Promise<void> => {
    const admin = await createConnection(connectionOptions(database));
    try {
      for (const statement of statements) await admin.query(statement);
    } finally {
      await admin.end();
    }
  };
  await administer(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`, `GRANT ${grants} TO '${user}'@'%'`);
  return { user, password, drop: () => administer(`DROP USER '${user}'@'%'`) };
}
