import { AsyncResource } from 'node:async_hooks';
import { FailureError } from '../../src/errors.js';
import { type Caller, currentCaller, runAs, runAsNobody } from '../../src/session/index.js';
import { governConnection } from './govern-connection.js';
import type { AwaitedGovernor } from './governor-source.js';
import {
  isConnection,
  type Mysql2Pool,
  type Mysql2PoolCluster,
  queueElement,
} from '../../src/driver/mysql2-internals.js';

const governed = new WeakMap<object, AwaitedGovernor>();

function claim(target: object, governor: AwaitedGovernor): boolean {
  const known = governed.get(target);
  if (known !== undefined && known !== governor) {
    throw new FailureError('CONNECTION_UNSUPPORTED', 'this pool is governed by another governor');
  }
  governed.set(target, governor);
  return known === undefined;
}

type GetConnection = Mysql2Pool['getConnection'];

/** How each governed pool gives its connections. */
const governedGet = new WeakMap<object, GetConnection>();
/** Where pools have their `getConnection` from, once for each copy of mysql2, and what it was. */
const hooked = new WeakMap<object, GetConnection>();

/**
 * Governs a core pool: the connections that it has, and every one that it opens. A callback that waits for a connection runs as
 * whoever asked for it, in its whole asynchronous context, and not as whoever released the connection.
 */
export function governPool(pool: Mysql2Pool, governor: AwaitedGovernor): void {
  if (!claim(pool, governor)) return;
  for (let index = 0; index < pool._allConnections.length; index += 1) {
    const connection = queueElement(pool._allConnections, index);
    if (!isConnection(connection))
      throw new FailureError('CONNECTION_UNSUPPORTED', 'this pool is not one of mysql2 3.x');
    governConnection(connection, governor);
  }
  const openedBy = new WeakMap<object, Caller>();
  const getConnection = hookGetConnection(pool);
  governedGet.set(pool, (callback): unknown => {
    // A free connection comes with the next tick, in the context of this call.
    if ((pool._freeConnections?.length ?? 0) > 0) return getConnection.call(pool, callback);
    const caller = currentCaller();
    const before = pool._allConnections.length;
    // The socket that may be opened here belongs to the pool, not to whoever happened to need it first.
    const waiting = AsyncResource.bind(callback);
    const result = runAsNobody(() => getConnection.call(pool, waiting));
    for (let index = before; index < pool._allConnections.length; index += 1) {
      const connection = queueElement(pool._allConnections, index);
      if (!isConnection(connection)) continue;
      governConnection(connection, governor);
      openedBy.set(connection, caller);
    }
    return result;
  });
  const { emit } = pool;
  // What a 'connection' listener sets up runs as whoever made the pool open the connection.
  pool.emit = function (event, ...args: unknown[]): boolean {
    const connection = args[0];
    if (event !== 'connection' || !isConnection(connection)) return emit.call(pool, event, ...args);
    governConnection(connection, governor);
    return runAs(openedBy.get(connection) ?? currentCaller(), () => emit.call(pool, event, ...args));
  };
}

/**
 * Leads the `getConnection` of governed pools through us, where they have it from: a pool keeps that of its class, which some programs compare. Pools
 * that are not governed go on as before.
 * @returns the pool's own
 */
function hookGetConnection(pool: Mysql2Pool): GetConnection {
  const owner = ownerOf(pool, 'getConnection') as Mysql2Pool;
  const known = hooked.get(owner);
  if (known !== undefined) return known;
  const { getConnection } = owner;
  hooked.set(owner, getConnection);
  owner.getConnection = function (this: Mysql2Pool, ...args: Parameters<GetConnection>): unknown {
    return (governedGet.get(this) ?? getConnection).apply(this, args);
  };
  return getConnection;
}

/** The object in the chain of prototypes that has a member of its own. */
function ownerOf(value: object, name: string): object {
  let owner = value;
  while (!Object.hasOwn(owner, name)) {
    const next: unknown = Object.getPrototypeOf(owner);
    if (typeof next !== 'object' || next === null) return value;
    owner = next;
  }
  return owner;
}

/** Governs a pool cluster: the pools of its nodes, and of every node that is added. */
export function governPoolCluster(cluster: Mysql2PoolCluster, governor: AwaitedGovernor): void {
  if (!claim(cluster, governor)) return;
  const governNodes = (): void => {
    for (const { pool } of Object.values(cluster._nodes)) governPool(pool, governor);
  };
  governNodes();
  const { add } = cluster;
  cluster.add = function (...args): unknown {
    const result = add.apply(cluster, args);
    governNodes();
    return result;
  };
}
