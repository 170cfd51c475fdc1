import { type Generated, Kysely, MysqlDialect } from 'kysely';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../../governed/index.js';
import { SHOP, tryShop } from './shop.js';

interface Schema {
  customers: { id: Generated<number>; name: string; email: string | null; city: string | null };
}

let governed: Governed;
let db: Kysely<Schema>;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  db = new Kysely<Schema>({ dialect: new MysqlDialect({ pool: governed.pool({ connectionLimit: 2 }) }) });
});
afterAll(() => governed.close());

it('Kysely works on a governed pool', async () => {
  await tryShop(governed, {
    byId: (id) => db.selectFrom('customers').select(['name', 'email']).where('id', '=', id).executeTakeFirstOrThrow(),
    add: (name, city) => db.insertInto('customers').values({ name, city }).execute(),
    inCity: async (city) =>
      (await db.selectFrom('customers').select('name').where('city', '=', city).execute()).map(({ name }) => name),
    move: (id, city, fails) =>
      db.transaction().execute(async (transaction) => {
        await transaction.updateTable('customers').set({ city }).where('id', '=', id).execute();
        if (fails) throw new Error('undo');
      }),
    clear: () => db.deleteFrom('customers').execute(),
  });
});

it('Kysely streams through it', async () => {
  const names: string[] = [];
  for await (const { name } of db.selectFrom('customers').select('name').orderBy('id').stream()) names.push(name);
  expect(names).toEqual(['Ada', 'Bob', 'Cleo']);
});
