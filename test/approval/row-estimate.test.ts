import { afterEach, expect, inject, it } from 'vitest';

import type { ApprovalRequest } from '../../src/approval/index.js';
import { defineRule, type Policy } from '../../src/guardrails/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const database = inject('database');
let governed: Governed | undefined;

afterEach(async () => {
  await governed?.close();
  governed = undefined;
});

/** Everything is asked for, but what makes the stage. */
function policy(): Policy {
  const operations = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE'];
  const ask = defineRule({ name: 'ask', effect: 'approve', reason: 'It is looked at.', match: { operations } });
  return { name: 'test', rules: [ask], otherwise: 'allow' };
}

const rows = Array.from({ length: 1_000 }, (_, no) => `(${no}, ${no % 10})`).join(', ');
const statements = [
  'CREATE TABLE orders (id INT PRIMARY KEY, city INT, INDEX (city))',
  `INSERT INTO orders VALUES ${rows}`,
  'CREATE FUNCTION one() RETURNS INT DETERMINISTIC NO SQL RETURN 1',
  'ANALYZE TABLE orders',
];

async function start(approvalEstimates: boolean, catalogue?: false): Promise<ApprovalRequest[]> {
  const asked: ApprovalRequest[] = [];
  governed = await startGoverned(database, {
    ...{ statements, policy: policy(), approvalEstimates, ...(catalogue !== undefined && { catalogue }) },
    approver: (request) => {
      asked.push(request);
      return Promise.resolve({ approved: false, by: 'carol' });
    },
  });
  return asked;
}

it('says how many rows it would look at, as the server estimates, and runs nothing', async () => {
  const asked = await start(true);
  const pool = governed?.pool({ connectionLimit: 1 }).promise();
  const estimate = async (sql: string, values?: readonly (string | number | null)[]): Promise<number | undefined> => {
    const run = values === undefined ? pool?.query(sql) : pool?.execute(sql, [...values]);
    await expect(run).rejects.toMatchObject({ errno: 1227 });
    return asked.at(-1)?.statements[0]?.estimatedRows;
  };
  expect(await estimate('DELETE FROM orders WHERE id = 7')).toBe(1);
  expect(await estimate('DELETE FROM orders WHERE id IN (1, 2, 3)')).toBe(3);
  expect(await estimate('UPDATE orders SET city = 1 WHERE city = 3')).toBe(100);
  expect(await estimate('UPDATE orders SET city = 1')).toBeGreaterThan(500);
  expect(await estimate('UPDATE orders SET city = ? WHERE city = ?', [5, '3'])).toBe(100);
  expect(await estimate('SELECT a.id FROM orders a JOIN orders b ON a.id = b.id WHERE a.city = 4')).toBe(100);
  const [left] = (await governed?.stockPool().promise().query('SELECT COUNT(*) AS n FROM orders')) ?? [];
  expect(left).toEqual([{ n: 1_000 }]);
});

it('is not said where it is not sure, or asking might do something', async () => {
  const asked = await start(true);
  const pool = governed?.pool({ connectionLimit: 1, multipleStatements: true }).promise();
  await pool?.query('CREATE TEMPORARY TABLE mine (id INT)');
  for (const sql of [
    'DELETE FROM orders WHERE id = one()',
    'DELETE FROM orders WHERE id = SLEEP(9)',
    'DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE city = 1)',
    'DELETE FROM mine WHERE id = 1',
    'DELETE FROM nowhere WHERE id = 1',
    'DELETE FROM orders WHERE id = 1; DELETE FROM orders WHERE id = 2',
  ]) {
    const before = asked.length;
    await expect(pool?.query(sql)).rejects.toBeDefined();
    for (const request of asked.slice(before)) expect(request.statements[0]?.estimatedRows, sql).toBeUndefined();
  }
  expect(asked.length).toBeGreaterThan(3);
});

it('is not said where nobody knows what a table is, or a function does', async () => {
  const asked = await start(true, false);
  const pool = governed?.pool({ connectionLimit: 1 }).promise();
  await expect(pool?.query('DELETE FROM orders WHERE id = 7')).rejects.toMatchObject({ errno: 1227 });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.statements[0]?.estimatedRows).toBeUndefined();
});

it('is not asked for where nobody wishes it', async () => {
  const asked = await start(false);
  const pool = governed?.pool({ connectionLimit: 1 }).promise();
  await expect(pool?.query('DELETE FROM orders WHERE id = 7')).rejects.toMatchObject({ errno: 1227 });
  expect(asked[0]?.statements).toMatchObject([{ operation: 'DELETE' }]);
  expect(asked[0]?.statements[0]?.estimatedRows).toBeUndefined();
});
