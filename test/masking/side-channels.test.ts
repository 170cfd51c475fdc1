import type { QueryError } from 'mysql2';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { maskColumn } from '../../src/masking/index.js';
import { MaskPolicy } from '../../src/masking/mask-policy.js';
import { createAnalyser } from '../../src/sql/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const EMAIL = 'zq7alice@example.test';
const database = inject('database');
let governed: Governed;

beforeAll(async () => {
  governed = await startGoverned(database, {
    statements: [
      'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64) NOT NULL, email VARCHAR(128), UNIQUE (email))',
      `INSERT INTO customers VALUES (1,'Alice','${EMAIL}'),(2,'Bob','wv4bob@example.test')`,
      'CREATE TABLE orders (id INT PRIMARY KEY, email VARCHAR(128) UNIQUE)',
      "INSERT INTO orders VALUES (10,'shop@example.test')",
    ],
    masks: { 'customers.email': 'email' },
  });
});
afterAll(() => governed.close());

async function errorOf(run: Promise<unknown>): Promise<QueryError> {
  return run.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error as QueryError,
  );
}

async function expectNoSecrets(): Promise<void> {
  const recorded = JSON.stringify(await governed.records());
  expect(recorded).not.toContain('zq7alice');
  expect(recorded).not.toContain('wv4bob');
}

describe('a masked value does not get out', () => {
  it('by an error of the server, whose number and state stay', async () => {
    const pool = governed.pool().promise();
    const conversion = "INSERT INTO customers VALUES ('wv4bob@example.test', 'Dora', 'x')";
    const duplicate = `INSERT INTO customers VALUES (1, 'Dora', 'wv4bob@example.test')`;
    for (const sql of [conversion, duplicate]) {
      for (const run of [() => pool.query(sql), () => pool.execute(sql)]) {
        const error = await errorOf(run());
        expect([1062, 1366]).toContain(error.errno);
        expect(error.message).toContain('withheld');
        expect(error.message).not.toContain('zq7alice');
        expect(error.message).not.toContain('wv4bob');
      }
    }
    const record = await governed.recordOf(({ outcome }) => outcome.status === 'error');
    expect(record.outcome.error?.message).toContain('withheld');
    await expectNoSecrets();
  });

  it('by an error, and one that names only tables and columns is shown', async () => {
    const pool = governed.pool().promise();
    const missing = await errorOf(pool.query('SELECT nothing FROM customers'));
    expect(missing).toMatchObject({ errno: 1054, message: expect.stringContaining('nothing') as string });
    const elsewhere = await errorOf(pool.query("INSERT INTO orders VALUES (11, 'shop@example.test')"));
    expect(elsewhere).toMatchObject({ errno: 1062, message: expect.stringContaining('shop@example.test') as string });
  });

  it('by warnings, lists of what runs, and tables of them', async () => {
    const pool = governed.pool({ connectionLimit: 1 }).promise();
    await pool.query("SELECT id FROM customers WHERE id = '1 of them'");
    for (const sql of [
      'SHOW WARNINGS',
      'SHOW ERRORS LIMIT 1',
      'SHOW FULL PROCESSLIST',
      'SELECT info FROM information_schema.PROCESSLIST',
      'SELECT * FROM performance_schema.events_statements_history',
      'SELECT * FROM mysql.general_log',
    ]) {
      const error = await errorOf(pool.query(sql));
      expect(error, sql).toMatchObject({ errno: 1227, message: expect.stringContaining('masked columns') as string });
    }
  });

  it('by the plan of a statement that names its column', async () => {
    const pool = governed.pool().promise();
    const error = await errorOf(pool.query('EXPLAIN FORMAT=JSON SELECT email FROM customers WHERE id = 1'));
    expect(error.message).toContain('EXPLAIN');
    const verb = inject('database').flavour === 'mysql' ? 'EXPLAIN ANALYZE' : 'ANALYZE FORMAT=JSON';
    for (const sql of [
      'SELECT email FROM customers WHERE id = 1',
      `SELECT id FROM customers WHERE email = '${EMAIL}'`,
    ]) {
      expect((await errorOf(pool.query(`${verb} ${sql}`))).message, sql).toContain('EXPLAIN may show its values');
      await expect(pool.query(sql)).resolves.toBeDefined();
    }
    await expect(pool.query(`${verb} SELECT name FROM customers WHERE id = 1`)).resolves.toBeDefined();
    await expect(pool.query('EXPLAIN SELECT name FROM customers WHERE id = 1')).resolves.toBeDefined();
    await expect(pool.query('DESCRIBE customers')).resolves.toBeDefined();
  });

  it('by the record of what nobody understood, or of a user variable', async () => {
    const pool = governed.pool().promise();
    await errorOf(pool.query(`FROBNICATE customers WITH '${EMAIL}'`));
    await pool.query(`SET @e = '${EMAIL}'`);
    await expectNoSecrets();
  });

  it('by a letter that a server without case in its table names folds into an ASCII one', () => {
    const analyser = createAnalyser();
    const scope = analyser.scope({ flavour: 'mysql', version: 80036 }, 'shop', '');
    const masks = new MaskPolicy([maskColumn('shop.clients.email')]);
    for (const table of ['clients', 'CLIENTS', 'cl\u0130ents']) {
      const text = Buffer.from(`SELECT * FROM \`${table}\``);
      const [statement] = analyser.analyse(text, 0, text.length, scope).statements;
      expect(statement !== undefined && masks.effectOn(statement).inspect, table).toBe(true);
    }
    const text = Buffer.from('SELECT info FROM `\u0130nformation_schema`.`PROCESSL\u0130ST`');
    const [statement] = analyser.analyse(text, 0, text.length, scope).statements;
    expect(statement && masks.effectOn(statement).refusal).toContain('masked columns');
  });
});
