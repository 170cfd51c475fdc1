import type { Pool, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createGovernor, functionTransport, withIdentity, withTask } from '../../src/index.js';
import { defineMask, type MaskRule } from '../../src/masking/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const statements = [
  `CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(40) COMMENT 'where to write [pii:email]',
    phone VARCHAR(40) COMMENT '[pii:phone][contact]', salary INT, note TEXT COMMENT 'pii:email in no brackets')`,
  "INSERT INTO people VALUES (1, 'Ada', 'ada@example.test', '+49 30 1234567', 5000, 'a note')",
  'CREATE VIEW contacts AS SELECT id, email AS mail FROM people',
];

const masks = (schema: string): readonly MaskRule[] => [
  defineMask({
    columns: [`${schema}.people.salary`],
    deniedTo: { tasks: ['marketing*'] },
    plainFor: { tasks: ['payroll'] },
  }),
  defineMask({ tags: ['pii:email'], mask: 'email', plainFor: { tasks: ['support'] } }),
  defineMask({ tags: ['pii:phone'], filter: 'none', plainFor: { purposes: ['fraud-*'] } }),
  defineMask({ tags: ['pii:*'], filter: 'none' }),
  defineMask({ columns: ['*.peo*.na*'], mask: 'name', filter: 'any', plainFor: { groups: ['nobody'] } }),
];

describe('masks by tag, pattern and caller', () => {
  let governed: Governed;
  let pool: Pool;
  beforeAll(async () => {
    governed = await startGoverned(inject('database'), { statements, masks });
    pool = governed.pool().promise();
  });
  afterAll(() => governed.close());
  const ada = async (sql = 'SELECT * FROM people'): Promise<RowDataPacket | undefined> =>
    (await pool.query<RowDataPacket[]>(sql))[0][0];

  it('hold for whoever no rule excepts', async () => {
    expect(await ada()).toEqual({
      ...{ id: 1, name: 'A***', email: 'a***@example.test', phone: '[masked]', salary: null, note: 'a note' },
    });
    expect(await ada('SELECT * FROM contacts')).toEqual({ id: 1, mail: 'a***@example.test' });
    expect(await withIdentity(await governed.identity('bert'), () => ada())).toMatchObject({ salary: null });
  });

  it('leave a column alone for a task, and mask the others', async () => {
    expect(await withTask('payroll', () => ada())).toMatchObject({ salary: 5000, email: 'a***@example.test' });
    expect(await withTask('support', () => ada())).toMatchObject({
      salary: null,
      email: 'ada@example.test',
      phone: '[masked]',
    });
    expect(await withTask('support', () => ada('SELECT * FROM contacts'))).toEqual({ id: 1, mail: 'ada@example.test' });
  });

  it('leave a column alone for a purpose that a token claims, which the record names', async () => {
    const cora = await governed.identity('cora');
    expect(await withIdentity(cora, () => ada())).toMatchObject({ phone: '+49 30 1234567', salary: null });
    const { agent } = await governed.recordOf((record) => record.agent?.subject === 'agent-cora');
    expect(agent).toMatchObject({ purpose: 'fraud-check' });
    expect(await withTask('fraud-check', () => ada())).toMatchObject({ phone: '[masked]' });
  });

  it('keep a column from a task altogether', async () => {
    await withTask('marketing-mail', async () => {
      for (const sql of [
        'SELECT * FROM people',
        'SELECT MAX(salary) FROM people',
        'SELECT id FROM people WHERE salary = 5000',
      ]) {
        await expect(ada(sql)).rejects.toThrow(/\(rule masking\).*people\.salary may not be read by this agent/);
      }
      expect(await ada('SELECT id, COUNT(*) AS n FROM people GROUP BY id')).toEqual({ id: 1, n: 1 });
    });
    expect(await ada('SELECT id FROM people WHERE salary = 5000')).toEqual({ id: 1 });
  });

  it('let conditions pass as their filter says', async () => {
    await expect(ada("SELECT id FROM people WHERE phone = '+49 30 1234567'")).rejects.toThrow('phone is masked');
    expect(await ada("SELECT id FROM people WHERE email = 'ada@example.test'")).toEqual({ id: 1 });
    await expect(ada("SELECT id FROM people WHERE email LIKE 'a%'")).rejects.toThrow('email is masked');
    expect(await ada("SELECT id FROM people WHERE name LIKE 'A%' ORDER BY name")).toEqual({ id: 1 });
  });

  it('hold for each who executes what another has prepared', async () => {
    const connection = await pool.getConnection();
    const sql = 'SELECT salary FROM people WHERE id = ?';
    const run = async (): Promise<unknown> => (await connection.execute(sql, [1]))[0];
    expect(await withTask('payroll', run)).toEqual([{ salary: 5000 }]);
    expect(await run()).toEqual([{ salary: null }]);
    expect(await withTask('payroll', run)).toEqual([{ salary: 5000 }]);
    connection.release();
  });
});

it('a view that somebody has just made is masked until it is known', async () => {
  const governed = await startGoverned(inject('database'), { statements, masks });
  try {
    const pool = governed.pool().promise();
    await pool.query('SELECT id FROM people');
    const stock = governed.stockPool().promise();
    await stock.query('CREATE VIEW fresh AS SELECT id, CONCAT(salary) AS pay FROM people');
    const [rows] = await pool.query('SELECT * FROM fresh');
    expect(rows).toEqual([{ id: null, pay: null }]);
    await expect
      .poll(async () => (await pool.query('SELECT * FROM fresh'))[0], { timeout: 5_000 })
      .toEqual([{ id: 1, pay: null }]);
  } finally {
    await governed.close();
  }
});

it('tags without a catalogue are refused', async () => {
  const options = {
    audit: { directory: 'never-made', transports: [functionTransport(() => undefined)] },
    masks: [defineMask({ tags: ['pii:email'] })],
    catalogue: false as const,
  };
  await expect(createGovernor(options)).rejects.toThrow(/masks: .*tags.*catalogue/);
});
