/** What one writes in an afternoon: mysql2's own server in front of mysql2's own client, each answer read whole and written again. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import {
  type ConnectionOptions,
  createConnection,
  createServer,
  type FieldPacket,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2';
import { answerMemory } from './resident-memory.js';

/** What mysql2's types do not tell of the server's side of a connection. */
interface ServerSide {
  serverHandshake(greeting: object): void;
  writeTextResult(rows: readonly object[], columns: readonly FieldPacket[]): void;
  writeOk(result?: object): void;
  writeError(error: { readonly message: string; readonly code: number }): void;
  on(event: string, listener: (text: string) => void): void;
  readonly stream: Socket;
  _resetSequenceId(): void;
}

/** As mysql2's examples have it: all of the first three bytes. */
const CAPABILITIES = 0xff_ff_ff;
const UTF8MB4 = 45;
const AUTOCOMMIT = 2;
const UNKNOWN_ERROR = 1_105;
const [login = '{}', version = '8.0.0'] = process.argv.slice(2);
const upstream = JSON.parse(login) as ConnectionOptions;
let connections = 0;
const server = createServer((connection) => serve(connection as unknown as ServerSide));
server.listen(0);
const { _server: socket } = server as unknown as { readonly _server: Server };
await once(socket, 'listening');
process.send?.((socket.address() as AddressInfo).port);
answerMemory();
process.once('disconnect', () => process.exit());

function serve(client: ServerSide): void {
  const database = createConnection(upstream);
  database.on('error', () => undefined);
  // Without, each row but the first waits for the client's delayed acknowledgement: 40 ms.
  client.stream.setNoDelay(true);
  client.serverHandshake({
    ...{ protocolVersion: 10, serverVersion: version, connectionId: (connections += 1) },
    ...{ statusFlags: AUTOCOMMIT, characterSet: UTF8MB4, capabilityFlags: CAPABILITIES },
    authCallback: (_: unknown, letIn: (error: null) => void) => {
      letIn(null);
      client._resetSequenceId();
    },
  });
  const pass = (sql: string): void => {
    database.query<ResultSetHeader | RowDataPacket[]>(sql, (error, result, columns) => {
      if (error !== null) client.writeError({ message: error.message, code: error.errno ?? UNKNOWN_ERROR });
      else if (Array.isArray(result)) client.writeTextResult(result, columns);
      else client.writeOk({ ...result });
      client._resetSequenceId();
    });
  };
  client.on('query', pass);
  // mysql2 takes SET and PREPARE out of what is asked.
  client.on('stmt_prepare', pass);
  client.on('end', () => database.end());
  client.on('error', () => database.destroy());
}
