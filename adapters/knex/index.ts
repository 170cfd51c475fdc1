/**
 * Governs knex: `import { govern } from 'countersign/knex'` for an instance that there is, `createKnex` for a new one.
 *
 * @module
 */

import knexFactory, { type Knex } from 'knex';
import { defaultGovernor } from '../../src/config/default-governor.js';
import { FailureError } from '../../src/errors.js';
import { govern as governMysql2, type Governable } from '../mysql2/govern.js';
import type { GovernorSource } from '../mysql2/governor-source.js';

/** What of knex's client for mysql2 the adapter touches. */
interface Mysql2Client {
  driverName?: string;
  acquireRawConnection?: () => Promise<Governable>;
  config?: { readonly connectionPool?: unknown };
  pool?: { used?: readonly Pooled[]; free?: readonly Pooled[] };
}

/** An instance of knex, of whatever copy of it. */
export interface KnexLike {
  readonly client: unknown;
}

interface Pooled {
  readonly resource: Governable;
}

/**
 * Governs a knex instance of the `mysql2` client in place: the connections that its pool has, every one that it opens, and a pool of mysql2 that it was
 * given as `connectionPool`.
 * @param governor one, or the promise of one. Default: the default governor, as of `countersign/mysql2`
 * @returns the same instance
 * @throws FailureError `CONNECTION_UNSUPPORTED` where the instance has another client, or was given a pool of another kind
 * @example
 * ```ts
 * import knex from 'knex';
 * import { govern } from 'countersign/knex';
 *
 * const db = govern(knex({ client: 'mysql2', connection }), governor);
 * ```
 */
export function govern<T extends KnexLike>(knex: T, governor: GovernorSource = defaultGovernor()): T {
  const client = knex.client as Mysql2Client;
  const { acquireRawConnection, config, pool } = client;
  if (client.driverName !== 'mysql2' || acquireRawConnection === undefined) {
    const text = `knex can be governed with the client 'mysql2', not with '${client.driverName ?? 'unknown'}'`;
    throw new FailureError('CONNECTION_UNSUPPORTED', text);
  }
  const given = config?.connectionPool;
  if (isMysql2Pool(given)) governMysql2(given, governor);
  else if (given !== undefined) {
    const text = 'a connectionPool that is no pool of mysql2 opens connections unseen: govern what it belongs to';
    throw new FailureError('CONNECTION_UNSUPPORTED', text);
  }
  for (const { resource } of [...(pool?.used ?? []), ...(pool?.free ?? [])]) governMysql2(resource, governor);
  client.acquireRawConnection = async (): Promise<Governable> =>
    governMysql2(await acquireRawConnection.call(client), governor);
  return knex;
}

/**
 * Makes a governed knex instance.
 * @param config knex's own, of the client `mysql2`
 * @param governor as for {@link govern}
 * @throws FailureError `CONNECTION_UNSUPPORTED` where it has another client
 */
export function createKnex(config: Knex.Config, governor: GovernorSource = defaultGovernor()): Knex {
  return govern(knexFactory(config), governor);
}

function isMysql2Pool(pool: unknown): pool is Governable {
  return typeof pool === 'object' && pool !== null && ('_allConnections' in pool || 'pool' in pool);
}
