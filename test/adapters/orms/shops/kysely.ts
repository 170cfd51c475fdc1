import { type Generated, Kysely, MysqlDialect } from 'kysely';
import type { Pool } from 'mysql2';
import type { CustomerRow, Shop } from './shop.js';

/** Kysely's table. */
export interface Schema {
  customers: Omit<CustomerRow, 'id'> & { id: Generated<number> };
}

/** Kysely on a pool. */
export function kyselyOn(pool: Pool): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new MysqlDialect({ pool }) });
}

/** The shop with Kysely. */
export function kyselyShop(db: Kysely<Schema>): Shop {
  return {
    byId: (id) => db.selectFrom('customers').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    add: (name, city) => db.insertInto('customers').values({ name, city }).execute(),
    inCity: (city) => db.selectFrom('customers').selectAll().where('city', '=', city).execute(),
    move: (id, city, fails) =>
      db.transaction().execute(async (transaction) => {
        await transaction.updateTable('customers').set({ city }).where('id', '=', id).execute();
        if (fails) throw new Error('undo');
      }),
    clear: () => db.deleteFrom('customers').execute(),
  };
}
