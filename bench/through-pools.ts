import type { Durability } from 'countersign';
import type { PoolOptions } from 'mysql2/promise';
import { type PoolClient, startClient } from './client-process.js';
import { startClientStage } from './client-stage.js';
import { cpuResult, runPairs, throughputResult } from './compare.js';
import { type Pair, pairedResult } from './report/paired-result.js';
import type { Goal, Result } from './report/result.js';
import { spreadOf } from './report/spread.js';
import type { Streamed } from './round.js';
import type { BenchOptions, Scenario } from './scenario.js';

const ROWS = 1_000;
const SCHEMA = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128), city VARCHAR(40), total DECIMAL(10,2))',
  `INSERT INTO customers VALUES ${Array.from({ length: ROWS + 100 }, (_, id) => `(${id}, 'name of ${id}', 'someone${id}@example.test', 'Town ${id % 50}', ${id}.75)`).join(',')}`,
  'CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), price DECIMAL(10,2))',
  ...Array.from({ length: 100 }, (_, id) => `INSERT INTO items VALUES (${id}, 'item ${id}', ${id}.50)`),
];

/** What is run, through one or several connections. */
interface Selection {
  readonly name: string;
  /** With one parameter, from 0 to 99. */
  readonly sql: string;
  /** How many statements are awaited at a time. */
  readonly inFlight: readonly number[];
  /** Of so many statements of a round, one is run. */
  readonly share: number;
  /** Goal of its CPU, governed by stock. */
  readonly mostTimes: number;
}

const OF_A_THOUSAND = `FROM customers WHERE id >= ? ORDER BY id LIMIT ${ROWS}`;
const POINT_SELECT = { sql: 'SELECT id, label, price FROM items WHERE id = ?' };
const THOUSAND = { inFlight: [1], share: 25 };
const selections: readonly Selection[] = [
  { name: 'point select', ...POINT_SELECT, inFlight: [1, 16], share: 1, mostTimes: 1.6 },
  {
    ...{ name: '1,000 rows', ...THOUSAND, mostTimes: 1.1 },
    sql: `SELECT id, name, city, total, id AS again ${OF_A_THOUSAND}`,
  },
  {
    ...{ name: '1,000 rows, masked', ...THOUSAND, mostTimes: 1.3 },
    sql: `SELECT id, name, email, city, total ${OF_A_THOUSAND}`,
  },
];

/** 1,210,000 rows, more than 1 GB. */
const LARGE = "SELECT a.email, CONCAT(b.name, REPEAT('x', 880)) AS note FROM customers AS a JOIN customers AS b";

const MEMORY = { scenario: 'pools', unit: 'MB' } as const;
const MOST_MEMORY: Goal = { of: 'measured', is: 'at most', limit: 64 };

/** The scenario. */
export const pools: Scenario = {
  name: 'pools',
  about: "mysql2's promise pool, stock and governed: point selects, 1,000 rows, masks, durability, a large result",
  run: throughPools,
};

/**
 * Selects through mysql2's pool, stock and governed, each client a process of its own. Governed means: identity, task, default rules, a masked
 * column in the schema, journal at `os`, delivery over HTTP with gzip to a receiver that acknowledges.
 */
async function throughPools({ rounds, statements }: BenchOptions): Promise<readonly Result[]> {
  const stage = await startClientStage(SCHEMA, ['customers.email']);
  const connection = stage.connection as PoolOptions;
  const stock = await startClient({ connection });
  const startGovernedClient = (durability: Durability): Promise<PoolClient> =>
    startClient({ connection, governor: stage.governor(`journal-${durability}`, durability) });
  const governed = await startGovernedClient('os');
  const results: Result[] = [];
  for (const { name, sql, inFlight: widths, share, mostTimes } of selections) {
    for (const inFlight of widths) {
      for (const method of ['query', 'execute'] as const) {
        const order = { sql, method, statements: Math.ceil(statements / share), inFlight };
        const pairs = await runPairs([stock, governed], order, rounds);
        const named = ['pools', `${name}, ${method}, ${inFlight} in flight`] as const;
        results.push(cpuResult(named, pairs, 'stock', mostTimes), throughputResult(named, pairs, 'stock'));
      }
    }
  }
  const disk = await startGovernedClient('disk');
  const order = { ...POINT_SELECT, method: 'query' as const, statements, inFlight: 16 };
  const named = ['pools', 'point select, durability disk, 16 in flight'] as const;
  results.push(throughputResult(named, await runPairs([governed, disk], order, rounds), 'os', 0.6));
  await disk.stop();
  results.push(...(await throughStreams([stock, governed], Math.ceil(rounds / 3))));
  await Promise.all([stock.stop(), governed.stop()]);
  await stage.stop();
  return results;
}

/** A result of more than 1 GB, with a masked column, that is streamed. */
async function throughStreams(
  [stock, governed]: readonly [PoolClient, PoolClient],
  rounds: number,
): Promise<readonly Result[]> {
  const pairs: (readonly [Streamed, Streamed])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pairs.push([await stock.stream({ stream: LARGE }), await governed.stream({ stream: LARGE })]);
  }
  const values = (of: (streamed: Streamed) => number): readonly Pair[] =>
    pairs.map(([a, b]) => [of(a), of(b)] as const);
  const rate = values(({ bytes, seconds }) => bytes / 2 ** 20 / seconds);
  const [stockGrowth, growth] = [0, 1].map((side) => pairs.map((pair) => pair[side as 0 | 1].growth / 2 ** 20));
  return [
    pairedResult(['pools', '1 GB streamed, masked: MB'], rate, { unit: '/s', by: 'stock' }),
    { ...MEMORY, name: '1 GB streamed, stock: memory more', measured: spreadOf(stockGrowth ?? []) },
    { ...MEMORY, name: '1 GB streamed, masked: memory more', measured: spreadOf(growth ?? []), goal: MOST_MEMORY },
  ];
}
