import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { withDeadline } from '../deadline.js';
import type { CheckedSyslogOptions } from './syslog-options.js';

/** Takes messages to a syslog receiver. */
export interface SyslogSender {
  /** Rejects with what went wrong; some of the messages may have arrived. */
  send(messages: readonly Buffer[], signal: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Messages over TCP or TLS, each after its length (RFC 6587, section 3.4.1; RFC 5425, section 4.3). The protocol has no acknowledgement. What
 * comes nearest is TCP's own end: a receiver that closes while there is something it has not read resets the connection.
 */
export class SyslogStream implements SyslogSender {
  readonly #options: CheckedSyslogOptions;
  #connection: Connection | undefined;

  constructor(options: CheckedSyslogOptions) {
    this.#options = options;
  }

  async send(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const frames = Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length} `), message]));
    try {
      await withDeadline(this.#options.timeoutMs, signal, (deadline) => this.#send(frames, deadline));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #send(frames: Buffer, signal: AbortSignal): Promise<void> {
    // What the receiver did meanwhile is told at the end of a turn.
    await nextTurn(undefined, { signal });
    if (this.#connection?.ended === true) this.close();
    this.#connection ??= new Connection(this.#options);
    const connection = this.#connection;
    await connection.opened();
    await connection.write(frames);
    if (this.#options.confirm === 'written') return;
    await connection.finish();
    this.close();
  }
}

const MAX_REASON_CHARS = 200;
const CLOSED_EARLY = 'the receiver closed the connection';

class Connection {
  readonly #socket: Socket;
  readonly #opened: Promise<void>;
  /** Settled when nothing more can be sent: resolved by the receiver's end of the stream, rejected by what broke it. */
  readonly #end: Promise<void>;
  #ended = false;

  constructor({ host, port, protocol, tls }: CheckedSyslogOptions) {
    const secure = protocol === 'tls';
    this.#socket = secure ? connectTls({ host, port, ...tls }) : connectTcp({ host, port });
    this.#socket.setKeepAlive(true);
    this.#end = new Promise((resolve, reject) => {
      this.#socket.once('end', resolve);
      this.#socket.once('error', reject);
      this.#socket.once('close', () => reject(new Error('the connection was closed')));
    });
    const markEnded = (): void => {
      this.#ended = true;
    };
    this.#end.then(markEnded, markEnded);
    this.#opened = new Promise((resolve) => {
      this.#socket.once(secure ? 'secureConnect' : 'connect', resolve);
    });
    // An end is seen only by who reads. A receiver has nothing to say, but for why it takes nothing.
    this.#socket.on('data', (said: Buffer) => {
      const text = said
        .toString('latin1', 0, MAX_REASON_CHARS)
        .replace(/[^\x20-\x7e]/g, ' ')
        .trim();
      this.#socket.destroy(new Error(`the receiver takes nothing, and says: ${text}`));
    });
  }

  /** Whether the receiver has closed, or the connection broke. */
  get ended(): boolean {
    return this.#ended;
  }

  opened(): Promise<void> {
    return this.#orEnd(this.#opened);
  }

  /** Resolves once the operating system has the bytes, and the connection is still there a turn later. */
  async write(bytes: Buffer): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    await this.#orEnd(written);
    await this.#orEnd(nextTurn());
  }

  /** Ends this side, and resolves when the receiver has read everything and ended its own. */
  async finish(): Promise<void> {
    if (this.#ended) throw new Error(CLOSED_EARLY);
    this.#socket.end();
    await this.#end;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Waits for something that does not come after the end. */
  async #orEnd(awaited: Promise<unknown>): Promise<void> {
    const end = this.#end.then(() => {
      throw new Error(CLOSED_EARLY);
    });
    await Promise.race([awaited, end]);
  }
}
