import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import { FailureError } from '../errors.js';

interface Waiting {
  readonly resolve: (socket: TLSSocket) => void;
  readonly reject: (error: Error) => void;
}

/** Turns plain sockets into encrypted ones, as the server, at the point where the protocol has them go on in TLS. */
export class TlsUpgrade {
  readonly #server: Server;
  /** Clients have to bring a certificate. */
  readonly requestsCertificate: boolean;
  /** By the client's address, which the encrypted socket has as well. */
  readonly #waiting = new Map<string, Waiting>();

  /** @param options with `ca`, clients have to bring a certificate that it has signed */
  constructor(options: SecureContextOptions) {
    const requestCert = options.ca !== undefined;
    this.requestsCertificate = requestCert;
    this.#server = createServer({ ...options, requestCert, rejectUnauthorized: requestCert });
    this.#server.on('secureConnection', (secure) => {
      this.#waiting.get(addressOf(secure))?.resolve(secure);
    });
    this.#server.on('tlsClientError', (error, secure) => {
      this.#waiting.get(addressOf(secure))?.reject(error);
    });
  }

  /** Other certificates from the next handshake on. */
  renew(options: SecureContextOptions): void {
    this.#server.setSecureContext(options);
  }

  /**
   * Waits for the handshake.
   * @param socket of which nothing behind the request for TLS was read
   * @throws FailureError `CONNECTION_UNSUPPORTED` where the client went away, or was sent away for its certificate; the error of the handshake
   */
  upgrade(socket: Socket): Promise<TLSSocket> {
    const address = addressOf(socket);
    return new Promise<TLSSocket>((resolve, reject) => {
      this.#waiting.set(address, { resolve, reject });
      socket.once('close', () => {
        reject(new FailureError('CONNECTION_UNSUPPORTED', 'the TLS handshake was broken off'));
      });
      this.#server.emit('connection', socket);
    }).finally(() => this.#waiting.delete(address));
  }
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
