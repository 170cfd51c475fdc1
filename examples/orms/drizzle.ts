import { withContext } from 'countersign';
import { govern } from 'countersign/mysql2';
import { eq } from 'drizzle-orm';
import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { drizzle } from 'drizzle-orm/mysql2';
import { createPool, type PoolOptions } from 'mysql2/promise';
import { whenOver } from '../stage/play.js';
import { type OrmStage, show, tell } from './stage.js';

const customers = mysqlTable('customers', {
  id: int('id').primaryKey(),
  name: varchar('name', { length: 64 }).notNull(),
  email: varchar('email', { length: 128 }),
  city: varchar('city', { length: 64 }),
});

/** Drizzle on a governed pool. */
export default async function runDrizzle({ schema, governor, agent }: OrmStage): Promise<void> {
  const pool = govern(createPool(schema.connection as PoolOptions), governor);
  whenOver(() => pool.end());
  const db = drizzle({ client: pool });
  await withContext({ identity: agent, task: 'SUP-1042' }, async () => {
    show(await db.select().from(customers).where(eq(customers.city, 'Bern')));
    await db.delete(customers).catch(tell);
  });
}
