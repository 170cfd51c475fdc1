import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { DenialError, FailureError, isCountersignError, mysqlErrorOf } from '../errors.js';
import type { Identity } from '../identity/index.js';
import { messageOf } from '../message-of.js';
import type { Governor } from '../session/index.js';
import { recordRefusedLogin } from '../session/login-records.js';
import { ServerStatus } from '../wire/constants.js';
import { buildErrPacket, type ErrPacket } from '../wire/err-packet.js';
import { buildOk } from '../wire/login/authentication.js';
import { ClientSession } from './client-session.js';
import type { Database } from './database.js';
import type { Databases } from './databases.js';
import { type FrontLogin, type FrontLoginSettings, logIn } from './front-login.js';
import type { Admissions } from './limits/admissions.js';
import { ConnectionPlace } from './limits/connection-place.js';
import type { FailedLogins } from './limits/failed-logins.js';
import { PacketSocket } from './packet-socket.js';
import type { PeerCredentials } from './peer-credentials.js';
import type { ProxyLimits } from './proxy-options.js';
import type { ProxyMetrics } from './proxy-metrics.js';
import type { Upstream } from './upstream.js';
import { UpstreamError } from './upstream-error.js';

/** What a listener gives with each connection. */
export interface Door {
  /** Who opened a socket, where that decides; undefined elsewhere. @throws FailureError `CONNECTION_UNSUPPORTED` where nobody can tell */
  peerOf(socket: Socket): PeerCredentials | undefined;
  /** How clients of this listener log in, as of now. */
  settings(peer: PeerCredentials | undefined): FrontLoginSettings;
  /** The database of clients that name none, as of now. @throws UpstreamError where it has just been taken away */
  readonly database: Database;
}

const TOO_MANY: Pick<ErrPacket, 'errno' | 'sqlState'> = { errno: 1040, sqlState: '08004' };
const TOO_MANY_OF_ONE: Pick<ErrPacket, 'errno' | 'sqlState'> = { errno: 1203, sqlState: '42000' };
const BLOCKED: Pick<ErrPacket, 'errno' | 'sqlState'> = { errno: 1129, sqlState: 'HY000' };

const KEEP_ALIVE_MS = 60_000;
/** A login that ends with an ERR packet of its own. */
class LoginError extends Error {
  readonly packet: ErrPacket;

  constructor(packet: ErrPacket) {
    super(packet.message);
    this.packet = packet;
  }
}

/** Who has failed to log in. */
interface LoginAttempt {
  readonly client: string;
  readonly address: string;
  /** It had proved who it is. */
  readonly wasKnown: boolean;
}

/** Who has logged in. */
interface Admitted {
  readonly client: string;
  readonly login: FrontLogin;
  readonly place: ConnectionPlace;
}

/** What the door needs of the proxy. */
export interface FrontDoorParts {
  readonly governor: Governor;
  readonly databases: Databases;
  readonly admissions: Admissions;
  readonly failures: FailedLogins;
  readonly metrics: ProxyMetrics;
  readonly logger: Logger;
}

/** Lets clients in, or not: who they are, how many there may be, and to which database they come. */
export class FrontDoor {
  /** From the next login on. */
  limits: ProxyLimits;
  readonly #parts: FrontDoorParts;
  readonly #sessions = new Set<ClientSession>();
  readonly #logins = new Set<PacketSocket>();

  constructor(parts: FrontDoorParts, limits: ProxyLimits) {
    this.#parts = parts;
    this.limits = limits;
  }

  get sessions(): ReadonlySet<ClientSession> {
    return this.#sessions;
  }

