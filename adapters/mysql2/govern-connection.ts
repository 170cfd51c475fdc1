import { createRequire } from 'node:module';
import { FailureError } from '../../src/errors.js';
import { messageOf } from '../../src/message-of.js';
import type { GovernedSession, Governor, SessionOrigin } from '../../src/session/index.js';
import { Capability } from '../../src/wire/constants.js';
import { bindCommands, callerOf } from './caller-binding.js';
import type { AwaitedGovernor } from './governor-source.js';
import type { Mysql2Command, Mysql2Connection } from '../../src/driver/mysql2-internals.js';
import { explainTo } from './refused-error.js';
import { copyOf } from '../../src/driver/own-connection.js';
import { readCatalogue } from '../../src/driver/read-catalogue.js';
import { stopStatement } from '../../src/driver/stop-statement.js';

const governed = new WeakMap<Mysql2Connection, AwaitedGovernor>();

/**
 * Governs one core connection, open or opening, from its next command on. A command that the server is already working on is not
 * touched: it was sent before.
 * @throws FailureError `CONNECTION_UNSUPPORTED` where it is governed by another governor
 */
export function governConnection(connection: Mysql2Connection, governor: AwaitedGovernor): void {
  const known = governed.get(connection);
  if (known === governor) return;
  if (known !== undefined) {
    throw new FailureError('CONNECTION_UNSUPPORTED', 'this connection is governed by another governor');
  }
  governed.set(connection, governor);
  bindCommands(connection, governor);
  if (connection.authorized) hookBytes(connection, governor, connection._command ?? undefined);
  else awaitLogin(connection, governor);
}

/** The login is mysql2's own. Its last packet makes `connect` be emitted before the first queued command is written. */
function awaitLogin(connection: Mysql2Connection, governor: AwaitedGovernor): void {
  connection.prependOnceListener('connect', () => {
    try {
      hookBytes(connection, governor, undefined);
    } catch (error) {
      breakConnection(connection, error instanceof Error ? error : new Error(messageOf(error)));
    }
  });
}

/** Never lets an ungoverned connection out. */
function breakConnection(connection: Mysql2Connection, error: Error): void {
  if (!connection._fatalError) connection._handleFatalError(error);
  connection.stream.destroy();
}

/**
 * Leads what the connection writes, and what its packet parser is fed, through the governed wire.
 * @param inherited the command that was on its way when the connection was governed
 */
function hookBytes(
  connection: Mysql2Connection,
  governor: AwaitedGovernor,
  inherited: Mysql2Command | undefined,
): void {
  const isInherited = (): boolean => inherited !== undefined && connection._command === inherited;
  const sink = guardStream(connection);
  const { current } = governor;
  if (current === undefined) holdUntilReady(connection, governor, { sink, isInherited });
  else openOn(connection, current, { sink, isInherited });
}

/** What the connection writes waits for the governor. Without one, the connection is of no use. */
function holdUntilReady(connection: Mysql2Connection, governor: AwaitedGovernor, edges: ByteEdges): void {
  const held: Buffer[] = [];
  connection.write = (bytes: Buffer): void => {
    if (edges.isInherited()) edges.sink(bytes);
    else held.push(bytes);
  };
  governor.whenReady
    .then((ready) => {
      if (connection.stream.destroyed) return;
      const session = openOn(connection, ready, edges);
      for (const bytes of held) session.fromClient(bytes);
    })
    .catch((error: unknown) => {
      breakConnection(connection, error instanceof Error ? error : new Error(messageOf(error)));
    });
}

/** The two edges of a connection's bytes. */
interface ByteEdges {
  /** Takes bytes for the server. */
  readonly sink: (bytes: Buffer) => void;
  /** The command at hand was on its way when the connection was governed. */
  readonly isInherited: () => boolean;
}

