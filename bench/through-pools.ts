import type { Durability } from 'countersign';
import type { PoolOptions } from 'mysql2/promise';
import { type PoolClient, startClient } from './client-process.js';
import { startClientStage } from './client-stage.js';
import { compare, type Comparison } from './compare.js';
import type { Streamed } from './round.js';

const ROWS = 1_000;
const SCHEMA = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128), city VARCHAR(40), total DECIMAL(10,2))',
  `INSERT INTO customers VALUES ${Array.from({ length: ROWS + 100 }, (_, id) => `(${id}, 'name of ${id}', 'someone${id}@example.test', 'Town ${id % 50}', ${id}.75)`).join(',')}`,
  'CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), price DECIMAL(10,2))',
  ...Array.from({ length: 100 }, (_, id) => `INSERT INTO items VALUES (${id}, 'item ${id}', ${id}.50)`),
];

/** What is run, through one or several connections. */
interface Scenario {
  readonly name: string;
  /** With one parameter, from 0 to 99. */
  readonly sql: string;
  /** How many statements are awaited at a time. */
  readonly inFlight: readonly number[];
  /** Of so many statements of a round, one is run. */
  readonly share: number;
}

const OF_A_THOUSAND = `FROM customers WHERE id >= ? ORDER BY id LIMIT ${ROWS}`;
const POINT_SELECT = { sql: 'SELECT id, label, price FROM items WHERE id = ?' };
const scenarios: readonly Scenario[] = [
  { name: 'point select', ...POINT_SELECT, inFlight: [1, 16], share: 1 },
  { name: '1,000 rows', sql: `SELECT id, name, city, total, id AS again ${OF_A_THOUSAND}`, inFlight: [1], share: 25 },
  { name: '1,000 rows, masked', sql: `SELECT id, name, email, city, total ${OF_A_THOUSAND}`, inFlight: [1], share: 25 },
];

/** 1,210,000 rows, more than 1 GB. */
const LARGE = "SELECT a.email, CONCAT(b.name, REPEAT('x', 880)) AS note FROM customers AS a JOIN customers AS b";

/** What the benches of a pool found. */
export interface PoolFigures {
  readonly comparisons: readonly Comparison[];
  /** Durability `disk` beside `os`, in the place of the stock driver. */
  readonly durable: Comparison;
  /** A result of more than 1 GB, with a masked column, that is streamed. */
  readonly large: { readonly stock: Streamed; readonly governed: Streamed };
}

/**
 * Selects through mysql2's pool, stock and governed, each client a process of its own. Governed means: identity, task, default rules, a masked
 * column in the schema, journal at `os`, delivery over HTTP with gzip to a receiver that acknowledges.
 */
export async function throughPools(options: { rounds: number; statements: number }): Promise<PoolFigures> {
  const stage = await startClientStage(SCHEMA, 'customers.email');
  const connection = stage.connection as PoolOptions;
  const stock = await startClient({ connection });
  const startGovernedClient = (durability: Durability): Promise<PoolClient> =>
    startClient({ connection, governor: stage.governor(`journal-${durability}`, durability) });
  const governed = await startGovernedClient('os');
  const results: Comparison[] = [];
  for (const { name, sql, inFlight: widths, share } of scenarios) {
    for (const inFlight of widths) {
      for (const method of ['query', 'execute'] as const) {
        const order = { sql, method, statements: Math.ceil(options.statements / share), inFlight };
        results.push(await compare(`${name}, ${method}`, [stock, governed], order, options.rounds));
      }
    }
  }
  const disk = await startGovernedClient('disk');
  const order = { ...POINT_SELECT, method: 'query' as const, statements: options.statements, inFlight: 16 };
  const durable = await compare('point select, disk by os', [governed, disk], order, options.rounds);
  await disk.stop();
  const large = { stock: await stock.stream({ stream: LARGE }), governed: await governed.stream({ stream: LARGE }) };
  await Promise.all([stock.stop(), governed.stop()]);
  await stage.stop();
  return { comparisons: results, durable, large };
}
