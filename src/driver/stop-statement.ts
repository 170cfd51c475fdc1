import { FailureError } from '../errors.js';
import type { ServerThread } from '../session/index.js';
import type { Mysql2Connection } from './mysql2-internals.js';
import { overOwnConnection } from './own-connection.js';

const TIMEOUT_MS = 10_000;

/**
 * Stops what the server runs on a connection, over another one with the same account: KILL QUERY.
 * @throws FailureError `CONNECTION_UNSUPPORTED` where the address leads to another server, or the server did not take it in time; else the
 * driver's error
 */
export function stopStatement(connection: Mysql2Connection, { threadId, server }: ServerThread): Promise<void> {
  return overOwnConnection(connection, { purpose: 'KILL QUERY', timeoutMs: TIMEOUT_MS }, async (ask) => {
    const [row] = await ask('SELECT CONCAT_WS(0x3a, @@hostname, @@port)');
    // Behind a balancer, the number is that of somebody else's thread. Under some character sets, it comes as bytes.
    if (String(row?.[0]) !== server) {
      throw new FailureError('CONNECTION_UNSUPPORTED', 'its address leads to another server, too');
    }
    await ask(`KILL QUERY ${threadId}`);
  });
}
