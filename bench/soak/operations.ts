/**
 * What agents do to a database for hours: texts and prepared statements, transactions, streams that are read and streams that are left, errors, refusals,
 * connections that come and go.
 *
 * @module
 */
import type { Connection as CoreConnection } from 'mysql2';
import type { Connection, Pool, PoolConnection } from 'mysql2/promise';

/** The tables, with a masked column. */
export const SOAK_SCHEMA: readonly string[] = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128), balance INT NOT NULL)',
  `INSERT INTO customers VALUES ${Array.from({ length: 1_000 }, (_, id) => `(${id}, 'name of ${id}', 'someone${id}@example.test', 0)`).join()}`,
  'CREATE TABLE notes (id INT PRIMARY KEY, line VARCHAR(255))',
];
/** Of the schema. */
export const MASKED_COLUMN = 'customers.email';

/** A database as a program has it. */
export interface SoakDatabase {
  /** The pool that is open now. */
  readonly pool: Pool;
  /** A connection beside the pool. */
  connect(): Promise<Connection>;
}

/** Does one thing. @param turn makes it another one each time */
export type Operation = (database: SoakDatabase, turn: number) => Promise<unknown>;

/** Name of something that is done. */
export type OperationName = keyof typeof operations;

/** Texts that differ in more than their values: the first half of a short run knows them all. */
const DIFFERENT_TEXTS = 200;
const ER_BAD_FIELD = 1054;
const ER_REFUSED = 1227;

/** All that is done. */
export const operations = {
  query: ({ pool }, turn) => pool.query('SELECT id, name, email FROM customers WHERE id = ?', [turn % 1_000]),
  execute: ({ pool }, turn) => pool.execute('SELECT name, email, balance FROM customers WHERE id = ?', [turn % 1_000]),
  rows: ({ pool }, turn) => pool.query('SELECT * FROM customers WHERE id >= ? LIMIT 100', [turn % 900]),
  text: ({ pool }, turn) =>
    pool.query(`SELECT COUNT(*) AS n FROM (SELECT id AS c${turn % DIFFERENT_TEXTS} FROM customers LIMIT 5) AS some`),
  write: ({ pool }, turn) => pool.execute('REPLACE INTO notes VALUES (?, ?)', [turn % 500, 'ü'.repeat(turn % 200)]),
  transaction: ({ pool }, turn) => onConnection(pool, (connection) => transfer(connection, turn)),
  stream: ({ pool }) => onConnection(pool, (connection) => readStream(connection, Number.POSITIVE_INFINITY)),
  'stream left': async (database) => {
    const connection = await opened(database);
    await readStream(connection, 3);
    connection.destroy();
  },
  error: ({ pool }, turn) => failing(pool.query(`SELECT missing_${turn % 10} FROM customers`), ER_BAD_FIELD),
  refusal: ({ pool }) => failing(pool.query('DELETE FROM customers'), ER_REFUSED),
  'refused execution': ({ pool }) => failing(pool.execute('UPDATE customers SET name = ?', ['x']), ER_REFUSED),
  connection: async (database, turn) => {
    const connection = await opened(database);
    await connection.execute('SELECT balance FROM customers WHERE id = ?', [turn % 1_000]);
    await connection.end();
  },
} satisfies Record<string, Operation>;
async function onConnection(pool: Pool, run: (connection: PoolConnection) => Promise<void>): Promise<void> {
  const connection = await pool.getConnection();
  try {
    await run(connection);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  connection.release();
}

async function transfer(connection: Connection, turn: number): Promise<void> {
  await connection.beginTransaction();
  // In one order, so that no two wait for each other.
  await connection.execute('UPDATE customers SET balance = balance - 1 WHERE id = ?', [turn % 500]);
  await connection.execute('UPDATE customers SET balance = balance + 1 WHERE id = ?', [500 + (turn % 500)]);
  await (turn % 3 === 0 ? connection.rollback() : connection.commit());
}

async function readStream(connection: Connection | PoolConnection, rows: number): Promise<void> {
  // mysql2's types do not tell of the callback connection behind one of promises.
  const { connection: core } = connection as unknown as { connection: CoreConnection };
  let left = rows;
  const stream = core.query('SELECT id, name, email FROM customers').stream();
  // mysql2 leaves a stream open whose connection is lost.
  const lost = (error: Error): void => void stream.destroy(error);
  core.once('error', lost);
  try {
    for await (const row of stream) {
      left -= row === undefined ? 0 : 1;
      if (left <= 0) return;
    }
  } finally {
    core.off('error', lost);
  }
}

async function opened(database: SoakDatabase): Promise<Connection> {
  const connection = await database.connect();
  // Of a connection that is cut while it does nothing: what it is asked next says so as well.
  connection.on('error', () => undefined);
  return connection;
}

async function failing(statement: Promise<unknown>, errno: number): Promise<void> {
  const error = await statement.then(
    () => undefined,
    (reason: unknown) => reason as { errno?: number },
  );
  if (error?.errno === errno) return;
  throw error ?? new Error(`a statement ran that should have failed with ${errno}`);
}
