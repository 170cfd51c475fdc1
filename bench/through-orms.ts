import { startOrmClient } from './client-process.js';
import { startClientStage } from './client-stage.js';
import { compare, type Comparison } from './compare.js';
import type { Library } from './orm-client.js';
import type { OrmRoundOrder } from './round.js';

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

/** What query builders and ORMs are asked most, stock and governed as the pools are: each client a process of its own. The masked column is of another table. */
export async function throughOrms(options: { rounds: number; statements: number }): Promise<Comparison[]> {
  const stage = await startClientStage(SCHEMA, 'staff.email');
  const times = Math.ceil(options.statements / SHARE);
  const results: Comparison[] = [];
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
        results.push(
          await compare(`${library}, ${query}`, [stock, governed], { query, times, inFlight }, options.rounds),
        );
      }
    }
    await Promise.all([stock.stop(), governed.stop()]);
  }
  await stage.stop();
  return results;
}
