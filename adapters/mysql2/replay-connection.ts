import { createConnection, type Connection, type ConnectionOptions, type QueryError } from 'mysql2';

import { FailureError } from '../../src/errors.js';
import { messageOf } from '../../src/message-of.js';
import { RowDigest } from '../../src/wire/row-digest.js';

/** What a parameter of a prepared statement is bound to. */
export type BoundValue = string | number | null | Buffer;

/** How a statement ended. */
export interface ServerAnswer {
  readonly status: 'ok' | 'error';
  readonly error?: { readonly code: number; readonly message: string };
  /** Rows returned, of all results; absent where there was no result set. */
  readonly rows?: number;
  /** Rows affected; absent where the last answer was a result set. */
  readonly affected?: number;
  /** Of the rows of all results, as `RowDigest` makes it; absent where there was no result set. */
  readonly digest?: string;
}

/** What the server says of the connection. */
export interface ConnectionState {
  readonly sqlMode: string;
  readonly schema: string | undefined;
}

/** Where a server is: as the connection was given it, and as the server calls itself. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  /** `@@hostname`, `@@port` and `@@socket`. */
  readonly ownHost: string;
  readonly ownPort: number;
  readonly socket: string;
}

/** A connection to a test database, on which the statements of one session are run again. No result is kept: rows are counted as they come. */
export interface ReplayConnection {
  readonly place: ServerPlace;
  readonly version: string;
  /** The schema that the URL names. */
  readonly schema: string | undefined;
  /** COM_QUERY. */
  query(sql: string): Promise<ServerAnswer>;
  /** COM_STMT_PREPARE; the number of placeholders, where it could be prepared. */
  prepare(sql: string): Promise<ServerAnswer & { readonly placeholders?: number }>;
  /** COM_STMT_EXECUTE. */
  execute(sql: string, values: readonly BoundValue[]): Promise<ServerAnswer>;
  /** COM_RESET_CONNECTION. */
  reset(): Promise<ServerAnswer>;
  state(): Promise<ConnectionState>;
  close(): Promise<void>;
}

/** Statements that stay prepared: a server has room for 16,382 of all its connections. */
const MAX_PREPARED = 256;

/** What mysql2 emits, and what it takes beside its public options. */
interface Running {
  on(event: 'fields', listener: (fields: unknown) => void): this;
  on(event: 'result', listener: (result: { readonly affectedRows?: number }) => void): this;
  on(event: 'error', listener: (error: QueryError) => void): this;
  on(event: 'end', listener: () => void): this;
}
/** What reads the rows of a result set; a command has one for each. */
interface RowParser {
  next(packet: RowPacket, ...rest: unknown[]): unknown;
}
interface RowPacket {
  readonly buffer: Buffer;
  /** Where the payload begins, until it is read. */
  readonly offset: number;
  readonly end: number;
}
type PrepareCallback = (error: QueryError | null, statement?: { readonly parameters: readonly unknown[] }) => void;
interface Core {
  query(options: object): Running;
  execute(options: object): Running;
  prepare(options: object, done: PrepareCallback): unknown;
  reset(done: (error: QueryError | null) => void): unknown;
}

/** The same for each command: what is prepared is found again by it. */
const AS_ARRAYS = { rowsAsArray: true };
const WHERE_AM_I = 'SELECT @@version, @@hostname, @@port, @@socket, DATABASE()';

/**
 * Connects to a test database.
 * @param url `mysql://user:password@host:port/schema`, with mysql2's options behind `?`
 * @throws FailureError `CONNECTION_UNSUPPORTED` where it is not to be had
 */
