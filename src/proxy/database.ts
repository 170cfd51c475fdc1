import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { withDeadline } from '../deadline.js';
import type { Identity } from '../identity/index.js';
import { messageOf } from '../message-of.js';
import { Capability } from '../wire/constants.js';
import type { Greeting } from '../wire/login/greeting.js';
import { IdleConnections } from './idle-connections.js';
import { quitServer } from './quit-server.js';
import { ReusableConnection } from './reusable-connection.js';
import { flagsFor, openUpstream, type Upstream, type UpstreamWishes } from './upstream.js';
import {
  type DatabaseLogin,
  type DatabaseLoginSource,
  readHost,
  type UpstreamHost,
  type UpstreamOptions,
} from './upstream-options.js';
import { UpstreamError } from './upstream-error.js';

const CONNECT_TIMEOUT_MS = 10_000;
const LEARN_AGAIN_MS = 1_000;
/** What a database is asked for when only its greeting is wanted. */
const PLAIN: UpstreamWishes = {
  capabilities: Capability.PROTOCOL_41 | Capability.SECURE_CONNECTION | Capability.TRANSACTIONS,
  mariadbCapabilities: 0,
  collation: 0,
  schema: undefined,
};

/** Capabilities that change what packets look like. */
const SHAPING =
  Capability.DEPRECATE_EOF | Capability.SESSION_TRACK | Capability.QUERY_ATTRIBUTES | Capability.PS_MULTI_RESULTS;

/** Where a session is to be, as whom, and how it speaks. */
interface Place {
  readonly host: UpstreamHost;
  readonly account: DatabaseLogin;
  readonly wishes: UpstreamWishes;
}

/** One of the databases behind the proxy: its hosts, and who statements run as. */
export class Database {
  readonly name: string;
  readonly #options: UpstreamOptions;
  readonly #hosts: readonly UpstreamHost[];
  /** The host that worked last is tried first. */
  #preferred = 0;
  #greeting: Greeting | undefined;
  /** Undefined where each session has a connection of its own. */
  readonly #idle: IdleConnections | undefined;
  #learning: Promise<Greeting> | undefined;

  /** @param before what stood under the name until now: where its hosts stay, they need not be asked for their greeting */
  constructor(name: string, options: UpstreamOptions, before?: Database) {
    this.name = name;
    this.#options = options;
    this.#hosts = options.hosts.map((host) => readHost(host, options.tls));
    this.#idle = options.reuse && new IdleConnections(options.reuse);
    if (before !== undefined && isDeepStrictEqual(before.#options.hosts, options.hosts)) {
      this.#greeting = before.#greeting;
      this.#preferred = before.#preferred;
    }
  }

  /** The greeting of the host that worked last; undefined before one has. */
  get greeting(): Greeting | undefined {
    return this.#greeting;
  }

  /**
   * Logs in for an agent, at the first host that is there, or takes a connection that another session of the account has left.
   * @throws UpstreamError what may be told to the client, with the reason as its cause
   */
  connect(identity: Identity | undefined, wishes: UpstreamWishes): Promise<Upstream> {
    const idle = this.#idle;
    return this.#tryHosts(identity, wishes, (place) =>
      idle === undefined ? this.#open(place) : this.#reuse(place, idle),
    );
  }

  /** Connections that wait for a session. */
  get idleConnections(): number {
    return this.#idle?.size ?? 0;
  }

  /** Sessions that are open go on; no connection of theirs is used again. */
  retire(): void {
    this.#idle?.close();
  }

  async #tryHosts(
    identity: Identity | undefined,
    wishes: UpstreamWishes,
    open: (place: Place) => Promise<Upstream>,
  ): Promise<Upstream> {
    const { login, schema } = this.#options;
    const account = typeof login === 'function' ? await this.#account(login, identity) : login;
    const wanted = { ...wishes, schema: wishes.schema ?? schema };
    const problems: unknown[] = [];
    for (let turn = 0; turn < this.#hosts.length; turn += 1) {
      const index = (this.#preferred + turn) % this.#hosts.length;
      const host = this.#hosts[index];
      if (host === undefined) break;
      try {
        const upstream = await open({ host, account, wishes: wanted });
        this.#preferred = index;
        return upstream;
      } catch (error) {
        const refused = error instanceof UpstreamError ? error : UpstreamError.ofServer(error);
        if (refused !== undefined) throw refused;
        problems.push(error);
      }
    }
    throw new UpstreamError(`the database ${this.name} cannot be reached`, { cause: problems[0] });
  }

  async #open({ host, account, wishes }: Place): Promise<Upstream> {
    const upstream = await openUpstream(host, account, wishes, this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
    this.#greeting = upstream.greeting;
    if (!hasCapabilities(upstream.greeting, wishes)) {
      upstream.stream.destroy();
      throw new UpstreamError(`the database ${this.name} has changed: connect again`);
    }
    return upstream;
  }

  async #reuse(place: Place, idle: IdleConnections): Promise<Upstream> {
    const key = keyOf(place);
    const waiting = await idle.take(key);
    if (waiting !== undefined) return lend(waiting, idle);
    const upstream = await this.#open(place);
    try {
      const opened = await ReusableConnection.create(upstream, key, place.wishes);
      return opened === undefined ? upstream : lend(opened, idle);
    } catch (error) {
      upstream.stream.destroy();
      throw error;
    }
  }

  /**
   * Asks the database for its greeting, as nobody in particular: once at a time, and no sooner than a second after it could not be reached, however
   * many clients want to know.
   * @throws UpstreamError
   */
  learn(): Promise<Greeting> {
    this.#learning ??= this.#ask().then(
      (greeting) => {
        this.#learning = undefined;
        return greeting;
      },
      (error: unknown) => {
        setTimeout(() => (this.#learning = undefined), LEARN_AGAIN_MS).unref();
        throw error;
      },
    );
    return this.#learning;
  }

  async #ask(): Promise<Greeting> {
    const { stream, greeting } = await this.#tryHosts(undefined, PLAIN, (place) => this.#open(place));
    quitServer(stream);
    return greeting;
  }

  async #account(login: DatabaseLoginSource, identity: Identity | undefined): Promise<DatabaseLogin> {
    try {
      const timeoutMs = this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
      return await withDeadline(timeoutMs, undefined, async () => login(identity));
    } catch (cause) {
      throw new UpstreamError(`there is no account for the database ${this.name}`, { cause: messageOf(cause) });
    }
  }
}

/** Answers would come in another shape than the client was promised, by the greeting of another host or database. */
function hasCapabilities(greeting: Greeting, { capabilities, mariadbCapabilities }: UpstreamWishes): boolean {
  return (
    (capabilities & SHAPING & ~greeting.capabilities) === 0 &&
    (mariadbCapabilities & ~greeting.mariadbCapabilities) === 0
  );
}

/** Of sessions with one key, each may have the other's connection. */
function keyOf({ host, account, wishes }: Place): string {
  const secret = createHash('sha256').update(account.password).digest('base64');
  const speaks = [flagsFor(wishes), wishes.mariadbCapabilities];
  return JSON.stringify([host.name, account.user, secret, wishes.schema, ...speaks]);
}

function lend(connection: ReusableConnection, idle: IdleConnections): Upstream {
  return { ...connection.upstream, giveBack: () => idle.give(connection) };
}
