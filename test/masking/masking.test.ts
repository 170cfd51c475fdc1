import type { Pool, RowDataPacket } from 'mysql2';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../governed/index.js';

let governed: Governed;
let pool: Pool;
const EMAIL = 'zq7alice@example.test';

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: [
      'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128), balance DECIMAL(12,2))',
      `INSERT INTO customers VALUES (1,'Alice','${EMAIL}',73915.28),(2,'Bob',NULL,1)`,
      'CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT, note VARCHAR(255), email VARCHAR(128))',
      "INSERT INTO orders VALUES (10,1,'gift','shop@example.test')",
    ],
    masks: { 'customers.email': 'email', 'customers.balance': 'redact' },
  });
  pool = governed.pool();
});
afterAll(() => governed.close());

async function both(sql: string): Promise<RowDataPacket[][]> {
  const [text] = await pool.promise().query<RowDataPacket[]>(sql);
  const [binary] = await pool.promise().execute<RowDataPacket[]>(sql);
  return [text, binary];
}

describe('a masked column', () => {
  it('is masked in text and binary rows, and the record names it', async () => {
    for (const rows of await both('SELECT id, name, email, balance FROM customers ORDER BY id')) {
      expect(rows).toEqual([
        { id: 1, name: 'Alice', email: 'z***@example.test', balance: null },
        { id: 2, name: 'Bob', email: null, balance: null },
      ]);
    }
    const record = await governed.recordOf(
      (candidate) => candidate.statement.command === 'COM_STMT_EXECUTE' && candidate.outcome.masked !== undefined,
    );
    expect(record.outcome.masked).toEqual([
      `${governed.schema.name}.customers.email`,
      `${governed.schema.name}.customers.balance`,
    ]);
  });

  it('is masked behind *, aliases and joins, and a column of the same name elsewhere is not', async () => {
    for (const rows of await both('SELECT * FROM customers WHERE id = 1')) {
      expect(rows[0]?.['email']).toBe('z***@example.test');
    }
    const join = 'SELECT c.email AS x, o.email AS y FROM customers AS c JOIN orders AS o ON o.customer_id = c.id';
    for (const rows of await both(join)) expect(rows).toEqual([{ x: 'z***@example.test', y: 'shop@example.test' }]);
  });

  it('is masked in a stream', async () => {
    const seen: unknown[] = [];
    for await (const row of pool.query('SELECT email FROM customers WHERE id = 1').stream() as AsyncIterable<unknown>) {
      seen.push(row);
    }
    expect(seen).toEqual([{ email: 'z***@example.test' }]);
  });

  it('of texts is looked up by texts alone, and one of numbers by numbers, bound or written', async () => {
    const sql = (column: string): string => `SELECT id FROM customers WHERE ${column} = ?`;
    const promise = pool.promise();
    for (const value of [7, true, new Date(0)]) {
      await expect(promise.execute(sql('email'), [value] as never)).rejects.toThrow('may only be compared with texts');
    }
    await expect(promise.query(sql('email'), [7])).rejects.toThrow('may only be compared with texts');
    for (const value of [EMAIL, Buffer.from(EMAIL)]) {
      expect((await promise.execute(sql('email'), [value]))[0]).toEqual([{ id: 1 }]);
      expect((await promise.query(sql('email'), [value]))[0]).toEqual([{ id: 1 }]);
    }
    expect((await promise.execute(sql('email'), [null]))[0]).toEqual([]);
    expect((await promise.execute(sql('balance'), [1]))[0]).toEqual([{ id: 2 }]);
    expect((await promise.query(sql('balance'), [1]))[0]).toEqual([{ id: 2 }]);
    const connection = await promise.getConnection();
    const prepared = await connection.prepare(`${sql('email')} AND id = ?`);
    await expect(prepared.execute([7, 1])).rejects.toThrow('may only be compared with texts');
    expect((await prepared.execute([EMAIL, 1]))[0]).toEqual([{ id: 1 }]);
    await prepared.close();
    connection.release();
  });

  it('can be looked up by value, and the value does not reach the record', async () => {
    const [rows] = await pool.promise().query('SELECT id FROM customers WHERE email = ?', [EMAIL]);
    expect(rows).toEqual([{ id: 1 }]);
    await pool.promise().execute('SELECT id FROM customers WHERE email = ?', [EMAIL]);
    await pool.promise().query("UPDATE customers SET email = 'new7secret@example.test' WHERE id = 2");
    await pool.promise().execute("INSERT INTO customers VALUES (3, 'Carol', 'ins3secret@example.test', 5)");
    const text = JSON.stringify(await governed.records());
    expect(text).toContain('[redacted]');
    for (const secret of [EMAIL, 'new7secret', 'ins3secret']) expect(text).not.toContain(secret);
  });

  it.each([
    'SELECT UPPER(email) FROM customers',
    'SELECT CONCAT(email) AS name FROM customers',
    'SELECT MIN(balance) FROM customers',
    'SELECT email FROM customers UNION SELECT note FROM orders',
    'SELECT x FROM (SELECT email AS x FROM customers) AS t',
    'SELECT * FROM (SELECT * FROM customers) AS t',
    'WITH t AS (SELECT * FROM customers) SELECT * FROM t',
    'SELECT (SELECT email FROM customers WHERE id = 1) AS x',
    'SELECT LEFT(d.x, 3) AS y, 1 FROM (SELECT LOWER(email) AS x FROM customers) AS d',
    'WITH RECURSIVE r (n, a, b) AS (SELECT 1, name, email FROM customers UNION SELECT n + 1, b, a FROM r WHERE n < 2) SELECT a FROM r',
    'SELECT GROUP_CONCAT(email SEPARATOR ";") AS x FROM customers',
    'SELECT COALESCE(c.email, o.note) AS x FROM orders o LEFT JOIN customers c ON c.id = o.id',
  ])('is masked in what is made of it: %s', async (sql) => {
    const told = async (): Promise<number> =>
      (await governed.records()).filter(({ outcome }) => outcome?.masked !== undefined).length;
    const before = await told();
    for (const run of [pool.promise().query(sql), pool.promise().execute(sql)]) {
      const [rows] = await run;
      expect(JSON.stringify(rows)).not.toMatch(/secret@example|SECRET|z7/i);
      expect(rows).not.toHaveLength(0);
    }
    await expect.poll(told).toBe(before + 2);
  });

  it('tells whether it is NULL, and how many are not', async () => {
    const sql = 'SELECT COUNT(email) AS n, COUNT(DISTINCT email) AS d, SUM(email IS NULL) AS nulls FROM customers';
    const [rows] = await pool.promise().query(sql);
    expect(rows).toMatchObject([{ n: 3, d: 3, nulls: '0' }]);
  });

  const refused = [
    'UPDATE customers SET email = LEFT(email, 1) WHERE id = 1',
    'UPDATE customers SET balance = IF(email LIKE "z%", 1, balance) WHERE id = 1',
    'SELECT id, email FROM customers ORDER BY 2',
    'SELECT email, id FROM customers ORDER BY 2, 1',
    'SELECT id, email AS e FROM customers UNION SELECT id, note FROM orders ORDER BY e',
    'SELECT id, name FROM customers UNION (SELECT id AS a, email AS id FROM customers ORDER BY id LIMIT 1)',
    'SELECT email FROM customers GROUP BY 1',
    'SELECT id, LAST_INSERT_ID(balance) FROM customers',
    'SELECT 1 / balance FROM customers',
    'SELECT COUNT(*) FROM customers WHERE id IN (SELECT id FROM customers WHERE email < "m")',
    'SELECT id, RANK() OVER (ORDER BY email) AS r FROM customers',
    'SELECT email FROM customers INTERSECT SELECT note FROM orders',
    'SELECT x FROM (SELECT email AS x FROM customers) AS t WHERE x LIKE "a%"',
    'SELECT x FROM (SELECT LEFT(email, 1) AS x FROM customers) AS t WHERE x = "a"',
    'SELECT id FROM customers ORDER BY email',
    'SELECT COUNT(*) FROM customers GROUP BY email',
    "SELECT id FROM customers WHERE email LIKE 'z%'",
    "SELECT id FROM customers WHERE email > 'a'",
    'INSERT INTO orders SELECT 11, id, email, name FROM customers',
    'UPDATE orders SET note = (SELECT email FROM customers WHERE id = 1) WHERE id = 10',
    'UPDATE customers SET name = email WHERE id = 1',
    'SELECT o.id FROM orders o JOIN customers c ON o.note = c.email',
    'SELECT * FROM customers NATURAL JOIN orders',
    'SELECT email INTO @x FROM customers WHERE id = 1',
  ];
  for (const sql of refused) {
    it(`is not revealed by ${sql}`, async () => {
      for (const run of [pool.promise().query(sql), pool.promise().execute(sql)]) {
        await expect(run).rejects.toMatchObject({ errno: 1227 });
      }
      const record = await governed.recordOf((candidate) => candidate.outcome.status === 'denied');
      expect(record.verdict.effect).toBe('deny');
    });
  }

  it('leaves the rest of its table usable', async () => {
    for (const sql of [
      'SELECT `customers`.`email` FROM `customers` ORDER BY `customers`.`id`',
      'SELECT id, email FROM customers ORDER BY 1 DESC',
      'SELECT id, email FROM customers UNION ALL SELECT id, note FROM orders ORDER BY id',
      "SELECT id FROM customers WHERE NOT LOWER(email) = LOWER('A') AND email NOT IN ('b', 'c')",
      'SELECT COUNT(CASE WHEN id > 1 THEN email END) AS n FROM customers',
      'SELECT COUNT(*) AS n FROM customers',
      'SELECT UPPER(name) AS n FROM customers WHERE id = 1',
      'SELECT id, email FROM customers WHERE id IN (1, 2) ORDER BY id LIMIT 5',
      'UPDATE customers SET name = UPPER(name) WHERE id = 2',
      'DELETE FROM customers WHERE id = 99',
    ]) {
      await expect(pool.promise().query(sql), sql).resolves.toBeDefined();
    }
  });
});
