import { EventEmitter } from 'node:events';
import type { Connection, ConnectionOptions } from 'mysql2';
import { FailureError } from '../../src/errors.js';
import type { Attack } from '../attack.js';
import { Capability } from '../../src/wire/constants.js';
import { needsMariadbLogin } from './raw-kinds.js';
import type { NetworkAddress } from './network-channel.js';
import { type ChannelLogin, type PacketChannel, PacketQueue } from './packet-channel.js';

/** A packet as mysql2's parser hands it out. */
export interface DriverPacket {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  readonly sequenceId: number;
}

/** What of a core connection of mysql2 an attacker in the process can get at. */
export interface DriverInternals extends EventEmitter {
  readonly config: { clientFlags: number };
  readonly serverCapabilityFlags: number;
  readonly threadId: number | null;
  _command: { clientFlags?: number } | null;
  addCommand(command: unknown): unknown;
  handlePacket(packet?: DriverPacket): void;
  write(bytes: Buffer): void;
  destroy(): void;
}

/** The internals of a core connection. */
export function internalsOf(connection: Connection): DriverInternals {
  return connection as unknown as DriverInternals;
}

/**
 * Adds capability flags to a login that has not begun yet: mysql2 has no option for those that it does not know. Query attributes, which
 * mysql2 asks for by itself, change what packets look like, and are left out unless they are wanted.
 */
function setCapabilities(connection: Connection, flags: number): void {
  const { config, _command: login } = internalsOf(connection);
  const wanted = (config.clientFlags & ~Capability.QUERY_ATTRIBUTES) | flags;
  config.clientFlags = wanted;
  if (login?.clientFlags !== undefined) login.clientFlags = wanted;
}

const HEADER = 4;

/**
 * Hand-made packets over a connection of mysql2 that is logged in: a command that never ends takes it over, so that whoever governs the
 * connection knows who writes, and every packet of the server comes here.
 */
function takeOver(connection: Connection): PacketChannel {
  const core = internalsOf(connection);
  const queue = new PacketQueue();
  core.addCommand(
    Object.assign(
      new EventEmitter().on('error', () => undefined),
      { execute: () => false },
    ),
  );
  core.handlePacket = (packet): void => {
    if (packet === undefined) return;
    const { buffer, start, end, sequenceId } = packet;
    queue.add({ payload: Buffer.from(buffer.subarray(start + HEADER, end)), sequenceId });
  };
  const lost = (error?: Error): void => {
    const reason = error instanceof Error ? `: ${error.message}` : '';
    queue.fail(new FailureError('CONNECTION_UNSUPPORTED', `the connection was lost${reason}`));
  };
  core.once('error', lost);
  core.once('end', lost);
  const capabilities = core.config.clientFlags & core.serverCapabilityFlags;
  return {
    capabilities,
    announcesMetadata: (capabilities & Capability.OPTIONAL_RESULTSET_METADATA) !== 0,
    threadId: core.threadId ?? 0,
    write: (bytes) => {
      core.write(bytes);
    },
    next: () => queue.next(),
    close: () => {
      core.destroy();
    },
  };
}

/** Why packets cannot go through the driver; undefined where they can. */
export function whyNotByDriver({ raw }: Attack): string | undefined {
  return raw !== undefined && needsMariadbLogin(raw) ? 'mysql2 cannot log in with the capability' : undefined;
}

/** Opens a connection with these options, and prepares it before its login begins. */
type Open = (options: ConnectionOptions, prepare: (opening: Connection) => void) => Promise<Connection>;

/** Opens a connection of mysql2 for hand-made packets. */
export async function driverChannel(address: NetworkAddress, login: ChannelLogin, open: Open): Promise<PacketChannel> {
  const { host, port, ca } = address;
  const { user, password, database, collation, compress } = login;
  const options = {
    ...{ host, port, user, password, database },
    ...(ca !== undefined && { ssl: { ca } }),
    ...(compress !== undefined && { compress }),
    ...(collation !== undefined && { charsetNumber: collation }),
  };
  return takeOver(
    await open(options, (opening) => {
      setCapabilities(opening, login.flags ?? 0);
    }),
  );
}
