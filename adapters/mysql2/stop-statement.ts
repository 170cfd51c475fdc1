import { FailureError } from '../../src/errors.js';
import { runAsNobody, type ServerThread } from '../../src/session/index.js';
import type { Mysql2Connection } from './mysql2-internals.js';

type Killer = Mysql2Connection & {
  query(sql: string | object, done: (error: Error | null, rows?: unknown) => void): unknown;
};
type ConnectionClass = new (options: { config: Mysql2Connection['config'] }) => Killer;

/** In a shape that no option of the connection changes. */
const WHICH_SERVER = {
  sql: 'SELECT CONCAT_WS(0x3a, @@hostname, @@port)',
  rowsAsArray: true,
  nestTables: false,
  typeCast: true,
};
/** Time that the server has to take the order, connecting included. */
const TIMEOUT_MS = 10_000;

/**
 * Stops what the server runs on a connection, over another one with the same account: KILL QUERY. It is the governor's own, and governed by
 * nobody.
 * @throws FailureError `CONNECTION_UNSUPPORTED` where the address leads to another server, or the server did not take it in time; else the
 * driver's error
 */
export function stopStatement(connection: Mysql2Connection, { threadId, server }: ServerThread): Promise<void> {
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
        const timer = setTimeout(
          () => settle(refused(`KILL QUERY was not answered within ${TIMEOUT_MS} ms`)),
          TIMEOUT_MS,
        );
        killer.on('error', settle);
        killer.query(WHICH_SERVER, (error, rows) => {
          // Behind a balancer, the number is that of somebody else's thread.
          if (error !== null) settle(error);
          else if (!isOn(server, rows)) settle(refused('its address leads to another server, too'));
          else killer.query(`KILL QUERY ${threadId}`, settle);
        });
      }),
  );
}

function refused(problem: string): FailureError {
  return new FailureError('CONNECTION_UNSUPPORTED', problem);
}

/** Text or, under some character sets, bytes. */
function isOn(server: string, rows: unknown): boolean {
  const [row] = Array.isArray(rows) ? (rows as readonly unknown[]) : [];
  return Array.isArray(row) && String(row[0]) === server;
}

/** The class of plain connections, which that of a pool's connections extends. */
function connectionClass(connection: Mysql2Connection): ConnectionClass {
  const own = connection.constructor;
  return (own.name === 'PoolConnection' ? Object.getPrototypeOf(own) : own) as ConnectionClass;
}
