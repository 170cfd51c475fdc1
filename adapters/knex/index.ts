/**
 * Governs knex: `import { governKnex } from 'countersign/knex'`.
 *
 * @module
 */

import type { Knex } from 'knex';
import { FailureError } from '../../src/errors.js';
import type { Governor } from '../../src/session/index.js';
import { govern, type Governable } from '../mysql2/index.js';

/** What of knex's client for mysql2 the adapter touches. */
interface Mysql2Client {
  driverName?: string;
  acquireRawConnection?: () => Promise<Governable>;
  pool?: { used?: readonly Pooled[]; free?: readonly Pooled[] };
}

interface Pooled {
  readonly resource: Governable;
}

/**
 * Governs a knex instance of the `mysql2` client in place: the connections that its pool has, and every one that it opens.
 * @returns the same instance
 * @throws FailureError `CONNECTION_UNSUPPORTED` where the instance has another client
 */
export function governKnex<T extends Knex>(knex: T, governor: Governor): T {
  const client = knex.client as Mysql2Client;
  const { acquireRawConnection, pool } = client;
  if (client.driverName !== 'mysql2' || acquireRawConnection === undefined) {
    const text = `governKnex takes a knex of the client 'mysql2', not '${client.driverName ?? 'unknown'}'`;
    throw new FailureError('CONNECTION_UNSUPPORTED', text);
  }
  for (const { resource } of [...(pool?.used ?? []), ...(pool?.free ?? [])]) govern(resource, governor);
  client.acquireRawConnection = async (): Promise<Governable> =>
    govern(await acquireRawConnection.call(client), governor);
  return knex;
}
