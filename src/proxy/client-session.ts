import type { Socket } from 'node:net';
import { type CountersignErrorCode, isCountersignError, mysqlErrorOf } from '../errors.js';
import { copyOf } from '../driver/own-connection.js';
import { readCatalogue } from '../driver/read-catalogue.js';
import { stopStatement } from '../driver/stop-statement.js';
import { assertionsFromAttributes } from '../session/assertions.js';
import {
  type Caller,
  type GovernedSession,
  type Governor,
  type ServerThread,
  type SessionOrigin,
} from '../session/index.js';
import { Capability, MariadbCapability } from '../wire/constants.js';
import { buildErrPacket } from '../wire/err-packet.js';
import type { FrontLogin } from './front-login.js';
import { QUIT, quitServer } from './quit-server.js';
import type { Upstream } from './upstream.js';

/** Failures that are about what the client sent. */
const TELLABLE: ReadonlySet<CountersignErrorCode> = new Set(['PACKET_TOO_LARGE', 'PROTOCOL_VIOLATION']);
/** A client that reads nothing of its last answers is left. */
const LEAVE_AFTER_MS = 30_000;

/** What a session of the proxy is made of. */
export interface ClientSessionParts {
  readonly governor: Governor;
  /** Logged in, and read no further. */
  readonly socket: Socket;
  /** `address:port`. */
  readonly client: string;
  readonly login: FrontLogin;
  readonly upstream: Upstream;
  /** Called once, when both sides are gone. */
  readonly onEnd: () => void;
  readonly onProblem: (error: unknown) => void;
}

/**
 * A client and its connection to the database, with the governed wire in between. Neither side is read faster than the other takes it.
 */
export class ClientSession {
  readonly #parts: Pick<ClientSessionParts, 'socket' | 'onEnd' | 'onProblem'>;
  readonly #upstream: Pick<Upstream, 'connection' | 'stream' | 'giveBack'>;
  readonly #session: GovernedSession;
  readonly #caller: Caller;
  #ended = false;
  /** The client has said that it leaves. */
  #quits = false;
  /** A KILL may still be on its way to the server's connection, or its bytes made no sense. */
  #isDoubtful = false;
  /** No further command is taken: the session ends when the last answer is out. */
  #draining = false;

