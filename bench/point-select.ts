import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolOptions } from 'mysql2/promise';
import { startDatabase } from '../test/database/index.js';
import { createSchema } from '../test/database/schema.js';
import { startAgents } from '../test/governed/agents.js';
import { startClient } from './client-process.js';
import { compare, type Comparison } from './compare.js';
import { startReceiver } from './receiver-process.js';

const SCHEMA = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128))',
  'CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), price DECIMAL(10,2))',
  ...Array.from({ length: 100 }, (_, id) => `INSERT INTO items VALUES (${id}, 'item ${id}', ${id}.50)`),
];

/**
 * A point select through mysql2's pool, stock and governed, each client a process of its own. Governed means: identity, task, default
 * rules, a masked column in the schema, journal at `os`, delivery over HTTP with gzip to a receiver that acknowledges.
 */
export async function pointSelect(options: { rounds: number; statements: number }): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const database = await startDatabase();
  const schema = await createSchema(database, SCHEMA);
  const receiver = await startReceiver();
  const agents = await startAgents();
  const setup = {
    connection: schema.connection as PoolOptions,
    sql: 'SELECT id, label, price FROM items WHERE id = ?',
  };
  const stock = await startClient(setup);
  const governed = await startClient({
    ...setup,
    governor: {
      credentials: agents.credentials('anna'),
      maskedColumn: `${schema.name}.customers.email`,
      journal: join(directory, 'journal'),
      receiver: receiver.url,
    },
  });
  const results: Comparison[] = [];
  for (const inFlight of [1, 16]) {
    for (const method of ['query', 'execute'] as const) {
      const order = { method, statements: options.statements, inFlight };
      results.push(await compare(`point select, ${method}`, [stock, governed], order, options.rounds));
    }
  }
  await Promise.all([stock.stop(), governed.stop()]);
  await agents.stop();
  await receiver.stop();
  await schema.drop();
  await database.stop();
  await rm(directory, { recursive: true, force: true });
  return results;
}
