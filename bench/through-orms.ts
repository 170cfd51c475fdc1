import { startOrmClient } from './client-process.js';
import { startClientStage } from './client-stage.js';
import { cpuResult, runPairs, throughputResult } from './compare.js';
import type { Library } from './orm-client.js';
import type { Result } from './report/result.js';
import type { OrmRoundOrder } from './round.js';
import type { BenchOptions, Scenario } from './scenario.js';

const CUSTOMERS = Array.from(
  { length: 2_000 },
  (_, id) =>
    `(${id + 1}, 'name of ${id}', 'someone${id}@example.test', '${id < 1_000 ? 'Town' : 'Village'} ${id % 50}')`,
);
const SCHEMA = [
  `CREATE TABLE customers (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(64) NOT NULL, email VARCHAR(128), city VARCHAR(40), KEY (city))`,
  `INSERT INTO customers VALUES ${CUSTOMERS.join(',')}`,
  'CREATE TABLE staff (id INT PRIMARY KEY, email VARCHAR(128))',
];
const LIBRARIES: readonly Library[] = ['knex', 'Kysely', 'Drizzle', 'TypeORM', 'Sequelize', 'MikroORM'];
const QUERIES: readonly OrmRoundOrder['query'][] = ['point select', '20 rows', 'insert', 'update in a transaction'];
const IN_FLIGHT = [1, 16];
/** Of so many statements of a round of the pools, one query of an ORM is run. */
const SHARE = 2;
const MOST_TIMES = 1.2;

/** The scenario. */
export const orms: Scenario = {
  name: 'orms',
  about: 'six query builders and ORMs, stock and governed',
  run: throughOrms,
};

/** What query builders and ORMs are asked most, stock and governed as the pools are: each client a process of its own. The masked column is of another table. */
async function throughOrms(options: BenchOptions): Promise<readonly Result[]> {
  const stage = await startClientStage(SCHEMA, ['staff.email']);
  const times = Math.ceil(options.statements / SHARE);
  const results: Result[] = [];
  for (const library of LIBRARIES) {
    const setup = { library, connection: stage.connection, connections: Math.max(...IN_FLIGHT) };
    const stock = await startOrmClient(setup);
    const governed = await startOrmClient({ ...setup, governor: stage.governor(library, 'os') });
    // Either has run all of them before, as a program has.
    for (const query of QUERIES) {
      const order = { query, times, inFlight: 1 };
      await stock.run(order);
      await governed.run(order);
    }
    for (const query of QUERIES) {
      for (const inFlight of IN_FLIGHT) {
        const pairs = await runPairs([stock, governed], { query, times, inFlight }, options.rounds);
        const named = ['orms', `${library}, ${query}, ${inFlight} in flight`] as const;
        results.push(cpuResult(named, pairs, 'stock', MOST_TIMES), throughputResult(named, pairs, 'stock'));
      }
    }
    await Promise.all([stock.stop(), governed.stop()]);
  }
  await stage.stop();
  return results;
}