export async function openReplayConnection(url: string): Promise<ReplayConnection> {
  try {
    const options: ConnectionOptions = { uri: url, maxPreparedStatements: MAX_PREPARED };
    const connection = createConnection(options);
    const broken = new Promise<never>((_resolve, reject) => connection.once('error', reject));
    // A connection that breaks between two statements is found out with the next one.
    broken.catch(() => undefined);
    const [[version, ownHost, ownPort, socket, schema] = []] = await Promise.race([
      ask(connection, WHERE_AM_I),
      broken,
    ]);
    const { host, port } = connection.config as { host?: string; port?: number | string };
    const place = {
      host: host ?? 'localhost',
      port: Number(port ?? 3306),
      ownHost: String(ownHost),
      ownPort: Number(ownPort),
      socket: String(socket),
    };
    return replayOver(connection, place, String(version), schema === null ? undefined : String(schema));
  } catch (error) {
    throw new FailureError('CONNECTION_UNSUPPORTED', `the server of --to cannot be used: ${messageOf(error)}`);
  }
}

function replayOver(
  connection: Connection,
  place: ServerPlace,
  version: string,
  schema: string | undefined,
): ReplayConnection {
  const core = connection as unknown as Core;
  return {
    place,
    version,
    schema,
    query: (sql) => answerOf(() => core.query({ ...AS_ARRAYS, sql })),
    execute: (sql, values) => answerOf(() => core.execute({ ...AS_ARRAYS, sql, values })),
    prepare: (sql) =>
      new Promise((resolve, reject) => {
        core.prepare({ ...AS_ARRAYS, sql }, (error, statement) => {
          if (error === null) resolve({ status: 'ok', placeholders: statement?.parameters.length ?? 0 });
          else answerWith(error, resolve, reject);
        });
      }),
    reset: () =>
      new Promise((resolve, reject) => {
        core.reset((error) => {
          if (error === null) resolve({ status: 'ok' });
          else answerWith(error, resolve, reject);
        });
      }),
    async state() {
      const [[sqlMode, now] = []] = await ask(connection, 'SELECT @@sql_mode, DATABASE()');
      return { sqlMode: String(sqlMode), schema: now === null ? undefined : String(now) };
    },
    close: () => new Promise((resolve) => connection.end(() => resolve())),
  };
}

function ask(connection: Connection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, rowsAsArray: true }, (error, rows) => {
      if (error === null) resolve(rows as unknown as readonly (readonly unknown[])[]);
      else reject(error);
    });
  });
}

/** Has each row of a command go into a digest before it is read. */
function digestRows(command: Running, digest: RowDigest): void {
  let parser: RowParser | undefined;
  Object.defineProperty(command, '_rowParser', {
    get: () => parser,
    set(given: RowParser) {
      parser = {
        next(packet, ...rest): unknown {
          digest.add(packet.buffer.subarray(packet.offset, packet.end));
          digest.endRow();
          return given.next(packet, ...rest);
        },
      };
    },
  });
}

/** Counts what comes back. Rejects where the connection is lost. */
function answerOf(start: () => Running): Promise<ServerAnswer> {
  return new Promise((resolve, reject) => {
    let rows: number | undefined;
    let affected: number | undefined;
    let isRowSet = false;
    const digest = new RowDigest();
    const command = start();
    digestRows(command, digest);
    command
      .on('fields', (fields) => {
        isRowSet = fields !== undefined;
        if (isRowSet) [rows, affected] = [rows ?? 0, undefined];
      })
      .on('result', (result) => {
        if (isRowSet) rows = (rows ?? 0) + 1;
        else affected = result.affectedRows;
      })
      .on('error', (error) => answerWith(error, resolve, reject))
      .on('end', () => {
        resolve({
          status: 'ok',
          ...(rows !== undefined && { rows, digest: digest.end() }),
          ...(affected !== undefined && { affected }),
        });
      });
  });
}

function answerWith(
  error: QueryError,
  resolve: (answer: ServerAnswer) => void,
  reject: (error: FailureError) => void,
): void {
  const { errno, message, fatal } = error;
  if (errno !== undefined && !fatal) resolve({ status: 'error', error: { code: errno, message } });
  else reject(new FailureError('CONNECTION_UNSUPPORTED', `the connection to the test database is lost: ${message}`));
}
