import { withDeadline } from '../deadline.js';
import { Capability, Command, MariadbCapability } from '../wire/constants.js';
import { readFirstRow } from '../wire/first-row.js';
import { buildQuery } from '../wire/query-packet.js';
import type { ResponseFormat, ResponseKind } from '../wire/response-format.js';
import { askUpstream, isErr } from './ask-upstream.js';
import { quitServer } from './quit-server.js';
import type { Upstream, UpstreamWishes } from './upstream.js';

/** A server that has not put a connection back by then does not get it again. */
const RESET_TIMEOUT_MS = 5_000;
/** A client waits for it. */
const PING_TIMEOUT_MS = 1_000;

/**
 * What a connection is seen by: the same after its reset as before its first session, or it is not used again. CURRENT_ROLE() is not reset by all
 * servers, nor is the default schema by any; a global variable may have changed meanwhile. What `init_connect` does, a reset does not do again.
 */
const STATE = [
  ...['@@init_connect', '@@wait_timeout', 'CONNECTION_ID()', 'CURRENT_USER()', 'CURRENT_ROLE()', 'DATABASE()'],
  ...['@@sql_mode', '@@autocommit', '@@character_set_client', '@@character_set_results', '@@collation_connection'],
];
const STATE_QUERY = `/* countersign: connection state */ SELECT ${STATE.join(', ')}`;
/** What follows from the login, and not from global variables: its character set, and what capabilities stand for. */
const AFTER_LOGIN = '/* countersign: connection state */ SET NAMES utf8mb4 COLLATE utf8mb4_general_ci';
const IGNORE_SPACE = ", SESSION sql_mode = CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'IGNORE_SPACE')";
const INTERACTIVE = ', SESSION wait_timeout = @@interactive_timeout';

type State = readonly (string | undefined)[];

/** A connection to the database that several sessions may use, one after the other. */
export class ReusableConnection {
  readonly upstream: Upstream;
  /** What a session has to want to get it. */
  readonly key: string;
  readonly openedAtMs: number = Date.now();
  readonly #wishes: UpstreamWishes;
  /** Before its first session. */
  readonly #fresh: State;

  private constructor(upstream: Upstream, key: string, wishes: UpstreamWishes, fresh: State) {
    this.upstream = upstream;
    this.key = key;
    this.#wishes = wishes;
    this.#fresh = fresh;
  }

  /**
   * Looks at a connection that nobody has used yet.
   * @param wishes as it was opened
   * @returns undefined where it cannot be used again, and serves one session
   * @throws DOMException `TimeoutError`, or FailureError, where the server does not answer: the connection is of no use
   */
  static async create(
    upstream: Upstream,
    key: string,
    wishes: UpstreamWishes,
  ): Promise<ReusableConnection | undefined> {
    const fresh = await withDeadline(RESET_TIMEOUT_MS, undefined, () => readState(upstream, wishes));
    const [initConnect] = fresh ?? [];
    if (fresh === undefined || initConnect !== '') return undefined;
    return new ReusableConnection(upstream, key, wishes, fresh);
  }

  /** Milliseconds after which the server ends it where nothing is said. */
  get waitTimeoutMs(): number {
    return Number(this.#fresh[1]) * 1_000;
  }

  /**
   * Has the server forget what the session before has left. It has to have ended between two commands.
   * @returns whether it has; never rejects
   */
  async reset(): Promise<boolean> {
    const { schema } = this.#wishes;
    try {
      return await withDeadline(RESET_TIMEOUT_MS, undefined, async () => {
        if (isErr(await this.#ask(Buffer.from([Command.RESET_CONNECTION]), 'simple'))) return false;
        if (isErr(await this.#ask(queryOf(afterLogin(this.#wishes), this.#wishes), 'text'))) return false;
        if (schema !== undefined && isErr(await this.#ask(initDb(schema), 'simple'))) return false;
        const now = await readState(this.upstream, this.#wishes);
        return now !== undefined && this.#fresh.every((value, index) => now[index] === value);
      });
    } catch {
      return false;
    }
  }

  /** Whether the server is still there: never rejects. */
  async answers(): Promise<boolean> {
    try {
      const ping = (): Promise<Buffer> => this.#ask(Buffer.from([Command.PING]), 'simple');
      return !isErr(await withDeadline(PING_TIMEOUT_MS, undefined, ping));
    } catch {
      return false;
    }
  }

  /** Ends it. */
  quit(): void {
    quitServer(this.upstream.stream);
  }

  #ask(payload: Buffer, kind: ResponseKind): Promise<Buffer> {
    return askUpstream(this.upstream.stream, formatOf(this.#wishes), payload, kind);
  }
}

function afterLogin({ capabilities }: UpstreamWishes): string {
  const ignoreSpace = (capabilities & Capability.IGNORE_SPACE) === 0 ? '' : IGNORE_SPACE;
  const interactive = (capabilities & Capability.INTERACTIVE) === 0 ? '' : INTERACTIVE;
  return `${AFTER_LOGIN}${ignoreSpace}${interactive}`;
}

function initDb(schema: string): Buffer {
  return Buffer.concat([Buffer.from([Command.INIT_DB]), Buffer.from(schema)]);
}

async function readState({ stream }: Upstream, wishes: UpstreamWishes): Promise<State | undefined> {
  const format = formatOf(wishes);
  const answer = await askUpstream(stream, format, queryOf(STATE_QUERY, wishes), 'text');
  return isErr(answer) ? undefined : readFirstRow(answer, STATE.length, format.deprecateEof);
}

function formatOf({ capabilities, mariadbCapabilities }: UpstreamWishes): ResponseFormat {
  return {
    deprecateEof: (capabilities & Capability.DEPRECATE_EOF) !== 0,
    extendedMetadata: (mariadbCapabilities & MariadbCapability.EXTENDED_METADATA) !== 0,
  };
}

function queryOf(text: string, { capabilities }: UpstreamWishes): Buffer {
  return buildQuery(text, (capabilities & Capability.QUERY_ATTRIBUTES) !== 0);
}