  /** Takes a connection. Never throws: whatever is wrong with it is between it and us. */
  accept(socket: Socket, door: Door): void {
    const { loginTimeoutMs } = this.limits;
    socket.on('error', () => undefined);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const io = new PacketSocket(socket);
    this.#logins.add(io);
    const timer = setTimeout(() => io.socket.destroy(), loginTimeoutMs);
    void this.#admit(io, door).finally(() => {
      clearTimeout(timer);
      this.#logins.delete(io);
    });
  }

  /** Ends what is not logged in yet. */
  dismissLogins(): void {
    for (const { socket } of this.#logins) socket.destroy();
  }

  async #admit(io: PacketSocket, door: Door): Promise<void> {
    const { limits } = this;
    const { metrics } = this.#parts;
    const { remoteAddress, remotePort } = io.socket;
    let address = remoteAddress ?? 'local';
    let client = remoteAddress === undefined ? 'local' : `${address}:${remotePort}`;
    let wasKnown = false;
    const place = new ConnectionPlace(this.#parts.admissions);
    try {
      const peer = door.peerOf(io.socket);
      if (peer !== undefined) {
        address = `local, uid ${peer.uid}`;
        client = `${address}, pid ${peer.pid}`;
      }
      if (!(await place.take(limits.connections))) {
        throw new LoginError({ ...TOO_MANY, message: 'Too many connections' });
      }
      if (await this.#parts.failures.isBlocked(address)) {
        throw new LoginError({
          ...BLOCKED,
          message: `Too many logins from ${address} have failed: try again in a minute`,
        });
      }
      const { database } = door;
      const greeting = database.greeting ?? (await database.learn());
      const login = await logIn(io, greeting, door.settings(peer));
      wasKnown = true;
      await this.#open(io, { client, login, place }, door);
      metrics.logins.inc({ result: 'ok' });
    } catch (error) {
      place.release();
      this.#refuse(io, { client, address, wasKnown }, error);
    }
  }

  async #open(io: PacketSocket, { client, login, place }: Admitted, door: Door): Promise<void> {
    const { databases, governor, logger, metrics } = this.#parts;
    const database = login.upstream === undefined ? door.database : databases.require(login.upstream);
    await this.#countAgent(login.identity, place);
    let upstream: Upstream | undefined;
    try {
      upstream = await database.connect(login.identity, { ...login.response });
      if (io.socket.destroyed) throw new FailureError('CONNECTION_UNSUPPORTED', 'the client went away');
      const session = new ClientSession({
        governor,
        socket: io.socket,
        client,
        login,
        upstream,
        onEnd: () => {
          this.#sessions.delete(session);
          metrics.sessions.set(this.#sessions.size);
          place.release();
        },
        onProblem: (error) => {
          logger.warn({ client, problem: messageOf(error) }, 'a session could not go on');
        },
      });
      this.#sessions.add(session);
      metrics.sessions.set(this.#sessions.size);
      io.send(buildOk(ServerStatus.AUTOCOMMIT));
      io.release();
      session.start();
    } catch (error) {
      upstream?.stream.destroy();
      throw error;
    }
  }

  async #countAgent(identity: Identity, place: ConnectionPlace): Promise<void> {
    const most = this.limits.connectionsPerAgent;
    const count = await place.takeFor(identity, most);
    if (count < most) return;
    throw new LoginError({
      ...TOO_MANY_OF_ONE,
      message: `${identity.subject} has ${count} connections, which is as many as it may have`,
    });
  }

  /** Who only looked whether somebody is there gets no answer, and leaves no trace. */
  #refuse(io: PacketSocket, { client, address, wasKnown }: LoginAttempt, error: unknown): void {
    const { metrics, logger } = this.#parts;
    // Who has shown what it has is refused, also where it does not wait for the answer.
    if (!(error instanceof DenialError) && (io.socket.destroyed || io.socket.readableEnded)) {
      io.socket.destroy();
      return;
    }
    metrics.logins.inc({ result: error instanceof DenialError ? 'refused' : 'failed' });
    if (isOfTheClient(error)) this.#parts.failures.failed(address);
    if (error instanceof UpstreamError)
      logger.warn({ client, problem: messageOf(error.cause ?? error) }, error.message);
    else if (!isCountersignError(error) && !(error instanceof LoginError)) {
      logger.error({ client, problem: messageOf(error) }, 'a login failed');
    }
    const isNothing = error instanceof LoginError || (error instanceof UpstreamError && !wasKnown);
    if (!isNothing && this.#parts.failures.mayRecord(address)) this.#record(client, error);
    io.socket.end(buildErrPacket(io.sequenceId, packetOf(error)));
    io.socket.destroySoon();
  }

  #record(client: string, error: unknown): void {
    try {
      recordRefusedLogin(this.#parts.governor.trail, client, messageOf(error));
    } catch (cause) {
      this.#parts.logger.error({ problem: messageOf(cause) }, 'a refused login could not be recorded');
    }
  }
}

/** Whether a failed login is the client's doing, and counts against its address. */
function isOfTheClient(error: unknown): boolean {
  if (error instanceof DenialError) return true;
  return isCountersignError(error) && (error.code === 'PROTOCOL_VIOLATION' || error.code === 'CONNECTION_UNSUPPORTED');
}

/** What a client is told: nothing of what is behind. */
function packetOf(error: unknown): ErrPacket {
  if (error instanceof UpstreamError || error instanceof LoginError) return error.packet;
  if (!isCountersignError(error)) return { errno: 1105, sqlState: 'HY000', message: 'the login failed' };
  const { errno, sqlState } = mysqlErrorOf(error.code);
  if (error instanceof DenialError) return { errno, sqlState, message: `Access denied: ${error.message}` };
  // Others name hosts and files of ours.
  const message = isOfTheClient(error) ? error.message : 'the login cannot be checked now: try again';
  return { errno, sqlState, message };
}
