import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createGovernor, type Governor, httpTransport, maskColumn, withTask } from 'countersign';
import { govern } from 'countersign/mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import { startCollectorProcess } from '../examples/demo/collector-process.js';
import { signIn } from '../examples/demo/sign-in.js';
import { startDatabase } from '../test/database/index.js';
import { createSchema } from '../test/database/schema.js';
import { startAgents } from '../test/governed/agents.js';
import { compare, type Comparison, type Variant } from './measure.js';

const SCHEMA = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128))',
  'CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), price DECIMAL(10,2))',
  ...Array.from({ length: 100 }, (_, id) => `INSERT INTO items VALUES (${id}, 'item ${id}', ${id}.50)`),
];
const TOKEN = 'token-of-the-bench';
const SQL = 'SELECT id, label, price FROM items WHERE id = ?';

/** Waits until everything that was recorded is delivered. */
async function drained(governor: Governor): Promise<void> {
  for (;;) {
    const { openIntents, transports } = governor.trail.stats();
    if (openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0)) return;
    await setTimeout(2);
  }
}

/**
 * A point select through mysql2's pool, stock and governed: identity, task, default rules, a masked column in the schema, journal at
 * `os`, delivery over HTTP with gzip to a collector in a process of its own. The governed rounds pay for their delivery.
 */
export async function pointSelect(options: { rounds: number; statements: number }): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const database = await startDatabase();
  const schema = await createSchema(database, SCHEMA);
  const collector = await startCollectorProcess(join(directory, 'collector'), TOKEN, 0);
  const agents = await startAgents();
  const governor = await createGovernor({
    identity: await signIn(agents.credentials('anna')),
    masks: [maskColumn(`${schema.name}.customers.email`, 'email')],
    audit: {
      directory: join(directory, 'journal'),
      transports: [httpTransport({ url: `${collector.url}/v1/records`, token: TOKEN })],
    },
  });
  const results: Comparison[] = [];
  for (const inFlight of [1, 16]) {
    const connection = { ...schema.connection, connectionLimit: inFlight } as PoolOptions;
    const stock = createPool(connection);
    const governed = govern(createPool(connection), governor);
    const variant = (name: string, pool: Pool, method: 'query' | 'execute', settle: () => Promise<void>): Variant => ({
      name,
      run: (index) => (method === 'query' ? pool.query(SQL, [index % 100]) : pool.execute(SQL, [index % 100])),
      settle,
    });
    for (const method of ['query', 'execute'] as const) {
      const pair = [
        variant('stock', stock, method, () => Promise.resolve()),
        variant('governed', governed, method, () => drained(governor)),
      ] as const;
      results.push(await withTask('bench', () => compare(`point select, ${method}`, pair, { ...options, inFlight })));
    }
    await Promise.all([stock.end(), governed.end()]);
  }
  await governor.close();
  await agents.stop();
  await collector.kill();
  await schema.drop();
  await database.stop();
  await rm(directory, { recursive: true, force: true });
  return results;
}
