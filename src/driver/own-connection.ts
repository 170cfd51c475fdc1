import type { Socket } from 'node:net';

import type { DatabaseAccount } from '../catalogue/index.js';
import { FailureError } from '../errors.js';
import { runAsNobody } from '../session/index.js';
import type { Mysql2Connection } from './mysql2-internals.js';

type OwnConnection = Mysql2Connection & {
  query(sql: object, done: (error: Error | null, rows?: unknown) => void): unknown;
  end(): unknown;
};
type ConnectionClass = new (options: { config: object }) => OwnConnection;

/** Rows as arrays of what mysql2 makes of each value. */
export type OwnRows = readonly (readonly unknown[])[];

/** How a connection of the governor's own is made. */
export interface OwnConnectionOptions {
  /** What it is for: for the server's own logs, and for the error where it takes too long. */
  readonly purpose: string;
  /** Milliseconds for all of it, connecting included. */
  readonly timeoutMs: number;
  /** How it connects. Default as the connection is configured now. */
  readonly config?: Mysql2Connection['config'];
  /** In the place of the connection's own account. */
  readonly account?: DatabaseAccount | undefined;
}

/** A shape that no option of the connection changes. */
const PLAIN = { rowsAsArray: true, nestTables: false, typeCast: true };

/**
 * Runs queries to the server of a connection over another one, which is the governor's own, governed by nobody, and closed at the end.
 * @param use given what runs one query at a time
 * @throws FailureError `CONNECTION_UNSUPPORTED` where it takes too long; else the driver's error, or what `use` throws
 */
export function overOwnConnection<T>(
  connection: Mysql2Connection,
  { purpose, timeoutMs, config = connection.config, account }: OwnConnectionOptions,
  use: (ask: (sql: string) => Promise<OwnRows>) => Promise<T>,
): Promise<T> {
  return runAsNobody(
    () =>
      new Promise<T>((resolve, reject) => {
        const own = makeOwn(connection, configFor(config, account));
        // The governed connection is alive while somebody waits; a look at the schemas beside keeps no process from its end.
        (own.stream as Partial<Socket>).unref?.();
        const timer = setTimeout(() => {
          fail(new FailureError('CONNECTION_UNSUPPORTED', `${purpose} took more than ${timeoutMs} ms`));
        }, timeoutMs);
        const fail = (error: unknown): void => {
          clearTimeout(timer);
          own.destroy();
          reject(error as Error);
        };
        timer.unref();
        own.on('error', fail);
        const ask = (sql: string): Promise<OwnRows> =>
          new Promise((done, broken) => {
            own.query({ ...PLAIN, sql: `/* countersign: ${purpose} */ ${sql}` }, (error, rows) => {
              if (error === null) done(Array.isArray(rows) ? (rows as OwnRows) : []);
              else broken(error);
            });
          });
        use(ask).then((result) => {
          clearTimeout(timer);
          own.end();
          resolve(result);
        }, fail);
      }),
  );
}

let isMaking = false;

/** Whether the connection that is being made right now is one of ours, which nobody governs. */
export function isMakingOwnConnection(): boolean {
  return isMaking;
}

function makeOwn(connection: Mysql2Connection, config: object): OwnConnection {
  isMaking = true;
  try {
    return new (connectionClass(connection))({ config });
  } finally {
    isMaking = false;
  }
}

/** A configuration with the values of now. */
export function copyOf(config: Mysql2Connection['config']): Mysql2Connection['config'] {
  const prototype: unknown = Object.getPrototypeOf(config);
  // knex hides the password from those who list the properties.
  return Object.create(prototype as object, Object.getOwnPropertyDescriptors(config)) as typeof config;
}

/** What mysql2 takes in the place of a password, or beside it. */
const NO_OTHER_SECRETS = { passwordSha1: undefined, password1: undefined, password2: undefined, password3: undefined };

function configFor(config: Mysql2Connection['config'], account: DatabaseAccount | undefined): object {
  if (typeof config.stream === 'object') {
    throw new FailureError(
      'CONNECTION_UNSUPPORTED',
      'a stream that is given serves one connection: give a function that makes them',
    );
  }
  if (account === undefined) return config;
  // Another account need not have a right to the default schema.
  return Object.assign(copyOf(config), NO_OTHER_SECRETS, account, { database: undefined });
}

/** The class of plain connections, which that of a pool's connections extends. */
function connectionClass(connection: Mysql2Connection): ConnectionClass {
  const own = connection.constructor;
  return (own.name === 'PoolConnection' ? Object.getPrototypeOf(own) : own) as ConnectionClass;
}
