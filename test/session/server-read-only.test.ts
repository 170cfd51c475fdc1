import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { boundedPolicy, readOnlyPolicy } from '../../src/guardrails/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION = 1792;
const database = inject('database');
const statements = ['CREATE TABLE notes (id INT PRIMARY KEY)', 'INSERT INTO notes VALUES (1)'];

describe("the server's read-only mode", () => {
  let governed: Governed;
  // The rules allow writes: what refuses them is the server.
  beforeAll(async () => {
    governed = await startGoverned(database, { statements, policy: { ...boundedPolicy(), serverReadOnly: true } });
  });
  afterAll(() => governed.close());

  it('refuses what the rules would have let through', async () => {
    const pool = governed.pool({ connectionLimit: 1 }).promise();
    await expect(pool.query('SELECT id FROM notes')).resolves.toMatchObject([[{ id: 1 }], {}]);
    const refused = { errno: ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION };
    await expect(pool.query('INSERT INTO notes VALUES (2)')).rejects.toMatchObject(refused);
    await expect(pool.execute('DELETE FROM notes WHERE id = ?', [1])).rejects.toMatchObject(refused);
    await pool.query('START TRANSACTION');
    await expect(pool.query('INSERT INTO notes VALUES (2)')).rejects.toMatchObject(refused);
    await pool.query('ROLLBACK');
    const record = await governed.recordOf(({ statement }) => statement.operation === 'INSERT');
    expect(record).toMatchObject({ verdict: { effect: 'allow' }, outcome: { status: 'error' } });
  });

  it('is there again after a COM_CHANGE_USER and a COM_RESET_CONNECTION', async () => {
    const connection = await governed.pool().promise().getConnection();
    const { user, password, database: schema } = governed.schema.connection;
    for (const reset of [() => connection.changeUser({ user, password, database: schema }), () => connection.reset()]) {
      await connection.query('SELECT 1');
      await reset();
      await expect(connection.query('INSERT INTO notes VALUES (3)')).rejects.toMatchObject({ errno: 1792 });
    }
    connection.release();
  });
});

describe('the read-only preset', () => {
  let governed: Governed;
  beforeAll(async () => {
    governed = await startGoverned(database, { statements, policy: readOnlyPolicy() });
  });
  afterAll(() => governed.close());

  it.each([
    'SET TRANSACTION READ WRITE',
    'SET SESSION TRANSACTION READ WRITE',
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE',
    'START TRANSACTION READ WRITE',
    'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ WRITE',
    'SET transaction_read_only = 0',
    'SET @@session.transaction_read_only = OFF',
    'SET transaction_read_only = DEFAULT',
    'SET transaction_read_only = @x',
  ])('refuses to leave the mode by %s', async (sql) => {
    await expect(governed.pool().promise().query(sql)).rejects.toMatchObject({
      errno: 1227,
      message: expect.stringContaining('(rule no-read-write-mode)') as string,
    });
  });

  it.each(['START TRANSACTION READ ONLY', 'SET TRANSACTION READ ONLY', 'SET SESSION TRANSACTION READ ONLY', 'COMMIT'])(
    'allows %s',
    async (sql) => {
      await expect(governed.pool().promise().query(sql)).resolves.toBeDefined();
    },
  );
});
