import { isDeepStrictEqual } from 'node:util';
import { withDeadline } from '../deadline.js';
import type { Identity } from '../identity/index.js';
import { messageOf } from '../message-of.js';
import { Capability } from '../wire/constants.js';
import type { Greeting } from '../wire/login/greeting.js';
import { openUpstream, type Upstream, type UpstreamWishes } from './upstream.js';
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

/** One of the databases behind the proxy: its hosts, and who statements run as. */
export class Database {
  readonly name: string;
  readonly #options: UpstreamOptions;
  readonly #hosts: readonly UpstreamHost[];
  /** The host that worked last is tried first. */
  #preferred = 0;
  #greeting: Greeting | undefined;
  #learning: Promise<Greeting> | undefined;

  /** @param before what stood under the name until now: where its hosts stay, they need not be asked for their greeting */
  constructor(name: string, options: UpstreamOptions, before?: Database) {
    this.name = name;
    this.#options = options;
    this.#hosts = options.hosts.map((host) => readHost(host, options.tls));
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
   * Logs in for an agent, at the first host that is there.
   * @throws UpstreamError what may be told to the client, with the reason as its cause
   */
  async connect(identity: Identity | undefined, wishes: UpstreamWishes): Promise<Upstream> {
    const { login, schema, connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.#options;
    const account = typeof login === 'function' ? await this.#account(login, identity) : login;
    const problems: unknown[] = [];
    for (let turn = 0; turn < this.#hosts.length; turn += 1) {
      const index = (this.#preferred + turn) % this.#hosts.length;
      const host = this.#hosts[index];
      if (host === undefined) break;
      try {
        const wanted = { ...wishes, schema: wishes.schema ?? schema };
        const upstream = await openUpstream(host, account, wanted, connectTimeoutMs);
        this.#preferred = index;
        this.#greeting = upstream.greeting;
        return upstream;
      } catch (error) {
        const refused = UpstreamError.ofServer(error);
        if (refused !== undefined) throw refused;
        problems.push(error);
      }
    }
    throw new UpstreamError(`the database ${this.name} cannot be reached`, { cause: problems[0] });
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
    const { stream, greeting } = await this.connect(undefined, PLAIN);
    stream.on('error', () => undefined);
    stream.end(Buffer.from([1, 0, 0, 0, 1]));
    stream.resume();
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