function openOn(connection: Mysql2Connection, governor: Governor, { sink, isInherited }: ByteEdges): GovernedSession {
  const parserName = connection._inflatedPacketsParser === undefined ? 'packetParser' : '_inflatedPacketsParser';
  const parser = connection[parserName];
  if (parser === undefined) throw new FailureError('CONNECTION_UNSUPPORTED', 'this mysql2 has no packet parser');
  const session = governor.openSession(originOf(connection), {
    toServer: (bytes, startsCommand) => {
      // mysql2 did this when the command began; in between, the compressed packets of a state query may have been counted.
      if (startsCommand) connection.compressedSequenceId = 0;
      sink(bytes);
    },
    toClient: (bytes, refusal) => {
      // The command that is being refused has not yet said what is to become of its answer.
      process.nextTick(() => {
        explainTo(connection._command, refusal);
        parser.execute(bytes);
        session.release();
      });
    },
    caller: () => callerOf(connection._command),
    stopStatement: (thread) => stopStatement(connection, thread),
    asker: () => {
      // COM_CHANGE_USER writes another account into the connection's own.
      const config = copyOf(connection.config);
      return (queries, account) => readCatalogue(connection, config, queries, account);
    },
    fail: (error) => {
      breakConnection(connection, error);
    },
  });
  connection[parserName] = {
    execute(chunk: Buffer): void {
      const bytes = isInherited() ? chunk : session.fromServer(chunk);
      if (bytes !== undefined) parser.execute(bytes);
      session.release();
    },
  };
  connection.write = (bytes: Buffer): void => {
    if (isInherited()) sink(bytes);
    else session.fromClient(bytes);
  };
  connection.stream.once('close', () => {
    session.close('the connection was lost');
  });
  return session;
}

/**
 * Keeps the socket shut to everybody but the returned function: what would write past the governed wire breaks the connection.
 */
function guardStream(connection: Mysql2Connection): (bytes: Buffer) => void {
  const { stream, write, writeUncompressed } = connection;
  let open = false;
  const through =
    (writer: (bytes: Buffer) => void) =>
    (bytes: Buffer): void => {
      open = true;
      try {
        writer.call(connection, bytes);
      } finally {
        open = false;
      }
    };
  const refuse = (): false => {
    const text = 'bytes were written to the socket past Countersign: use the connection, not its stream';
    breakConnection(connection, new FailureError('CONNECTION_UNSUPPORTED', text));
    return false;
  };
  const { write: streamWrite, end: streamEnd } = stream;
  stream.write = ((...args: Parameters<typeof streamWrite>): boolean =>
    open ? streamWrite.apply(stream, args) : refuse()) as typeof streamWrite;
  stream.end = ((...args: unknown[]): unknown => {
    const [data] = args;
    if (!open && data !== undefined && data !== null && typeof data !== 'function') refuse();
    else Reflect.apply(streamEnd, stream, args);
    return stream;
  }) as typeof streamEnd;
  // With compression, the bytes reach the socket later, and through this function.
  if (writeUncompressed !== undefined) connection.writeUncompressed = through(writeUncompressed);
  return through(write);
}

function originOf(connection: Mysql2Connection): SessionOrigin {
  const { config, serverCapabilityFlags } = connection;
  const negotiated = config.clientFlags & serverCapabilityFlags;
  if ((negotiated & Capability.OPTIONAL_RESULTSET_METADATA) !== 0) {
    const text =
      'rows without column definitions cannot be masked: leave CLIENT_OPTIONAL_RESULTSET_METADATA out of the flags';
    throw new FailureError('CONNECTION_UNSUPPORTED', text);
  }
  return {
    mode: 'embedded',
    server: config.socketPath ?? `${config.host ?? 'localhost'}:${config.port ?? 3306}`,
    driver: DRIVER,
    deprecateEof: (negotiated & Capability.DEPRECATE_EOF) !== 0,
    queryAttributes: (negotiated & Capability.QUERY_ATTRIBUTES) !== 0,
    extendedMetadata: connection._mariadbExtendedMetadata === true,
  };
}

const DRIVER = driverName();

function driverName(): string {
  try {
    const { version } = createRequire(import.meta.url)('mysql2/package.json') as { version: string };
    return `mysql2/${version}`;
  } catch {
    return 'mysql2';
  }
}
