import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../database/readiness.js';
import { type Governed, startGoverned } from '../governed/index.js';

const database = inject('database');
const statements = [
  'CREATE TABLE orders (id VARCHAR(20) PRIMARY KEY, n INT) ENGINE=InnoDB',
  "INSERT INTO orders VALUES ('1', 1), ('2', 2), ('3', 3)",
];
/** One row in the usual mode; all of them where a backslash is nothing but a character. */
const TRAP = "DELETE FROM orders WHERE id = '\\' OR 1=1 -- '";

describe('sql_mode is never another one than is thought', () => {
  let governed: Governed;
  const administer = async (sql: string): Promise<unknown> => {
    const admin = await createConnection({ ...connectionOptions(database), database: governed.schema.name });
    try {
      return (await admin.query(sql))[0];
    } finally {
      await admin.end();
    }
  };
  const rowsLeft = async (): Promise<unknown> => administer('SELECT COUNT(*) AS n FROM orders');
  beforeAll(async () => {
    governed = await startGoverned(database, { statements });
  });
  afterAll(() => governed.close());

  it('where it was to be added to the mode of a prepare', async () => {
    const connection = await governed.pool().promise().getConnection();
    const adding = await connection.prepare("SET sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')");
    await connection.query("SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
    await expect(adding.execute([])).rejects.toThrow('prepare it again');
    await expect(connection.query(TRAP)).rejects.toThrow('no-unbounded-writes');
    expect(await rowsLeft()).toEqual([{ n: 3 }]);
    connection.destroy();
  });

  it('where the server reads what was prepared again', async () => {
    const connection = await governed.pool().promise().getConnection();
    const trap = await connection.prepare(TRAP);
    await connection.query("SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
    await administer('ALTER TABLE orders ADD COLUMN more INT');
    await expect(trap.execute([])).rejects.toThrow('prepare it again');
    expect(await rowsLeft()).toEqual([{ n: 3 }]);
    connection.destroy();
  });

  it('where a SET has failed behind its beginning', async () => {
    const connection = await governed.pool().promise().getConnection();
    await connection.query('SET lock_wait_timeout = 1');
    await connection.query('SET autocommit = 0');
    await connection.query("INSERT INTO orders (id, n) VALUES ('4', 4)");
    const admin = await createConnection(connectionOptions(database));
    await admin.query('FLUSH TABLES WITH READ LOCK');
    try {
      // The commit that comes with it waits for the lock, in vain.
      await expect(connection.query("SET sql_mode = 'NO_BACKSLASH_ESCAPES', autocommit = 1")).rejects.toMatchObject({
        errno: 1205,
      });
    } finally {
      await admin.query('UNLOCK TABLES');
      await admin.end();
    }
    await expect(connection.query(TRAP)).rejects.toThrow('no-unbounded-writes');
    connection.destroy();
  });
});
