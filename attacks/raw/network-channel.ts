import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { FailureError } from '../../src/errors.js';
import { frame } from '../../src/wire/command-assembler.js';
import { readGreeting } from '../../src/wire/login/greeting.js';
import { authenticate, NO_PLUGIN } from './authenticate.js';
import { Capability, MariadbCapability } from '../../src/wire/constants.js';
import { CompressedStream } from './compressed-stream.js';
import { type ChannelLogin, type PacketChannel, PacketQueue } from './packet-channel.js';

/** Where a server listens. */
export interface NetworkAddress {
  readonly host: string;
  readonly port: number;
  /** PEM that verifies it; without it, TLS is not verified. */
  readonly ca?: string;
}

const USUAL =
  Capability.LONG_PASSWORD |
  Capability.LONG_FLAG |
  Capability.CONNECT_WITH_DB |
  Capability.LOCAL_FILES |
  Capability.PROTOCOL_41 |
  Capability.TRANSACTIONS |
  Capability.SECURE_CONNECTION |
  Capability.MULTI_RESULTS |
  Capability.PS_MULTI_RESULTS |
  Capability.PLUGIN_AUTH;
const UTF8MB4_GENERAL_CI = 45;
const CONNECT_WITHIN_MS = 5_000;

/** A connection of our own over the network, over TLS where the server has it. */
export async function openNetworkChannel(address: NetworkAddress, login: ChannelLogin): Promise<PacketChannel> {
  const plain = connect({ host: address.host, port: address.port, noDelay: true });
  const queue = new PacketQueue();
  plain.setTimeout(CONNECT_WITHIN_MS, () => plain.destroy());
  listen(plain, queue, (bytes) => bytes);
  const greeting = readGreeting((await queue.next()).payload);
  const wanted = USUAL | Capability.SSL | (login.flags ?? 0) | (login.compress === true ? Capability.COMPRESS : 0);
  const mariadbFlags = (login.mariadbFlags ?? 0) & greeting.mariadbCapabilities;
  // MariaDB reads its own flags from a client that does not claim to be MySQL's.
  const flags = wanted & greeting.capabilities & (mariadbFlags === 0 ? ~0 : ~Capability.LONG_PASSWORD);
  requireFlags(login, flags, mariadbFlags);
  const head = loginHead({ flags, mariadbFlags, collation: login.collation ?? UTF8MB4_GENERAL_CI });
  const usesTls = (flags & Capability.SSL) !== 0;
  const socket = usesTls ? await upgrade(plain, frame(head, 1), address, queue) : plain;
  const direct = { next: () => queue.next(), write: (bytes: Buffer) => void socket.write(bytes) };
  const credentials = `${login.user}\0\0${login.database}\0${NO_PLUGIN}\0`;
  direct.write(frame(Buffer.concat([head, Buffer.from(credentials)]), usesTls ? 2 : 1));
  await authenticate(direct, login.password);
  plain.setTimeout(0);
  const announcesMetadata =
    (flags & Capability.OPTIONAL_RESULTSET_METADATA) !== 0 || (mariadbFlags & MariadbCapability.CACHE_METADATA) !== 0;
  const base = { capabilities: flags, announcesMetadata, threadId: greeting.threadId, close: () => socket.destroy() };
  if ((flags & Capability.COMPRESS) === 0) return { ...base, ...direct };
  const compression = new CompressedStream();
  socket.removeAllListeners('data');
  socket.on('data', (bytes: Buffer) => {
    queue.push(compression.unwrap(bytes));
  });
  return { ...base, next: direct.next, write: (bytes) => void socket.write(compression.wrap(bytes, bytes[3] === 0)) };
}

function listen(socket: Socket, queue: PacketQueue, decode: (bytes: Buffer) => Buffer): void {
  socket.on('data', (bytes: Buffer) => {
    queue.push(decode(bytes));
  });
  const lost = (error?: Error): void => {
    const reason = error instanceof Error ? `: ${error.message}` : '';
    queue.fail(new FailureError('CONNECTION_UNSUPPORTED', `the connection was lost${reason}`));
  };
  socket.once('error', lost);
  socket.once('close', () => {
    lost();
  });
}

function requireFlags(login: ChannelLogin, flags: number, mariadbFlags: number): void {
  const missing = (login.flags ?? 0) & ~flags;
  if (missing === 0 && mariadbFlags === (login.mariadbFlags ?? 0)) return;
  throw new FailureError('CONNECTION_UNSUPPORTED', 'the server does not have a capability that the attack needs');
}

function loginHead(login: { flags: number; mariadbFlags: number; collation: number }): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(login.flags >>> 0, 0);
  head.writeUInt32LE(0x40_00_00_00, 4);
  head.writeUInt8(login.collation & 0xff, 8);
  head.writeUInt32LE(login.mariadbFlags >>> 0, 28);
  return head;
}

async function upgrade(plain: Socket, request: Buffer, address: NetworkAddress, queue: PacketQueue): Promise<Socket> {
  plain.removeAllListeners('data');
  plain.write(request);
  const { host, ca } = address;
  const secure = connectTls({ socket: plain, host, ...(ca === undefined ? { rejectUnauthorized: false } : { ca }) });
  await once(secure, 'secureConnect');
  listen(secure, queue, (bytes) => bytes);
  return secure;
}
