import type { Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../governed/index.js';

const statements = [
  'CREATE TABLE customers (id INT PRIMARY KEY, city VARCHAR(20), email VARCHAR(40), total INT)',
  "INSERT INTO customers VALUES (1, 'Bern', 'ann@example.com', 65), (2, 'Bern', 'bob@example.com', 66)",
  'CREATE TABLE visits (customer INT, note VARCHAR(20))',
  "INSERT INTO visits VALUES (1, 'morning')",
  'CREATE VIEW totals AS SELECT city, SUM(total) AS total, COUNT(*) AS people FROM customers GROUP BY city WITH ROLLUP HAVING SUM(total) > 1',
  'CREATE VIEW mails AS SELECT email, COUNT(*) AS people FROM customers GROUP BY email WITH ROLLUP',
  'CREATE VIEW rolled AS SELECT id FROM customers WHERE city IN (SELECT city FROM customers GROUP BY city WITH ROLLUP)',
  'CREATE VIEW letters AS SELECT id, CHAR(total, 33 USING utf8mb4) AS letter FROM customers',
  "CREATE VIEW inserted AS SELECT id, INSERT(city, 1, 1, 'Z') AS city FROM customers",
  'CREATE VIEW visitors AS SELECT customers.id, visits.note FROM customers LEFT JOIN (visits) ON visits.customer = customers.id',
];

describe('a view is understood as the server writes it', () => {
  let governed: Governed;
  let pool: Pool;
  beforeAll(async () => {
    governed = await startGoverned(inject('database'), { statements, masks: { 'customers.email': 'redact' } });
    pool = governed.pool({ connectionLimit: 1 }).promise();
  });
  afterAll(() => governed.close());

  const rowsOf = async (sql: string): Promise<unknown> => {
    const [rows] = await pool.query({ sql, rowsAsArray: true });
    return (rows as unknown[][]).map((row) => row.map((value) => (value === null ? null : String(value))));
  };

  it.each([
    ['SELECT city, total, people FROM totals', [...[['Bern', '131', '2']], ...[[null, '131', '2']]]],
    ['SELECT id FROM rolled WHERE id = 2', [['2']]],
    ['SELECT letter FROM letters', [['A!'], ['B!']]],
    ['SELECT city FROM inserted WHERE id = 1', [['Zern']]],
    [
      'SELECT id, note FROM visitors ORDER BY id',
      [
        ['1', 'morning'],
        ['2', null],
      ],
    ],
    ["SELECT CHAR(65 USING latin1), INSERT('Bern', 1, 1, 'K') FROM (customers) WHERE id = 1", [['A', 'Kern']]],
    ['SELECT note FROM customers JOIN (visits AS v) ON v.customer = customers.id', [['morning']]],
  ])('%s', async (sql, expected) => {
    await expect(rowsOf(sql)).resolves.toEqual(expected);
  });

  it('and what it groups with a rollup is masked', async () => {
    for (const sql of ['SELECT email FROM mails', 'SELECT CONCAT(email, people) FROM mails']) {
      const answer = await rowsOf(sql).catch((error: unknown) => String(error));
      expect(JSON.stringify(answer)).not.toMatch(/ann|bob/);
    }
  });
});
