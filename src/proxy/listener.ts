import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { FailureError } from '../errors.js';
import type { Identity } from '../identity/index.js';
import { messageOf } from '../message-of.js';
import { type Certificates, certificatesOf, selfSigned } from './certificates.js';
import type { Database } from './database.js';
import type { Databases } from './databases.js';
import type { Door, FrontDoor } from './front-door.js';
import type { FrontLoginSettings } from './front-login.js';
import { isIdentitySource, type ListenerOptions } from './listener-options.js';
import { loadPeerReader, type PeerCredentials, type PeerReader } from './peer-credentials.js';
import type { LoginChecks } from './login-checks.js';
import { removeSocket } from './remove-socket.js';

/** Where a listener of a proxy listens. */
export type ProxyAddress =
  { readonly host: string; readonly port: number; readonly certificate: string } | { readonly socketPath: string };

/** What all listeners share. */
export interface ListenerParts {
  readonly door: FrontDoor;
  readonly databases: Databases;
  readonly checks: LoginChecks;
  readonly logger: Logger;
}

/** How a listener is to be from now on. */
export interface ListenerChange {
  readonly options: ListenerOptions;
  readonly certificates: Certificates | undefined;
  readonly readPeer: PeerReader | undefined;
}

const LISTEN_BACKLOG = 4_096;

/** Where clients connect to: an address, or a socket in the file system. */
export class Listener implements Door {
  readonly #parts: ListenerParts;
  readonly #server: Server;
  #options: ListenerOptions;
  /** The port that it has, where the options leave it open. */
  #port: number | undefined;
  #certificates: Certificates | undefined;
  #readPeer: PeerReader | undefined;

  private constructor(parts: ListenerParts, { options, certificates, readPeer }: ListenerChange) {
    this.#parts = parts;
    this.#options = options;
    this.#certificates = certificates;
    this.#readPeer = readPeer;
    this.#server = createServer({ noDelay: true, pauseOnConnect: false }, (socket) => {
      parts.door.accept(socket, this);
    });
  }

  /**
   * Makes one that does not listen yet.
   * @throws FailureError `OPTIONS_INVALID` where its certificate cannot be used, or nobody can tell who opens its socket
   */
  static async create(parts: ListenerParts, options: ListenerOptions): Promise<Listener> {
    const readPeer = await peerReaderOf(options);
    return new Listener(parts, { options, certificates: await makeCertificates(options, parts.logger), readPeer });
  }

  get options(): ListenerOptions {
    return this.#options;
  }

  /** Where it listens, or did before it was stopped; undefined of a socket. */
  get port(): number | undefined {
    return this.#port;
  }

  get address(): ProxyAddress {
    const options = this.#options;
    if ('socketPath' in options) return { socketPath: options.socketPath };
    const port = this.#port ?? options.port;
    return { host: options.host ?? '127.0.0.1', port, certificate: this.#certificates?.pem ?? '' };
  }

  get database(): Database {
    const { databases } = this.#parts;
    const { upstream } = this.#options;
    return upstream === undefined ? databases.first : databases.require(upstream);
  }

  peerOf(socket: Socket): PeerCredentials | undefined {
    return this.#readPeer?.(socket);
  }

  settings(peer: PeerCredentials | undefined): FrontLoginSettings {
    const { checks, databases } = this.#parts;
    const isLocal = 'socketPath' in this.#options;
    const identity = this.#identityOf(peer);
    return { ...checks, upstreams: databases.names, tls: this.#certificates?.tls, isLocal, identity };
  }

  #identityOf(peer: PeerCredentials | undefined): Identity | undefined {
    if (!('socketPath' in this.#options)) return undefined;
    const { identity, peerIdentity } = this.#options;
    const source = peerIdentity === undefined ? identity : peer && peerIdentity(peer);
    if (source === undefined) return undefined;
    if (!isIdentitySource(source)) throw new FailureError('OPTIONS_INVALID', 'peerIdentity gave what is no identity');
    return 'current' in source ? source.current : source;
  }

  /** Begins to listen, also after {@link Listener.stop}. @throws what listening fails with */
  async listen(): Promise<void> {
    const options = this.#options;
    if ('socketPath' in options) {
      // Processes that share it would take it from each other: there, the one that starts them has removed it.
      if (!cluster.isWorker) await removeSocket(options.socketPath);
      this.#server.listen({ path: options.socketPath, backlog: LISTEN_BACKLOG });
    } else {
      this.#server.listen({
        host: options.host ?? '127.0.0.1',
        port: this.#port ?? options.port,
        backlog: LISTEN_BACKLOG,
      });
    }
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** Takes no more connections; those that are there go on. */
  stop(): void {
    if (this.#server.listening) this.#server.close();
  }

  /**
   * Makes ready what `options`, which name the same address, change here. Renewed files of a certificate that stays are taken over at once.
   * @throws FailureError `OPTIONS_INVALID` where their certificate cannot be used, or nobody can tell who opens the socket
   */
  async prepare(options: ListenerOptions): Promise<ListenerChange> {
    const isSame = isDeepStrictEqual(tlsOf(options), tlsOf(this.#options));
    const readPeer = await peerReaderOf(options);
    if (!isSame) return { options, certificates: await makeCertificates(options, this.#parts.logger), readPeer };
    await this.#certificates?.refresh();
    return { options, certificates: this.#certificates, readPeer };
  }

  /** Is as that says from the next login on. */
  change({ options, certificates, readPeer }: ListenerChange): void {
    if (certificates !== this.#certificates) this.#certificates?.close();
    this.#options = options;
    this.#certificates = certificates;
    this.#readPeer = readPeer;
  }

  /** Undoes {@link Listener.prepare}. */
  discard({ certificates }: ListenerChange): void {
    if (certificates !== this.#certificates) certificates?.close();
  }

  close(): void {
    this.#certificates?.close();
    this.stop();
  }
}

function tlsOf(options: ListenerOptions): unknown {
  return 'socketPath' in options ? undefined : options.tls;
}

async function peerReaderOf(options: ListenerOptions): Promise<PeerReader | undefined> {
  return 'peerIdentity' in options && options.peerIdentity !== undefined ? loadPeerReader() : undefined;
}

async function makeCertificates(options: ListenerOptions, logger: Logger): Promise<Certificates | undefined> {
  if ('socketPath' in options) return undefined;
  return options.tls === undefined ? selfSigned() : certificatesOf(options.tls, onCertificateProblem(logger));
}

/** Says in the log why renewed files cannot be used. */
export function onCertificateProblem(logger: Logger): (error: unknown) => void {
  return (error) => {
    logger.error({ problem: messageOf(error) }, 'renewed certificates cannot be used: those before stay');
  };
}
