import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import { withDeadline } from '../deadline.js';
import type { CheckedSyslogOptions } from './syslog-options.js';
import type { SyslogSender } from './syslog-stream.js';

/** How long a burst of datagrams may be, in milliseconds of the rate: a receiver's buffer holds no more than a few hundred. */
const BURST_MS = 2;

/**
 * Messages as datagrams (RFC 5426), not faster than a rate. That nobody listens is told by some networks, in their own time; that a datagram was
 * lost by none.
 */
export class SyslogDatagrams implements SyslogSender {
  readonly #options: CheckedSyslogOptions;
  #socket: ConnectedSocket | undefined;

  constructor(options: CheckedSyslogOptions) {
    this.#options = options;
  }

  async send(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const { maxDatagramsPerSecond, timeoutMs } = this.#options;
    const wholeMs = (messages.length * 1000) / maxDatagramsPerSecond;
    try {
      await withDeadline(timeoutMs + Math.ceil(wholeMs), signal, (deadline) => this.#send(messages, deadline));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #send(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const { host, port, maxDatagramsPerSecond } = this.#options;
    const socket = this.#socket ?? (await ConnectedSocket.open(host, port));
    if (signal.aborted) socket.close();
    signal.throwIfAborted();
    this.#socket = socket;
    const perMs = maxDatagramsPerSecond / 1000;
    const burst = Math.max(1, Math.floor(perMs * BURST_MS));
    const startMs = performance.now();
    for (let sent = 0; sent < messages.length; sent += burst) {
      const aheadMs = sent / perMs - (performance.now() - startMs);
      if (aheadMs >= 1) await sleep(aheadMs, undefined, { signal });
      await Promise.all(messages.slice(sent, sent + burst).map((message) => socket.send(message)));
    }
    await nextTurn();
    socket.throwIfBroken();
  }
}

/** A socket that has one peer: only such a one is told when nobody listens there. */
class ConnectedSocket {
  readonly #socket: Socket;
  #problem: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', (error) => {
      this.#problem = error;
    });
  }

  static async open(host: string, port: number): Promise<ConnectedSocket> {
    const { address, family } = await lookup(host);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const connected = new ConnectedSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    return connected;
  }

  send(message: Buffer): Promise<void> {
    this.throwIfBroken();
    return new Promise((resolve, reject) => {
      this.#socket.send(message, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  throwIfBroken(): void {
    if (this.#problem !== undefined) throw this.#problem;
  }

  close(): void {
    this.#socket.close();
  }
}
