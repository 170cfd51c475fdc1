import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { FailureError } from '../errors.js';
import { frame } from '../wire/command-assembler.js';
import { HEADER_LENGTH } from '../wire/constants.js';
import type { TlsUpgrade } from './tls-upgrade.js';

/** Who has not proved anything yet gets no more memory than a login takes. */
const MAX_LOGIN_PACKET_BYTES = 128 * 1024;

/** What can end a wait for bytes. */
const EVENTS = ['readable', 'end', 'close'] as const;

/**
 * The packets of a login, one at a time, from a socket that is read no further than they go: what comes behind them is TLS, or belongs to
 * the session.
 */
export class PacketSocket {
  #socket: Socket;
  #sequenceId = 0;
  /** Ends the wait for more bytes. */
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** The sequence id that the next packet sent gets. */
  get sequenceId(): number {
    return this.#sequenceId;
  }

  /** Whether what is said here is encrypted. */
  get isSecure(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  send(payload: Buffer): void {
    this.#socket.write(frame(payload, this.#sequenceId));
    this.#sequenceId = (this.#sequenceId + 1) & 0xff;
  }

  /**
   * Waits for the next packet.
   * @returns its payload
   * @throws FailureError `PROTOCOL_VIOLATION` where it is too long or out of order; `CONNECTION_UNSUPPORTED` where the client went away
   */
  async next(): Promise<Buffer> {
    const header = await this.#read(HEADER_LENGTH);
    const length = header.readUIntLE(0, 3);
    if (length > MAX_LOGIN_PACKET_BYTES) {
      throw new FailureError('PROTOCOL_VIOLATION', `a packet of ${length} bytes came in place of a login`);
    }
    if (header[3] !== this.#sequenceId) throw new FailureError('PROTOCOL_VIOLATION', 'a packet is out of order');
    this.#sequenceId = (this.#sequenceId + 1) & 0xff;
    return length === 0 ? Buffer.alloc(0) : this.#read(length);
  }

  /** Reads no more: what is still to come is for somebody else. */
  release(): void {
    for (const event of EVENTS) this.#socket.removeListener(event, this.#onEvent);
  }

  /** Goes on in TLS. @throws what the handshake fails with */
  async startTls(tls: TlsUpgrade): Promise<void> {
    this.release();
    this.#socket = await tls.upgrade(this.#socket);
    this.#socket.on('error', () => undefined);
    this.#listen();
  }

  // Once for all packets: each new listener would be told at once of bytes that are too few, again and again.
  #listen(): void {
    for (const event of EVENTS) this.#socket.on(event, this.#onEvent);
  }

  readonly #onEvent = (): void => {
    this.#wake();
  };

  async #read(size: number): Promise<Buffer> {
    for (;;) {
      const bytes = this.#socket.read(size) as Buffer | null;
      if (bytes?.length === size) return bytes;
      if (bytes !== null || this.#socket.destroyed || this.#socket.readableEnded) throw gone();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function gone(): FailureError {
  return new FailureError('CONNECTION_UNSUPPORTED', 'the client went away');
}
