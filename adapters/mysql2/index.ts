/**
 * Governs mysql2: `import { govern } from 'countersign/mysql2'`.
 *
 * @module
 */

import type { Connection, Pool, PoolCluster } from 'mysql2';
import type {
  Connection as PromiseConnection,
  Pool as PromisePool,
  PoolCluster as PromisePoolCluster,
} from 'mysql2/promise';
import { FailureError } from '../../src/errors.js';
import type { Governor } from '../../src/session/index.js';
import { governConnection } from './govern-connection.js';
import { governPool, governPoolCluster } from './govern-pool.js';
import { coreOf, isConnection, isPool, isPoolCluster } from '../../src/driver/mysql2-internals.js';

/** What of mysql2 can be governed. */
export type Governable = Connection | Pool | PoolCluster | PromiseConnection | PromisePool | PromisePoolCluster;

/**
 * Governs a connection, a pool or a pool cluster of mysql2, callback or promise, new or already open, in place: every statement
 * that it sends from now on carries an identity, is judged, masked and recorded. Governing twice with the same governor does nothing.
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
export function govern<T extends Governable>(target: T, governor: Governor): T {
  const core = coreOf(target);
  if (isPool(core)) governPool(core, governor);
  else if (isPoolCluster(core)) governPoolCluster(core, governor);
  else if (isConnection(core)) governConnection(core, governor);
  else {
    const text = 'govern takes a connection, a pool or a pool cluster of mysql2 3.x: this is none';
    throw new FailureError('CONNECTION_UNSUPPORTED', text);
  }
  return target;
}
