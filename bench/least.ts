import type { PoolOptions } from 'mysql2/promise';
import { startClient } from './client-process.js';
import { startClientStage } from './client-stage.js';
import { cpuResult, runPairs, throughputResult } from './compare.js';
import type { Result } from './report/result.js';
import type { BenchOptions, Scenario } from './scenario.js';

const SCHEMA = [
  'CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), price DECIMAL(10,2))',
  `INSERT INTO items VALUES ${Array.from({ length: 100 }, (_, id) => `(${id}, 'item ${id}', ${id}.50)`).join()}`,
  'CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(128))',
];
const SQL = 'SELECT id, label, price FROM items WHERE id = ?';

/** The scenario. */
export const least: Scenario = {
  name: 'least',
  about: 'a point select with the least that an attributed record elsewhere takes, by stock, and governed by that',
  run: throughLeast,
};

/**
 * Where the limit is: mysql2's pool, stock; the same with a task, a comment, lines on the disk and records that another thread hashes, compresses and posts,
 * but none of Countersign's code; and governed.
 */
async function throughLeast({ rounds, statements }: BenchOptions): Promise<readonly Result[]> {
  const stage = await startClientStage(SCHEMA, ['customers.email']);
  const connection = stage.connection as PoolOptions;
  const stock = await startClient({ connection });
  const unread = await startClient({ connection, least: stage.least('least') });
  const governed = await startClient({ connection, governor: stage.governor('journal', 'os') });
  const results: Result[] = [];
  for (const inFlight of [1, 16]) {
    for (const method of ['query', 'execute'] as const) {
      const order = { sql: SQL, method, statements, inFlight };
      const name = `${method}, ${inFlight} in flight`;
      const byStock = await runPairs([stock, unread], order, rounds);
      const byLeast = await runPairs([unread, governed], order, rounds);
      results.push(
        cpuResult(['least', `the least, ${name}`], byStock, 'stock'),
        throughputResult(['least', `the least, ${name}`], byStock, 'stock'),
        cpuResult(['least', `governed, ${name}`], byLeast, 'the least'),
      );
    }
  }
  await Promise.all([stock.stop(), unread.stop(), governed.stop()]);
  await stage.stop();
  return results;
}
