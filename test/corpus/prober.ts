/** Asks the server what a statement is, without executing it. */
import { randomBytes } from 'node:crypto';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { connectionOptions } from '../database/readiness.js';
import type { DatabaseAddress } from '../database/index.js';
import type { CorpusStatement } from './corpus-statement.js';
import { repair, type ServerError } from './repair.js';
import { SCRATCH, ScratchSchema, type ScratchTable } from './scratch-schema.js';

/** What the server says to a statement. */
export interface Probe {
  /** Why it does not prepare the statement; undefined where it does. */
  readonly error: ServerError | undefined;
  /** Tables without which it would not. */
  readonly needed: readonly ScratchTable[];
  /** The table for which an account that may only read is refused; undefined where it is not. */
  readonly refused: ScratchTable | undefined;
}

const MOST_TRIES = 40;
const READER = 'corpus_reader';

/** Prepares statements, as administrator and as an account that may only read. */
export class Prober {
  readonly #admin: Connection;
  readonly #reader: Connection;

  private constructor(admin: Connection, reader: Connection) {
    this.#admin = admin;
    this.#reader = reader;
  }

  static async open(database: DatabaseAddress): Promise<Prober> {
    const login = { ...connectionOptions(database), charset: 'utf8mb4_general_ci', ...socketOf(database) };
    const admin = await createConnection(login);
    const password = randomBytes(12).toString('hex');
    await admin.query(`CREATE DATABASE IF NOT EXISTS ${SCRATCH}`);
    await admin.query(`CREATE USER ${READER}@'%' IDENTIFIED BY '${password}'`);
    await admin.query(`CREATE USER ${READER}@localhost IDENTIFIED BY '${password}'`);
    for (const host of ['%', 'localhost'])
      await admin.query(`GRANT SELECT, SHOW VIEW, EXECUTE ON *.* TO ${READER}@'${host}'`);
    await admin.query(`USE ${SCRATCH}`);
    const reader = await createConnection({ ...login, user: READER, password, database: SCRATCH });
    return new Prober(admin, reader);
  }

  /** `@@sql_mode` under which statements are prepared. */
  async sqlMode(): Promise<string> {
    const [rows] = await this.#admin.query('SELECT @@sql_mode AS mode');
    return (rows as { readonly mode: string }[])[0]?.mode ?? '';
  }

  /** Prepares a statement, makes what is missing, and takes it away again. */
  async probe({ sql, definitions, defined }: CorpusStatement): Promise<Probe> {
    const scratch = new ScratchSchema(this.#admin, definitions.slice(0, defined));
    let error = await prepare(this.#admin, sql);
    for (let tries = 1; tries < MOST_TRIES && error !== undefined && (await repair(scratch, error, sql)); tries += 1) {
      error = await prepare(this.#admin, sql);
    }
    const refused = error === undefined ? refusedTable(await prepare(this.#reader, sql)) : undefined;
    await scratch.drop();
    return { error, needed: scratch.tables, refused };
  }

  async close(): Promise<void> {
    await this.#admin.query(`DROP USER ${READER}@'%', ${READER}@localhost`);
    await Promise.all([this.#admin.end(), this.#reader.end()]);
  }
}

/** By the server's own socket where there is one: statements are small and many. */
function socketOf({ socketPath }: DatabaseAddress): ConnectionOptions {
  return socketPath === undefined ? {} : { socketPath };
}

async function prepare(connection: Connection, sql: string): Promise<ServerError | undefined> {
  try {
    await connection.prepare(sql);
    // Closes it, and takes it out of mysql2's cache: the server has to be asked again.
    connection.unprepare(sql);
    return undefined;
  } catch (error) {
    const { errno, message } = error as ServerError;
    if (typeof errno !== 'number') throw error;
    return { errno, message };
  }
}

/** ER_TABLEACCESS_DENIED_ERROR and ER_COLUMNACCESS_DENIED_ERROR name the table. */
function refusedTable(error: ServerError | undefined): ScratchTable | undefined {
  if (error?.errno !== 1142 && error?.errno !== 1143) return undefined;
  const [, schema = SCRATCH, table = ''] = /table [`'](?:(.*)`\.`)?(.*)[`']$/s.exec(error.message) ?? [];
  return { schema: schema.replaceAll('``', '`'), table: table.replaceAll('``', '`') };
}
