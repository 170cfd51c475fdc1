import type { Pool } from 'mysql2';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../governed/index.js';

let governed: Governed;
let pool: Pool;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: [
      'CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(16))',
      "INSERT INTO orders VALUES (1, 'open')",
      'CREATE TABLE notes (id INT PRIMARY KEY, order_id INT)',
      'INSERT INTO notes VALUES (7, 1)',
      'CREATE FUNCTION doubled(n INT) RETURNS INT DETERMINISTIC RETURN n * 2',
    ],
  });
  pool = governed.pool({ multipleStatements: true });
});
afterAll(() => governed.close());

const denied: readonly (readonly [string, string])[] = [
  ['DELETE FROM orders', 'no-unbounded-writes'],
  ['delete from orders where 1 = 1', 'no-unbounded-writes'],
  ["UPDATE orders SET status = 'x'", 'no-unbounded-writes'],
  ["UPDATE orders SET status = 'x' WHERE 'a' = 'a' LIMIT 5", 'no-unbounded-writes'],
  ['DELETE FROM orders WHERE NOT (id = 1 AND 0)', 'no-unbounded-writes'],
  ['DELETE orders FROM orders, notes WHERE notes.id = 7', 'no-unbounded-writes'],
  ["UPDATE orders, notes SET orders.status = 'x' WHERE notes.id = 7", 'no-unbounded-writes'],
  [
    'DELETE orders FROM orders, notes WHERE notes.id = 7 AND EXISTS (SELECT 1 FROM orders x WHERE x.id = 1)',
    'no-unbounded-writes',
  ],
  ['DROP TABLE orders', 'no-ddl'],
  ['TRUNCATE orders', 'no-ddl'],
  ['ALTER TABLE orders ADD COLUMN x INT', 'no-ddl'],
  ['CREATE TABLE t2 AS SELECT * FROM orders', 'no-ddl'],
  ["SELECT * FROM orders INTO OUTFILE '/tmp/countersign-out'", 'no-file-access'],
  ['SELECT SLEEP(5)', 'no-side-effect-functions'],
  ['CALL anything()', 'only-listed-routines'],
  ['SELECT doubled(21)', 'only-listed-routines'],
  ['/*!50001 DELETE FROM orders */', 'no-unknown-statements'],
  ["PREPARE s FROM 'DELETE FROM orders'", 'no-dynamic-sql'],
  ["EXECUTE IMMEDIATE 'DELETE FROM orders'", 'no-dynamic-sql'],
  ['GRANT ALL ON *.* TO CURRENT_USER', 'no-privilege-statements'],
  ['KILL 1', 'no-administration'],
  ['LOCK TABLES orders WRITE', 'no-administration'],
  ['DO SLEEP(9)', 'no-side-effect-functions'],
  ['SELECT 1 /* not ended', 'no-unknown-statements'],
  ['BEGIN NOT ATOMIC DELETE FROM orders; END', 'no-dynamic-sql'],
  ['SELECT 1; DELETE FROM orders', 'no-unbounded-writes'],
];

describe('the default rules', () => {
  for (const [sql, rule] of denied) {
    it(`deny ${sql}`, async () => {
      await expect(pool.promise().query(sql)).rejects.toMatchObject({
        code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR',
        errno: 1227,
        sqlState: '42000',
        message: expect.stringContaining(`(rule ${rule})`) as string,
      });
      const record = await governed.recordOf((candidate) => candidate.statement.command === 'COM_QUERY');
      expect(record).toMatchObject({ verdict: { effect: 'deny', rule }, outcome: { status: 'denied' } });
      await expect(pool.promise().execute(sql)).rejects.toMatchObject({ errno: 1227 });
    });
  }

  it('left everything in its place', async () => {
    const [rows] = await governed.stockPool().promise().query('SELECT id, status FROM orders');
    expect(rows).toEqual([{ id: 1, status: 'open' }]);
  });

  it('allow reads and bounded writes', async () => {
    for (const sql of [
      'SELECT * FROM orders WHERE id = 1',
      "UPDATE orders SET status = 'closed' WHERE id = 1",
      "INSERT INTO orders VALUES (2, 'new') ON DUPLICATE KEY UPDATE status = 'again'",
      'DELETE FROM orders WHERE id = 2',
      "UPDATE orders o JOIN notes n ON n.order_id = o.id SET o.status = 'closed' WHERE n.id = 7",
      'DELETE o FROM orders o, notes n WHERE n.order_id = o.id AND n.id = 99',
      'DELETE FROM orders WHERE id IN (SELECT order_id FROM notes WHERE id = 99)',
      'DELETE o FROM orders o, notes n WHERE n.id = 99 AND EXISTS (SELECT 1 FROM notes m WHERE m.order_id = o.id)',
      'SHOW TABLES',
      'EXPLAIN SELECT * FROM orders',
    ]) {
      await expect(pool.promise().query(sql), sql).resolves.toBeDefined();
    }
  });
});

describe('a routine on the list', () => {
  it('may be called', async () => {
    const routines = ['Doubled'];
    const statements = ['CREATE FUNCTION doubled(n INT) RETURNS INT DETERMINISTIC RETURN n * 2'];
    const listed = await startGoverned(inject('database'), { statements, allow: { routines } });
    try {
      const [rows] = await listed.pool().promise().query('SELECT doubled(21) AS n');
      expect(rows).toEqual([{ n: 42 }]);
    } finally {
      await listed.close();
    }
  });
});
