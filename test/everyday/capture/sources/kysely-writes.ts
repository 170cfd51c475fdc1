import { sql, type Kysely } from 'kysely';
import type { Shop } from './kysely-schema.js';

/** Writes as applications make them with Kysely. */
export function writesOf(db: Kysely<Shop>): readonly (() => unknown)[] {
  const ann = { first_name: 'Ann', last_name: 'Lee', email: 'ann@x.org' };
  return [
    () =>
      db
        .insertInto('person')
        .values({ id: 1, ...ann })
        .executeTakeFirst(),
    () =>
      db
        .insertInto('person')
        .values([{ first_name: 'Bob' }, { first_name: 'Cid', last_name: "O'Neil" }])
        .execute(),
    () => db.insertInto('person').ignore().values(ann).execute(),
    () =>
      db
        .insertInto('person')
        .values({ ...ann, children: (is) => is.selectFrom('pet').select(({ fn }) => fn.countAll<number>().as('n')) })
        .ignore()
        .execute(),
    () => db.insertInto('person').values(ann).onDuplicateKeyUpdate({ last_name: 'Ray' }).execute(),
    () =>
      db
        .insertInto('person')
        .values(ann)
        .onDuplicateKeyUpdate({ last_name: sql`values(last_name)`, children: sql`children + 1` })
        .execute(),
    () =>
      db
        .insertInto('person')
        .columns(['first_name', 'last_name'])
        .expression((from) => from.selectFrom('person').select(['first_name', 'last_name']).where('id', '=', 1))
        .execute(),
    () =>
      db
        .insertInto('pet')
        .values([
          { name: 'Rex', owner_id: 1, species: 'dog' },
          { name: 'Tom', owner_id: 1, species: 'cat' },
        ])
        .execute(),
    () => db.replaceInto('toy').values({ id: 1, name: 'ball', price: 2, pet_id: 1 }).execute(),
    () =>
      db
        .insertInto('visit')
        .values({ pet_id: 1, visited_at: sql`now(6)`, reason: null, cost: 12.5 })
        .execute(),
    () => db.insertInto('visit').defaultValues().compile(),
    () => db.updateTable('person').set({ last_name: 'Lee' }).where('id', '=', 1).executeTakeFirst(),
    () =>
      db
        .updateTable('person')
        .set((is) => ({ children: is('children', '+', 1), last_name: is.ref('first_name') }))
        .where('id', '=', 1)
        .execute(),
    () =>
      db
        .updateTable('person')
        .set('settings', sql`json_set(coalesce(settings, '{}'), '$.theme', ${'dark'})`)
        .where('id', '=', 1)
        .execute(),
    () =>
      db
        .updateTable('person')
        .set({
          last_name: (is) => is.selectFrom('pet').select('name').whereRef('pet.owner_id', '=', 'person.id').limit(1),
        })
        .where('id', '=', 1)
        .execute(),
    () =>
      db
        .updateTable(['person', 'pet'])
        .set('person.first_name', 'Ann')
        .whereRef('pet.owner_id', '=', 'person.id')
        .where('pet.id', '=', 1)
        .execute(),
    () =>
      sql`update person inner join pet on pet.owner_id = person.id set person.first_name = ${'Ann'} where pet.name = ${'Rex'}`.execute(
        db,
      ),
    () => db.updateTable('person').set({ gender: null }).where('id', '>', 5).orderBy('id').limit(2).execute(),
    () => db.deleteFrom('toy').where('id', '=', 7).executeTakeFirst(),
    () => db.deleteFrom('toy').where('price', '<', 1).orderBy('id').limit(5).execute(),
    () =>
      db
        .deleteFrom('toy')
        .using('toy')
        .innerJoin('pet', 'pet.id', 'toy.pet_id')
        .where('pet.name', '=', 'Tom')
        .execute(),
    () =>
      db
        .deleteFrom(['toy'])
        .using(['toy', 'pet'])
        .whereRef('toy.pet_id', '=', 'pet.id')
        .where('pet.species', '=', 'cat')
        .execute(),
    () =>
      db
        .deleteFrom('toy')
        .where('pet_id', 'in', (from) => from.selectFrom('pet').select('id').where('name', '=', 'x'))
        .execute(),
    () =>
      db
        .with('old', (from) => from.selectFrom('visit').select('id').where('visited_at', '<', '2000-01-01'))
        .deleteFrom('visit')
        .where('id', 'in', (from) => from.selectFrom('old').select('old.id'))
        .execute(),
    () =>
      db
        .with('c', (from) => from.selectFrom('pet').select('owner_id'))
        .updateTable('person')
        .set({ children: 1 })
        .where('id', 'in', (from) => from.selectFrom('c').select('c.owner_id'))
        .execute(),
  ];
}

/** Transactions, savepoints and locking reads. */
export function transactionsOf(db: Kysely<Shop>): readonly (() => unknown)[] {
  return [
    () =>
      db.transaction().execute(async (trx) => {
        await trx.selectFrom('person').selectAll().where('id', '=', 1).forUpdate().execute();
        await trx.selectFrom('pet').select('id').limit(1).forUpdate().skipLocked().execute();
        await trx.selectFrom('pet').select('id').where('id', '=', 1).forUpdate().noWait().execute();
        await trx
          .selectFrom('pet')
          .select('id')
          .where('id', '=', 1)
          .modifyEnd(sql`lock in share mode`)
          .execute();
        await trx.updateTable('pet').set({ name: 'Max' }).where('id', '=', 1).execute();
      }),
    () =>
      db.transaction().execute((trx) => trx.selectFrom('person').select('id').where('id', '=', 1).forShare().execute()),
    () =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute((trx) => trx.selectFrom('pet').select('id').execute()),
    () =>
      db
        .transaction()
        .setAccessMode('read only')
        .execute((trx) => trx.selectFrom('toy').select('id').execute()),
    async () => {
      const trx = await db.startTransaction().execute();
      const saved = await trx.savepoint('before_pet').execute();
      await saved.selectFrom('pet').select('id').execute();
      await saved.rollbackToSavepoint('before_pet').execute();
      await saved.releaseSavepoint('before_pet').execute();
      await trx.rollback().execute();
    },
    () => db.connection().execute((connection) => sql`set session group_concat_max_len = 100000`.execute(connection)),
  ];
}
