import { createConnection } from 'mysql2/promise';
import { describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../database/readiness.js';
import { type Governed, type GovernedOptions, startGoverned } from '../governed/index.js';
import { createReader } from './reader-account.js';

const database = inject('database');
const statements = [
  'CREATE TABLE orders (id INT PRIMARY KEY)',
  'CREATE VIEW all_orders AS SELECT id FROM orders',
  'CREATE PROCEDURE count_orders() SELECT COUNT(*) FROM orders',
];

async function within<T>(options: GovernedOptions, use: (governed: Governed) => Promise<T>): Promise<T> {
  const governed = await startGoverned(database, { statements, ...options });
  try {
    return await use(governed);
  } finally {
    await governed.close();
  }
}

/** An account that may read and call, and see no inside. */
async function asReader<T>(
  governed: Governed,
  use: (query: (sql: string) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const { name } = governed.schema;
  const account = await createReader(database, `SELECT, EXECUTE ON ${name}.*`);
  const pool = governed.pool({ user: account.user, password: account.password }).promise();
  try {
    return await use((sql) => pool.query(sql));
  } finally {
    await account.drop();
  }
}

describe('what the account of the catalogue may see', () => {
  it('decides whether a view or routine is judged or refused', async () => {
    await within({}, (governed) =>
      asReader(governed, async (query) => {
        await expect(query('SELECT * FROM orders')).resolves.toBeDefined();
        for (const sql of ['SELECT * FROM all_orders', 'CALL count_orders()']) {
          await expect(query(sql)).rejects.toThrow(/only-listed-routines.*is not seen/);
        }
      }),
    );
  });

  it('may be more than what the agent may see', async () => {
    const reader = await createReader(database);
    const catalogue = { account: { user: reader.user, password: reader.password } };
    await within({ catalogue }, (governed) =>
      asReader(governed, async (query) => {
        for (const sql of ['SELECT * FROM all_orders', 'CALL count_orders()']) {
          await expect(query(sql)).resolves.toBeDefined();
        }
        // What an account that sees everything does not see is not there: the server says so.
        await expect(query('SELECT * FROM nowhere')).rejects.toMatchObject({ errno: 1146 });
      }),
    );
    await reader.drop();
  });

  it('may not be less than what the agent may see', async () => {
    const reader = await createReader(database, 'USAGE ON *.*');
    const catalogue = { account: { user: reader.user, password: reader.password } };
    await within({ catalogue }, async (governed) => {
      const pool = governed.pool().promise();
      await expect(pool.query('SELECT * FROM orders')).rejects.toThrow(/only-listed-routines.*orders does is not seen/);
      await expect(pool.query('SELECT 1')).resolves.toBeDefined();
    });
    await reader.drop();
  });

  it('refuses, and records, what cannot be looked up', async () => {
    const catalogue = { account: { user: 'nobody', password: 'wrong' } };
    await within({ catalogue }, async (governed) => {
      const pool = governed.pool().promise();
      await expect(pool.query('SELECT 1')).resolves.toBeDefined();
      await expect(pool.query('SELECT * FROM orders')).rejects.toMatchObject({
        errno: 1105,
        message: expect.stringMatching(/\(rule catalogue\).*could not be read: .*denied/i) as string,
      });
      const record = await governed.recordOf(({ statement }) => statement.text === 'SELECT * FROM orders');
      expect(record).toMatchObject({ verdict: { effect: 'error', rule: 'catalogue' }, outcome: { status: 'denied' } });
    });
  });

  it('does not matter where no catalogue is wanted', async () => {
    await within({ catalogue: false }, async (governed) => {
      const pool = governed.pool().promise();
      await expect(pool.query('SELECT * FROM all_orders')).resolves.toBeDefined();
      await expect(pool.query('CALL count_orders()')).rejects.toThrow('only-listed-routines');
    });
  });

  it('leaves no connection open', async () => {
    await within({}, async (governed) => {
      const pool = governed.pool({ connectionLimit: 1 }).promise();
      await pool.query('SELECT * FROM orders');
      const admin = await createConnection(connectionOptions(database));
      const open = async (): Promise<unknown> => {
        const sql = 'SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE USER = ?';
        return (await admin.query(sql, [governed.schema.name]))[0];
      };
      await expect.poll(open).toEqual([{ n: 1 }]);
      await admin.end();
    });
  });
});
