import { FailureError } from '../../src/errors.js';
import { runAsNobody } from '../../src/session/index.js';
import type { Mysql2Connection } from './mysql2-internals.js';

type ConnectionClass = new (options: { config: Mysql2Connection['config'] }) => Mysql2Connection & {
  query(sql: string, done: (error: Error | null) => void): unknown;
};

/** Time that the server has to take the order, connecting included. */
const TIMEOUT_MS = 10_000;

/**
 * Stops what the server runs on a connection, over another one with the same account: KILL QUERY. It is the governor's own, and governed by
 * nobody.
 * @throws FailureError `CONNECTION_UNSUPPORTED` where the server did not take it in time; else the driver's error
 */
export function stopStatement(connection: Mysql2Connection, threadId: number): Promise<void> {
  return runAsNobody(
    () =>
      new Promise((resolve, reject) => {
        const killer = new (connectionClass(connection))({ config: connection.config });
        const settle = (error: Error | null): void => {
          clearTimeout(timer);
          killer.destroy();
          if (error === null) resolve();
          else reject(error);
        };
        const late = new FailureError('CONNECTION_UNSUPPORTED', `KILL QUERY was not answered within ${TIMEOUT_MS} ms`);
        const timer = setTimeout(() => settle(late), TIMEOUT_MS);
        killer.on('error', settle);
        killer.query(`KILL QUERY ${threadId}`, settle);
      }),
  );
}

/** The class of plain connections, which that of a pool's connections extends. */
function connectionClass(connection: Mysql2Connection): ConnectionClass {
  const own = connection.constructor;
  return (own.name === 'PoolConnection' ? Object.getPrototypeOf(own) : own) as ConnectionClass;
}
