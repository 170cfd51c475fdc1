/**
 * A client process of the bench: a query builder or an ORM runs rounds of one of its queries as its parent orders. One that is governed pays for its delivery.
 *
 * @module
 */
import { knex as mikroKnex } from '@mikro-orm/mysql';
import type { Governor } from 'countersign';
import { govern as governKnex } from 'countersign/knex';
import governedMysql, { govern, setDefaultGovernor } from 'countersign/mysql2';
import knex, { type Knex } from 'knex';
import mysql, { type Pool, type PoolOptions } from 'mysql2';
import { drizzleShop } from '../test/adapters/orms/shops/drizzle.js';
import { knexShop } from '../test/adapters/orms/shops/knex.js';
import { kyselyOn, kyselyShop } from '../test/adapters/orms/shops/kysely.js';
import { mikroOrmShop } from '../test/adapters/orms/shops/mikro-orm.js';
import { sequelizeShop } from '../test/adapters/orms/shops/sequelize.js';
import type { OpenShop, Shop, ShopConnection } from '../test/adapters/orms/shops/shop.js';
import { typeOrmShop } from '../test/adapters/orms/shops/typeorm.js';
import {
  answerOrders,
  createGovernorOf,
  type GovernorSetup,
  measure,
  recordingOf,
  readSetup,
  repeat,
} from './governed-client.js';
import type { OrmRoundOrder, Round } from './round.js';

/** What is measured. */
export type Library = 'knex' | 'Kysely' | 'Drizzle' | 'TypeORM' | 'Sequelize' | 'MikroORM';

/** What the parent gives a client. */
export interface OrmClientSetup {
  readonly library: Library;
  readonly connection: ShopConnection;
  /** Of the library's pool. */
  readonly connections: number;
  /** Left out for the stock driver. */
  readonly governor?: GovernorSetup;
}

const { library, connection, connections, governor: governorSetup } = readSetup<OrmClientSetup>();
const KNEX = { client: 'mysql2', connection: { ...connection }, pool: { min: 0, max: connections } };
const governor = governorSetup === undefined ? undefined : await createGovernorOf(governorSetup);
const shop = await openShop(governor);
let moved = 0;
await answerOrders(runRound);
await shop.close();
await governor?.close();

function runRound({ query, times, inFlight }: OrmRoundOrder): Promise<Round> {
  return measure(recordingOf(governor), times, () => repeat(times, inFlight, (turn) => ask(query, turn)));
}

function ask(query: OrmRoundOrder['query'], turn: number): Promise<unknown> {
  switch (query) {
    case 'point select':
      return shop.byId(1 + (turn % 1_000));
    case '20 rows':
      return shop.inCity(`Town ${turn % 50}`);
    case 'insert':
      return shop.add(`name of ${turn}`, 'elsewhere');
    case 'update in a transaction':
      moved += 1;
      return shop.move(1_001 + (moved % 1_000), `Village ${moved % 7}`, false);
  }
}

async function openShop(by: Governor | undefined): Promise<OpenShop> {
  if (by !== undefined) setDefaultGovernor(by);
  const driver = by === undefined ? mysql : governedMysql;
  switch (library) {
    case 'knex':
      return onKnex(governedBy(knex(KNEX), by));
    case 'Kysely':
      return onPool(poolOf(by), (pool) => kyselyShop(kyselyOn(pool)));
    case 'Drizzle':
      return onPool(poolOf(by), drizzleShop);
    case 'TypeORM':
      return typeOrmShop(driver, connection, connections);
    case 'Sequelize':
      return sequelizeShop(driver, connection, connections);
    case 'MikroORM':
      return mikroOrmShop(governedBy(mikroKnex(KNEX), by), connection.database);
  }
}

function governedBy<Instance extends Parameters<typeof governKnex>[0]>(
  instance: Instance,
  by: Governor | undefined,
): Instance {
  return by === undefined ? instance : governKnex(instance, by);
}

function onKnex(db: Knex): OpenShop {
  return { ...knexShop(db), close: () => db.destroy() };
}

function poolOf(by: Governor | undefined): Pool {
  const pool = mysql.createPool({ ...connection, connectionLimit: connections } as PoolOptions);
  return by === undefined ? pool : govern(pool, by);
}

function onPool(pool: Pool, shopOn: (pool: Pool) => Shop): OpenShop {
  return { ...shopOn(pool), close: () => pool.promise().end() };
}
