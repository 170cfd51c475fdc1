import {
  clientCredentials,
  createGovernor,
  createRenewingIdentity,
  createTokenVerifier,
  type Governor,
  type GovernorOptions,
  maskColumn,
} from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import type { Credentials } from '../stage/sign-in.js';

/** What differs from place to place. */
export interface Setup {
  readonly credentials: Credentials;
  readonly connection: PoolOptions;
  readonly audit: GovernorOptions['audit'];
}

/** A pool, and what governs it. */
export interface Database {
  readonly pool: Pool;
  readonly governor: Governor;
  close(): Promise<void>;
}

/** An agent's pool. Who it is, what is masked and where its records go is said here, and nowhere else. */
export async function openDatabase({ credentials, connection, audit }: Setup): Promise<Database> {
  const { issuer, audience, tokenEndpoint, clientId, clientSecret } = credentials;
  const identity = await createRenewingIdentity({
    verifier: createTokenVerifier({ issuer, audience }),
    source: clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }),
  });
  const governor = await createGovernor({ identity, masks: [maskColumn('*.customers.email', 'email')], audit });
  const pool = govern(createPool(connection), governor);
  return {
    pool,
    governor,
    async close(): Promise<void> {
      await pool.end();
      await governor.close();
      identity.close();
    },
  };
}
