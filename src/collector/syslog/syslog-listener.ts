import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';

import type { AuditLogger } from '../../audit/audit-logger.js';
import { messageOf } from '../../message-of.js';
import type { CollectorTls } from '../collector-tls.js';
import { certificateName } from '../sender-names.js';
import type { StoreLines } from '../ingest/store-lines.js';
import { SyslogFrames } from './syslog-frames.js';
import { recordOfSyslog } from './syslog-record.js';

/** Where syslog is listened to. */
export interface SyslogOptions {
  /** 127.0.0.1 where not given. Another one than a loopback address needs `tls` with `clientCa`. */
  readonly host?: string | undefined;
  /** TLS (RFC 5425) where the collector has a certificate, else TCP (RFC 6587, octet counting); 0 takes a free one. */
  readonly port?: number | undefined;
  /** UDP (RFC 5426), on a loopback address only. */
  readonly udpPort?: number | undefined;
}

/** A listener that listens. */
export interface SyslogListener {
  readonly port: number | undefined;
  readonly udpPort: number | undefined;
  close(): Promise<void>;
}

const NOT_AUTHORIZED = 'a certificate of the authority that this collector believes is needed\n';
/** Who has no certificate: anybody on this machine. */
const LOCAL = 'syslog';
const GOODBYE_MS = 1_000;
const MAX_MESSAGE_BYTES = 16 * 1024 ** 2;
/** Datagrams that wait to be stored: what comes beyond is lost, as it may be on its way. */
const MAX_WAITING = 10_000;

/** Listens for records as syslog messages. */
export async function listenToSyslog(
  { host = '127.0.0.1', port, udpPort }: SyslogOptions,
  tls: CollectorTls | undefined,
  store: StoreLines,
  logger: AuditLogger,
): Promise<SyslogListener> {
  const stream = port === undefined ? undefined : await openStream(host, port, tls, store, logger);
  const datagrams = udpPort === undefined ? undefined : await openDatagrams(host, udpPort, store, logger);
  return {
    port: (stream?.server.address() as AddressInfo | undefined)?.port,
    udpPort: datagrams?.socket.address().port,
    close: async () => {
      await datagrams?.close();
      await stream?.close();
    },
  };
}

interface OpenStream {
  readonly server: Server;
  close(): Promise<void>;
}

async function openStream(
  host: string,
  port: number,
  tls: CollectorTls | undefined,
  store: StoreLines,
  logger: AuditLogger,
): Promise<OpenStream> {
  const sockets = new Set<Socket>();
  const { cert, key, clientCa: ca } = tls ?? {};
  const serve = (socket: Socket | TLSSocket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const isStranger = ca !== undefined && certificateName(socket) === undefined;
    (isStranger ? sendAway(socket) : receive(socket, store)).catch((error: unknown) => {
      // Who sent it finds the connection reset, and sends it again.
      logger.warn({ client: socket.remoteAddress, problem: messageOf(error) }, 'a syslog connection was closed');
      socket.destroy();
    });
  };
  const secure = { cert, key, ...(ca !== undefined && { ca, requestCert: true, rejectUnauthorized: false }) };
  const server =
    tls === undefined
      ? createTcpServer({ allowHalfOpen: true }, serve)
      : createTlsServer({ ...secure, allowHalfOpen: true }, serve);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    server,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A sender takes a connection that is closed without a word for one of which all was read. */
async function sendAway(socket: Socket): Promise<void> {
  socket.end(NOT_AUTHORIZED);
  await delay(GOODBYE_MS, undefined, { ref: false });
  throw new Error('the client has no certificate that is believed');
}

/** Stores what comes before it reads on; closes its side when all of it is stored, by which the sender knows. */
async function receive(socket: Socket | TLSSocket, store: StoreLines): Promise<void> {
  const sender = certificateName(socket) ?? LOCAL;
  const frames = new SyslogFrames(MAX_MESSAGE_BYTES);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    const messages = frames.take(chunk);
    if (messages.length > 0) await store(linesOf(messages), sender);
  }
  if (frames.pending > 0) throw new RangeError('it ended within a message');
  socket.end();
}

function linesOf(messages: readonly Buffer[]): Buffer {
  return Buffer.from(messages.map((message) => recordOfSyslog(message)).join('\n'));
}

interface OpenDatagrams {
  readonly socket: DatagramSocket;
  close(): Promise<void>;
}

async function openDatagrams(
  host: string,
  port: number,
  store: StoreLines,
  logger: AuditLogger,
): Promise<OpenDatagrams> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let waiting: Buffer[] = [];
  let working: Promise<void> | undefined;
  const storeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const messages = waiting;
      waiting = [];
      try {
        await store(linesOf(messages), LOCAL);
      } catch (error) {
        logger.error({ problem: messageOf(error), lost: messages.length }, 'datagrams could not be stored');
      }
    }
    working = undefined;
  };
  socket.on('message', (message) => {
    if (waiting.length < MAX_WAITING) waiting.push(message);
    working ??= storeAll();
  });
  socket.on('error', (error) => logger.error({ error }, 'the syslog socket failed'));
  socket.bind(port, host);
  await once(socket, 'listening');
  return {
    socket,
    close: async () => {
      socket.close();
      await working;
    },
  };
}