  constructor(parts: ClientSessionParts) {
    const { login, governor, socket, onEnd, onProblem, upstream } = parts;
    // The login and what the server said at its own are not kept.
    this.#parts = { socket, onEnd, onProblem };
    this.#upstream = {
      connection: upstream.connection,
      stream: upstream.stream,
      ...(upstream.giveBack !== undefined && { giveBack: upstream.giveBack }),
    };
    this.#caller = {
      identity: login.identity,
      taskId: login.taskId,
      assertions: assertionsOfClient(login),
      origin: undefined,
    };
    this.#session = governor.openSession(originOf(parts), {
      toServer: (bytes, startsCommand) => {
        // What stands behind a COM_QUIT goes nowhere.
        if (this.#quits) return;
        if (startsCommand && bytes.length === QUIT.length && bytes.equals(QUIT)) this.#onQuit();
        else this.#upstream.stream.write(bytes);
      },
      toClient: (bytes) => {
        this.#parts.socket.write(bytes);
        this.#whenAnswered();
      },
      caller: () => this.#caller,
      // What was held meanwhile goes on when the session knows of it.
      stopStatement: (thread) => this.#stop(thread).finally(() => setImmediate(() => this.#whenAnswered())),
      asker: () => {
        const { connection } = this.#upstream;
        const config = copyOf(connection.config);
        return (queries, account) => readCatalogue(connection, config, queries, account);
      },
      fail: (error) => {
        this.#fail(error);
      },
    });
  }

  /** Begins to read both sides. */
  start(): void {
    const { socket } = this.#parts;
    const { stream } = this.#upstream;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#session.fromClient(bytes);
      this.#balance();
    });
    stream.on('data', this.#onAnswer);
    socket.on('drain', this.#balance);
    stream.on('drain', this.#balance);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#leave('the client disconnected');
    });
    stream.once('close', this.#onServerGone);
    // Their earlier listeners have to be gone before they flow.
    setImmediate(() => this.#balance());
  }

  /** Ends the session as soon as nothing is on its way and no transaction is open. */
  drain(): void {
    this.#draining = true;
    this.#endIfDrained();
  }

  /** Ends the session now: what runs is stopped on the server. */
  destroy(reason: string): void {
    this.#leave(reason);
  }

  readonly #onAnswer = (chunk: Buffer): void => {
    const bytes = this.#session.fromServer(chunk);
    if (bytes !== undefined) this.#parts.socket.write(bytes);
    this.#whenAnswered();
  };

  readonly #onServerGone = (): void => {
    this.#end(this.#quits ? 'the client quit' : 'the database closed the connection');
  };

  /** A connection that another session may have is not told that this one leaves. */
  #onQuit(): void {
    this.#quits = true;
    if (this.#upstream.giveBack === undefined) this.#upstream.stream.write(QUIT);
    else setImmediate(() => this.#end('the client quit'));
  }

  #whenAnswered(): void {
    this.#session.release();
    this.#balance();
    if (this.#draining) this.#endIfDrained();
  }

  /** Reads from each side only while the other one takes what comes of it: refusals of what a client floods are written to the client. */
  readonly #balance = (): void => {
    if (this.#ended) return;
    const { socket } = this.#parts;
    const { stream } = this.#upstream;
    const isTaking = !socket.writableNeedDrain;
    if (isTaking) stream.resume();
    else stream.pause();
    if (isTaking && !stream.writableNeedDrain && !this.#session.isBehind) socket.resume();
    else socket.pause();
  };

  #endIfDrained(): void {
    if (this.#session.isIdle && !this.#session.inTransaction) this.#end('the proxy is shutting down');
  }

  #stop(thread: ServerThread): Promise<void> {
    this.#isDoubtful = true;
    return stopStatement(this.#upstream.connection, thread);
  }

  /** What runs for a client that is gone is stopped on the server. */
  #leave(reason: string): void {
    const { running } = this.#session;
    this.#session.abandon(reason);
    // Before the server has told where the connection is, nothing of the client's runs on it.
    if (running === undefined || running.server === '' || this.#ended) {
      this.#end(reason);
      return;
    }
    this.#stop(running)
      .catch(this.#parts.onProblem)
      .finally(() => {
        this.#end(reason);
      });
  }

  /** The wire cannot go on: the client is told why. */
  #fail(error: Error): void {
    this.#parts.onProblem(error);
    this.#isDoubtful = true;
    const code = isCountersignError(error) ? error.code : 'INTERNAL';
    // Other texts may repeat what the database or the driver said.
    const message = TELLABLE.has(code)
      ? error.message
      : 'Countersign could not go on with this connection: its log says why';
    this.#parts.socket.end(buildErrPacket(1, { ...mysqlErrorOf(code), message }));
    this.#end(error.message);
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const isResettable = this.#session.isResettable && !this.#isDoubtful;
    this.#session.close(reason);
    this.#leaveServer(isResettable);
    const { socket, onEnd } = this.#parts;
    const leave = setTimeout(() => socket.destroy(), LEAVE_AFTER_MS).unref();
    socket.once('close', () => clearTimeout(leave));
    socket.destroySoon();
    onEnd();
  }

  #leaveServer(isResettable: boolean): void {
    const { stream, giveBack } = this.#upstream;
    if (giveBack === undefined || !isResettable || !stream.writable) {
      quitServer(stream);
      return;
    }
    stream.removeListener('data', this.#onAnswer);
    stream.removeListener('drain', this.#balance);
    stream.removeListener('close', this.#onServerGone);
    stream.pause();
    giveBack();
  }
}

/** What is known of the connection. */
function originOf({ login, upstream, client }: ClientSessionParts): SessionOrigin {
  const { capabilities, mariadbCapabilities, attributes } = login.response;
  const [name, version] = [attributes.get('_client_name'), attributes.get('_client_version')];
  return {
    mode: 'proxy',
    server: upstream.server,
    driver: name === undefined ? 'unknown' : `${name}${version === undefined ? '' : `/${version}`}`.slice(0, 256),
    client,
    deprecateEof: (capabilities & Capability.DEPRECATE_EOF) !== 0,
    queryAttributes: (capabilities & Capability.QUERY_ATTRIBUTES) !== 0,
    extendedMetadata: (mariadbCapabilities & MariadbCapability.EXTENDED_METADATA) !== 0,
  };
}

/** What a client says of itself in the attributes of its connection. */
function assertionsOfClient({ response: { attributes } }: FrontLogin): Caller['assertions'] {
  const program = attributes.get('program_name');
  const named =
    program === undefined || attributes.has('client') ? attributes : new Map(attributes).set('client', program);
  return assertionsFromAttributes(undefined, named);
}
