import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolConnection, RowDataPacket } from 'mysql2-newest';
import { eachWay, outcomeOf, type OptionCase, until } from './option-case.js';

/** What of a pool tells how many connections it has. */
interface PoolInside {
  readonly _allConnections: { readonly length: number };
  readonly _freeConnections: { readonly length: number };
}

const sizeOf = (pool: Pool): number => (pool as unknown as PoolInside)._allConnections.length;

async function hold(pool: Pool, count: number): Promise<PoolConnection[]> {
  const held: PoolConnection[] = [];
  for (let index = 0; index < count; index += 1) {
    const { connection } = await pool.promise().getConnection();
    held.push(connection as unknown as PoolConnection);
  }
  return held;
}

/** How many connections are left when three were used at once, and a second is over. */
async function leftOf(pool: Pool, left: number): Promise<unknown> {
  for (const connection of await hold(pool, 3)) connection.release();
  const before = sizeOf(pool);
  await until(() => sizeOf(pool) <= left);
  return { before, after: sizeOf(pool) };
}

/** What one more asks for while the only connection is held. */
async function oneMore(pool: Pool, more: number): Promise<unknown> {
  const [held] = await hold(pool, 1);
  const asked = Array.from({ length: more }, (_, index) =>
    outcomeOf(async () => (await pool.promise().query(`SELECT ${index} AS n`))[0]),
  );
  await sleep(20);
  held?.release();
  return Promise.all(asked);
}

const LIMITED = { message: 'Queue limit reached.' };

type PoolOnly =
  | 'connectionLimit'
  | 'maxIdle'
  | 'idleTimeout'
  | 'queueLimit'
  | 'waitForConnections'
  | 'resetOnRelease'
  | 'gracefulEnd'
  | 'pool'
  | 'maxPreparedStatements';

/** Options of pools, and of connections in them. */
export const poolOptions: Readonly<Record<PoolOnly, readonly OptionCase[]>> = {
  connectionLimit: [
    {
      as: '2, for six statements',
      given: { connectionLimit: 2 },
      run: async (front, given): Promise<unknown> => {
        const pool = front.pool(given);
        const ask = async (): Promise<unknown> => {
          const [rows] = await pool.promise().query<RowDataPacket[]>('SELECT CONNECTION_ID() AS id');
          return rows[0]?.['id'];
        };
        return new Set(await Promise.all(Array.from({ length: 6 }, ask))).size;
      },
      shows: 2,
    },
  ],
  maxIdle: [
    {
      as: '1 of 3',
      given: { connectionLimit: 3, maxIdle: 1 },
      run: (front, given) => leftOf(front.pool(given), 1),
      shows: { before: 3, after: 1 },
    },
  ],
  idleTimeout: [
    {
      as: '100 ms',
      given: { connectionLimit: 3, maxIdle: 2, idleTimeout: 100 },
      run: (front, given) => leftOf(front.pool(given), 0),
      shows: { before: 3, after: 0 },
    },
  ],
  queueLimit: [
    {
      as: '1',
      given: { queueLimit: 1 },
      run: (front, given) => oneMore(front.pool(given), 2),
      shows: [[{ n: 0 }], { error: LIMITED }],
    },
  ],
  waitForConnections: [
    {
      as: 'false',
      given: { waitForConnections: false },
      run: (front, given) => oneMore(front.pool(given), 1),
      shows: [{ error: { message: 'No connections available.' } }],
    },
    { as: 'true', given: { waitForConnections: true }, run: (front, given) => oneMore(front.pool(given), 1) },
  ],
  resetOnRelease: [true, false].map((resetOnRelease) => ({
    as: String(resetOnRelease),
    given: { resetOnRelease },
    run: async (front, given): Promise<unknown> => {
      const pool = front.pool(given).promise();
      await pool.query('SET @left = 7');
      return (await pool.query('SELECT @left AS found'))[0];
    },
    shows: [{ found: resetOnRelease ? null : 7 }],
  })),
  gracefulEnd: [true, false].map((gracefulEnd) => ({
    as: String(gracefulEnd),
    given: { gracefulEnd },
    run: async (front, given): Promise<unknown> => {
      const pool = front.pool(given);
      const [connection] = await hold(pool, 1);
      connection?.on('warn', () => undefined);
      connection?.end();
      return {
        left: sizeOf(pool),
        next: await outcomeOf(async () => (await pool.promise().query('SELECT 1 AS n'))[0]),
      };
    },
    shows: { left: gracefulEnd ? 0 : 1, next: [{ n: 1 }] },
  })),
  pool: [
    {
      as: 'set by mysql2 on what a pool connects with',
      run: async (front): Promise<unknown> => {
        const pool = front.pool({});
        const [connection] = await hold(pool, 1);
        connection?.release();
        return (connection?.config as { pool?: unknown }).pool === pool;
      },
      shows: true,
    },
  ],
  maxPreparedStatements: [
    {
      as: '1',
      given: { maxPreparedStatements: 1 },
      run: async (front, given): Promise<unknown> => {
        const pool = front.pool(given).promise();
        for (const id of [1, 2, 1]) await pool.execute(`SELECT label FROM kinds WHERE id = ${id}`);
        return (
          await pool.query("SHOW SESSION STATUS WHERE Variable_name IN ('Com_stmt_prepare', 'Com_stmt_close')")
        )[0];
      },
      shows: [{ Value: '2' }, { Value: '3' }],
    },
    { as: '16', given: { maxPreparedStatements: 16 }, shows: eachWay([{ id: 1 }, { id: 2 }]) },
  ],
};
