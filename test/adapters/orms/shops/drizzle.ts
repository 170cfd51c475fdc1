import { eq } from 'drizzle-orm';
import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { drizzle } from 'drizzle-orm/mysql2';
import type { Pool } from 'mysql2';
import type { Pool as PromisePool } from 'mysql2/promise';
import type { Shop } from './shop.js';

const customers = mysqlTable('customers', {
  id: int('id').primaryKey().autoincrement(),
  name: varchar('name', { length: 64 }).notNull(),
  email: varchar('email', { length: 128 }),
  city: varchar('city', { length: 40 }),
});

/** The shop with Drizzle. */
export function drizzleShop(client: Pool | PromisePool): Shop {
  const db = drizzle({ client });
  return {
    async byId(id) {
      const [row] = await db.select().from(customers).where(eq(customers.id, id));
      if (row === undefined) throw new Error('no such customer');
      return row;
    },
    add: async (name, city) => db.insert(customers).values({ name, city }),
    inCity: async (city) => db.select().from(customers).where(eq(customers.city, city)),
    move: (id, city, fails) =>
      db.transaction(async (transaction) => {
        await transaction.update(customers).set({ city }).where(eq(customers.id, id));
        if (fails) throw new Error('undo');
      }),
    clear: async () => db.delete(customers),
  };
}
