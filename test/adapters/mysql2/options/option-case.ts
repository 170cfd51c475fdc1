/** Cases of mysql2's options, and how they are run: the same way over a stock driver and over a governed one. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  createPool,
  type Pool,
  type PoolOptions,
  type QueryOptions,
} from 'mysql2-newest';
import { callback } from '../../../conformance/callback.js';

/** Where a front connects to. */
export interface Place {
  readonly connection: ConnectionOptions & {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
  readonly socketPath: string | undefined;
}

/** One option, set in one way. */
export interface OptionCase {
  /** How it is set. */
  readonly as: string;
  /** The options: of pools in the table of connections, of statements in that of queries. Of `given`, `undefined` takes one of the test's own away. */
  readonly given?: object | ((place: Place) => object);
  /** What is sent. Default: the whole of the table `kinds`. */
  readonly sends?: Partial<QueryOptions>;
  /** Sent by queries alone: mysql2 cannot prepare it. */
  readonly queryOnly?: true;
  /** What is done, and seen, where sending one statement does not tell. */
  readonly run?: (front: Front, given: PoolOptions) => Promise<unknown>;
  /** What stock shows, at the least: the option is one that works. */
  readonly shows?: unknown;
  /** Where governed is not as stock: what it shows, and why. */
  readonly governed?: { readonly shows: unknown; readonly why: string };
}

/** A driver, stock or governed, whose pools and connections end with the case. */
export class Front {
  readonly place: Place;
  readonly #govern: (target: Pool | Connection) => void;
  readonly #open: (Pool | Connection)[] = [];

  constructor(place: Place, govern: (target: Pool | Connection) => void) {
    this.place = place;
    this.#govern = govern;
  }

  pool(options: PoolOptions): Pool {
    return this.#keep(createPool({ ...this.place.connection, connectionLimit: 1, ...options }));
  }

  connection(options: ConnectionOptions): Connection {
    return this.#keep(createConnection({ ...this.place.connection, ...options }));
  }

  async close(): Promise<void> {
    for (const each of this.#open.splice(0)) {
      if ('getConnection' in each) await each.promise().end();
      else each.destroy();
    }
  }

  #keep<T extends Pool | Connection>(made: T): T {
    this.#govern(made);
    this.#open.push(made);
    return made;
  }
}

const ALL_KINDS: QueryOptions = { sql: 'SELECT * FROM kinds ORDER BY id' };

/** Rows and names, or the error. */
type Outcome = { readonly rows: unknown; readonly names?: readonly string[] } | { readonly error: unknown };

/** What became of it; of an error what programs look at. */
export async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    const { code, errno, sqlState, message } = error as NodeJS.ErrnoException & { sqlState?: string };
    return { error: { code, errno, sqlState, message } };
  }
}

const named = ([rows, fields]: readonly [unknown, unknown]): Outcome => ({
  rows,
  ...(Array.isArray(fields) && { names: fields.map((field: { name?: string } | undefined) => field?.name ?? '') }),
});

/** Sends a statement by query, with a callback and with a promise. */
export async function sendByQuery(pool: Pool, options: Partial<QueryOptions>): Promise<Record<string, unknown>> {
  const sent = (): QueryOptions => ({ ...ALL_KINDS, ...options });
  return {
    'query, callback': await outcomeOf(() => callback((done) => pool.query(sent(), done))),
    'query, promise': await outcomeOf(async () => named(await pool.promise().query(sent()))),
  };
}

/** Sends a statement by query and execute, with a callback and with a promise. */
export async function sendEachWay(pool: Pool, options: Partial<QueryOptions>): Promise<Record<string, unknown>> {
  const sent = (): QueryOptions => ({ ...ALL_KINDS, ...options });
  return {
    ...(await sendByQuery(pool, options)),
    'execute, callback': await outcomeOf(() => callback((done) => pool.execute(sent() as never, done))),
    'execute, promise': await outcomeOf(async () => named(await pool.promise().execute(sent() as never))),
  };
}

/** What each way shows of one result. */
export function eachWay(rows: unknown): Record<string, unknown> {
  return { ...byQuery(rows), 'execute, callback': rows, 'execute, promise': { rows } };
}

/** What both ways of a query show of one result. */
export function byQuery(rows: unknown): Record<string, unknown> {
  return { 'query, callback': rows, 'query, promise': { rows } };
}

/** What each way shows of an error. */
export function fails(error: object): Record<string, unknown> {
  return { ...failsByQuery(error), 'execute, callback': { error }, 'execute, promise': { error } };
}

/** What both ways of a query show of an error. */
export function failsByQuery(error: object): Record<string, unknown> {
  return { 'query, callback': { error }, 'query, promise': { error } };
}

/** Waits until something is so, 5 seconds at most. */
export async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !isSo() && Date.now() < end;) await sleep(20);
}
