import type { Connection, Pool, PoolCluster } from 'mysql2';
import type {
  Connection as PromiseConnection,
  Pool as PromisePool,
  PoolCluster as PromisePoolCluster,
} from 'mysql2/promise';
import { FailureError } from '../../src/errors.js';
import { coreOf, isConnection, isPool, isPoolCluster } from '../../src/driver/mysql2-internals.js';
import { governConnection } from './govern-connection.js';
import { governPool, governPoolCluster } from './govern-pool.js';
import { AwaitedGovernor, type GovernorSource } from './governor-source.js';

/** What of mysql2 can be governed. */
export type Governable = Connection | Pool | PoolCluster | PromiseConnection | PromisePool | PromisePoolCluster;

/**
 * Governs a connection, a pool or a pool cluster of mysql2, callback or promise, new or already open, in place: every statement
 * that it sends from now on carries an identity, is judged, masked and recorded. Governing twice with the same governor does nothing.
 * @param governor one, or the promise of one: statements wait for it, and fail with it
 * @returns the same object
 * @throws FailureError `CONNECTION_UNSUPPORTED` where the object is none of mysql2 3.x, or has another governor
 * @example
 * ```ts
 * import mysql from 'mysql2/promise';
 * import { govern } from 'countersign/mysql2';
 *
 * const pool = govern(mysql.createPool(url), governor);
 * ```
 */
export function govern<T extends Governable>(target: T, governor: GovernorSource): T {
  const core = coreOf(target);
  const awaited = AwaitedGovernor.of(governor);
  if (isPool(core)) governPool(core, awaited);
  else if (isPoolCluster(core)) governPoolCluster(core, awaited);
  else if (isConnection(core)) governConnection(core, awaited);
  else {
    const text = 'govern takes a connection, a pool or a pool cluster of mysql2 3.x: this is none';
    throw new FailureError('CONNECTION_UNSUPPORTED', text);
  }
  return target;
}
