import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createConnection } from 'mysql2';
import { FailureError } from '../errors.js';
import { forgetLogin, type Mysql2Connection } from '../driver/mysql2-internals.js';
import { messageOf } from '../message-of.js';
import { Capability, HEADER_LENGTH, MariadbCapability } from '../wire/constants.js';
import { type Greeting, readGreeting, restrictGreeting } from '../wire/login/greeting.js';
import type { HandshakeHead } from '../wire/login/handshake-response.js';
import type { DatabaseLogin, UpstreamHost } from './upstream-options.js';

/** A connection to the database, logged in, before its first command. */
export interface Upstream {
  /** `host:port`, or the path of the socket. */
  readonly server: string;
  readonly connection: Mysql2Connection;
  /** What carries the plain bytes; nobody reads it yet. */
  readonly stream: Duplex;
  readonly greeting: Greeting;
  /** Takes it for another session, after one that has ended between two commands; absent where no other may have it. */
  readonly giveBack?: () => void;
}

/** A greeting has a version and a plugin's name in it, and little else. */
const MAX_GREETING_BYTES = 4_096;
/** Of the login itself, which is mysql2's. */
const ALWAYS = Capability.PLUGIN_AUTH | Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA | Capability.CONNECT_ATTRS;
/** What is between the proxy and the client alone, or follows from something else. */
const NOT_OF_THE_CLIENT = Capability.SSL | Capability.COMPRESS | Capability.LONG_PASSWORD | Capability.CONNECT_WITH_DB;
/** utf8mb4_general_ci, which all servers have. */
const UTF8MB4 = 45;

/** How the client speaks, which is how its server is spoken to; and what it wants to begin with. */
export interface UpstreamWishes extends HandshakeHead {
  readonly schema: string | undefined;
}

/**
 * Logs in at the database, with mysql2, so that the bytes behind the login are as the client negotiated them.
 * @throws the driver's error: with an `errno` where the server refused
 */
export function openUpstream(
  host: UpstreamHost,
  login: DatabaseLogin,
  wishes: UpstreamWishes,
  timeoutMs: number,
): Promise<Upstream> {
  const flags = flagsFor(wishes);
  let ownFlags: number | undefined;
  const core = createConnection({
    user: login.user,
    password: login.password,
    ...(wishes.schema !== undefined && { database: wishes.schema }),
    ...('address' in host && { host: host.address.host, port: host.address.port }),
    ...(host.tls !== undefined && { ssl: host.tls }),
    connectTimeout: timeoutMs,
    // The driver makes room for them at once, and prepares nothing here: 500 kB a session by its default.
    maxPreparedStatements: 1,
    connectAttributes: { program_name: 'countersign' },
    // Called once for the session's connection, and then for each that the governor opens beside it, which are mysql2's as usual.
    stream: ({ config }: { config: { clientFlags: number; charsetNumber: number } }): Socket => {
      if (ownFlags === undefined) {
        ownFlags = config.clientFlags;
        config.clientFlags = flags;
        config.charsetNumber = UTF8MB4;
      } else config.clientFlags = ownFlags;
      return open(host);
    },
  });
  const connection = core as unknown as Mysql2Connection;
  // mysql2 may have more than one thing to say about a connection that has failed. The session listens to the stream itself.
  connection.on('error', () => undefined);
  const greeting = overhearGreeting(connection, wishes.mariadbCapabilities & MariadbCapability.EXTENDED_METADATA);
  const opened = new Promise<Upstream>((resolve, reject) => {
    connection.once('error', reject);
    connection.once('connect', () => {
      connection.removeListener('error', reject);
      const { stream } = connection;
      stream.removeAllListeners('data');
      stream.pause();
      const known = greeting();
      if (known === undefined) reject(new FailureError('INTERNAL', 'a server let us in without a greeting'));
      else resolve({ server: host.name, connection, stream, greeting: known });
    });
  });
  return opened.then((upstream) => {
    forgetLogin(connection);
    return upstream;
  });
}

/** The capabilities that are asked of the database. */
export function flagsFor({ capabilities, mariadbCapabilities, schema }: UpstreamWishes): number {
  const speaksMariadb = (mariadbCapabilities & MariadbCapability.EXTENDED_METADATA) !== 0;
  // With LONG_PASSWORD, MariaDB takes a session for one of MySQL's own clients, and speaks of nothing of its own.
  const longPassword = speaksMariadb ? 0 : Capability.LONG_PASSWORD;
  const withSchema = schema === undefined ? 0 : Capability.CONNECT_WITH_DB;
  return (capabilities & ~NOT_OF_THE_CLIENT) | ALWAYS | longPassword | withSchema;
}

function open(host: UpstreamHost): Socket {
  if ('socketPath' in host) return connect(host.socketPath);
  const socket = connect({ ...host.address, noDelay: true, keepAlive: true });
  // Where Node looks for the name that a certificate has to bear, when the driver gives none because it is an address.
  return Object.assign(socket, { _host: host.address.host });
}

/**
 * Reads the server's greeting on its way to mysql2, and takes out of it what the client does not speak: mysql2 would ask for it.
 * @returns what gives the greeting once it has come
 */
function overhearGreeting(connection: Mysql2Connection, mariadbAllowed: number): () => Greeting | undefined {
  const parser = connection.packetParser;
  if (parser === undefined) throw new FailureError('CONNECTION_UNSUPPORTED', 'this mysql2 has no packet parser');
  let greeting: Greeting | undefined;
  let held: Buffer = Buffer.alloc(0);
  connection.packetParser = {
    execute(chunk: Buffer): void {
      held = Buffer.concat([held, chunk]);
      const end = held.length < HEADER_LENGTH ? Infinity : HEADER_LENGTH + held.readUIntLE(0, 3);
      if (held.length < end && held.length < MAX_GREETING_BYTES) return;
      connection.packetParser = parser;
      const payload = held.subarray(HEADER_LENGTH, end);
      try {
        // An error in its place is mysql2's to tell.
        if (payload[0] !== 0xff) {
          greeting = readGreeting(payload);
          restrictGreeting(payload, mariadbAllowed);
        }
        parser.execute(held);
      } catch (error) {
        connection._handleFatalError(error instanceof Error ? error : new Error(messageOf(error)));
        connection.stream.destroy();
      }
    },
  };
  return () => greeting;
}
