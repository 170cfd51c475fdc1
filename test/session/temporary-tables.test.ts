import type { Pool, PoolConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createReader } from '../catalogue/reader-account.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { migrationPolicy } from '../../src/guardrails/index.js';

const database = inject('database');
const UNSEEN = /only-listed-routines.*is not seen/;

/** What the account of the catalogue does not see may be anything, unless the session has made it. */
describe('temporary tables where the catalogue hides tables', () => {
  let governed: Governed;
  let account: Awaited<ReturnType<typeof createReader>>;
  let pool: Pool;
  let connection: PoolConnection;

  beforeAll(async () => {
    account = await createReader(database, 'USAGE ON *.*');
    governed = await startGoverned(database, {
      policy: migrationPolicy(),
      catalogue: { account: { user: account.user, password: account.password } },
    });
    pool = governed.pool().promise();
    connection = await pool.getConnection();
  });

  afterAll(async () => {
    connection.release();
    await governed.close();
    await account.drop();
  });

  const count = async (table: string): Promise<unknown> => {
    const [rows] = await connection.query(`SELECT COUNT(*) AS n FROM ${table}`);
    return rows;
  };

  it('are known from their creation on, by query and by execute', async () => {
    await expect(count('made')).rejects.toThrow(UNSEEN);
    await connection.query('CREATE TEMPORARY TABLE made SELECT 1 AS id UNION SELECT 2');
    await expect(count('made')).resolves.toEqual([{ n: 2 }]);
    await connection.execute('CREATE TEMPORARY TABLE IF NOT EXISTS executed (id INT)');
    await expect(connection.execute('SELECT * FROM executed WHERE id = ?', [1])).resolves.toBeDefined();
    await expect(connection.query('INSERT INTO executed SELECT id FROM made')).resolves.toBeDefined();
  });

  it('are not known where their creation has failed', async () => {
    await expect(connection.query('CREATE TEMPORARY TABLE failed SELECT nothing FROM made')).rejects.toMatchObject({
      errno: 1054,
    });
    await expect(count('failed')).rejects.toThrow(UNSEEN);
  });

  it('are not those of another session', async () => {
    await connection.query('CREATE TEMPORARY TABLE mine (id INT)');
    const other = await pool.getConnection();
    await expect(other.query('SELECT * FROM mine')).rejects.toThrow(UNSEEN);
    other.release();
  });

  it.each(['DROP TEMPORARY TABLE gone', 'ALTER TABLE gone RENAME TO left_behind', 'DROP TABLE gone'])(
    'are forgotten after %s',
    async (sql) => {
      await connection.query('CREATE TEMPORARY TABLE gone (id INT)');
      await expect(count('gone')).resolves.toEqual([{ n: 0 }]);
      // Whether the server has done it does not matter.
      await connection.query(sql).catch(() => undefined);
      await expect(count('gone')).rejects.toThrow(UNSEEN);
      await connection.query('DROP TEMPORARY TABLE IF EXISTS gone, left_behind');
    },
  );

  it('are forgotten when the connection is reset', async () => {
    await connection.query('CREATE TEMPORARY TABLE reset_away (id INT)');
    await connection.reset();
    await expect(count('reset_away')).rejects.toThrow(UNSEEN);
  });
});
