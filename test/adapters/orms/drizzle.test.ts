import { eq } from 'drizzle-orm';
import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../../governed/index.js';
import { type Shop, SHOP, tryShop } from './shop.js';

const customers = mysqlTable('customers', {
  id: int('id').primaryKey().autoincrement(),
  name: varchar('name', { length: 64 }).notNull(),
  email: varchar('email', { length: 128 }),
  city: varchar('city', { length: 40 }),
});

function shopOf(db: MySql2Database): Shop {
  return {
    async byId(id) {
      const [row] = await db.select().from(customers).where(eq(customers.id, id));
      if (row === undefined) throw new Error('no such customer');
      return row;
    },
    add: async (name, city) => db.insert(customers).values({ name, city }),
    inCity: async (city) =>
      (await db.select({ name: customers.name }).from(customers).where(eq(customers.city, city))).map(
        ({ name }) => name,
      ),
    move: (id, city, fails) =>
      db.transaction(async (transaction) => {
        await transaction.update(customers).set({ city }).where(eq(customers.id, id));
        if (fails) throw new Error('undo');
      }),
    clear: async () => db.delete(customers),
  };
}

describe('Drizzle works on a governed pool', () => {
  for (const kind of ['callback', 'promise'] as const) {
    let governed: Governed;
    beforeAll(async () => {
      governed = await startGoverned(inject('database'), SHOP);
    });
    afterAll(() => governed.close());

    it(kind, async () => {
      const pool = governed.pool({ connectionLimit: 2 });
      await tryShop(governed, shopOf(drizzle({ client: kind === 'promise' ? pool.promise() : pool })));
    });
  }
});
