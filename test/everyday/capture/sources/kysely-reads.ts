import { sql, type Kysely } from 'kysely';
import { jsonArrayFrom, jsonBuildObject, jsonObjectFrom } from 'kysely/helpers/mysql';
import type { Shop } from './kysely-schema.js';

/** Reads as applications write them with Kysely. */
export function readsOf(db: Kysely<Shop>): readonly (() => unknown)[] {
  const people = db.selectFrom('person');
  const pets = db.selectFrom('pet');
  return [
    () => people.selectAll().execute(),
    () => people.select(['id', 'first_name as given']).where('id', '=', 1).executeTakeFirst(),
    () => people.select('id').where('first_name', 'like', 'A%').where('children', '>=', 1).execute(),
    () =>
      people
        .selectAll()
        .where((is) => is.or([is('gender', '=', 'female'), is('last_name', 'is', null)]))
        .execute(),
    () =>
      people
        .selectAll()
        .where((is) => is.and([is.not(is('id', 'in', [1, 2, 3])), is.between('children', 0, 3)]))
        .execute(),
    () => people.selectAll().where('email', 'is not', null).where('id', 'not in', [9]).execute(),
    () => people.select((is) => is.fn.countAll<number>().as('n')).executeTakeFirst(),
    () =>
      people
        .select(({ fn }) => [
          fn.count('id').distinct().as('n'),
          fn.max('children').as('most'),
          fn.avg('children').as('mean'),
          fn.min('id').as('least'),
        ])
        .execute(),
    () =>
      people
        .select(['gender', ({ fn }) => fn.sum('children').as('s')])
        .groupBy('gender')
        .having(({ fn }) => fn.count('id'), '>', 1)
        .execute(),
    () => people.select(({ fn }) => fn.coalesce('last_name', sql<string>`'none'`).as('name')).execute(),
    () => people.innerJoin('pet', 'pet.owner_id', 'person.id').select(['person.id', 'pet.name as pet_name']).execute(),
    () =>
      people
        .leftJoin('pet as p', (join) => join.onRef('p.owner_id', '=', 'person.id').on('p.species', '=', 'dog'))
        .select(['person.id', 'p.id as pet'])
        .execute(),
    () => people.rightJoin('pet', 'pet.owner_id', 'person.id').selectAll('pet').execute(),
    () => people.crossJoin('pet').select(['person.id', 'pet.id as other']).execute(),
    () =>
      people
        .innerJoin(
          (from) =>
            from
              .selectFrom('pet')
              .select(['owner_id', ({ fn }) => fn.countAll().as('n')])
              .groupBy('owner_id')
              .as('c'),
          (join) => join.onRef('c.owner_id', '=', 'person.id'),
        )
        .select(['person.id', 'c.n'])
        .execute(),
    () =>
      people
        .innerJoinLateral(
          (from) =>
            from.selectFrom('pet').select('name as pn').whereRef('pet.owner_id', '=', 'person.id').limit(1).as('l'),
          (join) => join.onTrue(),
        )
        .select(['person.id', 'l.pn'])
        .execute(),
    () =>
      people
        .select((is) => [
          'id',
          is
            .selectFrom('pet')
            .select(({ fn }) => fn.count('pet.id').as('n'))
            .whereRef('pet.owner_id', '=', 'person.id')
            .as('pets'),
        ])
        .execute(),
    () =>
      people
        .selectAll()
        .where(({ exists, selectFrom }) =>
          exists(selectFrom('pet').select('pet.id').whereRef('pet.owner_id', '=', 'person.id')),
        )
        .execute(),
    () =>
      people
        .selectAll()
        .where('id', 'in', (from) => from.selectFrom('pet').select('owner_id').where('species', '=', 'cat'))
        .execute(),
    () => people.select('id').orderBy('created_at', 'desc').orderBy('id').limit(10).offset(20).execute(),
    () =>
      people
        .select('id')
        .orderBy(sql`last_name is null`)
        .orderBy('last_name', 'asc')
        .execute(),
    () => people.select('last_name').distinct().execute(),
    () =>
      people
        .select((is) =>
          is
            .case()
            .when('children', '=', 0)
            .then('none')
            .when('children', '<', 3)
            .then('few')
            .else('many')
            .end()
            .as('kind'),
        )
        .execute(),
    () => people.select((is) => is.case('gender').when('male').then(1).else(0).end().as('g')).execute(),
    () =>
      people
        .select((is) =>
          jsonArrayFrom(
            is
              .selectFrom('pet')
              .select(['pet.id', 'pet.name'])
              .whereRef('pet.owner_id', '=', 'person.id')
              .orderBy('pet.name'),
          ).as('pets'),
        )
        .execute(),
    () =>
      people
        .select((is) =>
          jsonObjectFrom(
            is.selectFrom('pet').select(['pet.id', 'pet.name']).whereRef('pet.owner_id', '=', 'person.id').limit(1),
          ).as('pet'),
        )
        .execute(),
    () =>
      people
        .select((is) =>
          jsonBuildObject({
            first: is.ref('first_name'),
            full: is.fn('concat', ['first_name', sql.lit(' '), 'last_name']),
          }).as('o'),
        )
        .execute(),
    () =>
      people
        .select((is) =>
          is
            .ref('settings', '->$')
            .key('theme' as never)
            .as('theme'),
        )
        .execute(),
    () =>
      people
        .select(sql<string>`settings->>'$.theme'`.as('theme'))
        .where(sql<string>`json_extract(settings, '$.size')`, '>', '3')
        .execute(),
    () =>
      pets
        .select([
          'name',
          (is) =>
            is.fn
              .agg<number>('row_number')
              .over((over) => over.partitionBy('species').orderBy('name', 'desc'))
              .as('rn'),
        ])
        .execute(),
    () =>
      pets
        .select([
          'id',
          ({ fn }) =>
            fn
              .agg<number>('rank')
              .over((over) => over.orderBy('owner_id'))
              .as('r'),
        ])
        .execute(),
    () =>
      db
        .with('dogs', (from) => from.selectFrom('pet').selectAll().where('species', '=', 'dog'))
        .selectFrom('dogs')
        .select('name')
        .execute(),
    () =>
      db
        .with('a(n)', (from) => from.selectFrom('person').select('id as n'))
        .with('b', (from) => from.selectFrom('a').selectAll())
        .selectFrom('b')
        .selectAll()
        .execute(),
    () =>
      db
        .withRecursive('counter(n)', (from) =>
          from.selectNoFrom(sql<number>`1`.as('n')).unionAll(
            from
              .selectFrom('counter')
              .select(sql<number>`n + 1`.as('n'))
              .where('n', '<', 5),
          ),
        )
        .selectFrom('counter')
        .selectAll()
        .execute(),
    () => people.select('first_name as name').union(pets.select('name')).execute(),
    () =>
      people
        .select('id')
        .unionAll((from) => from.parens(from.selectFrom('pet').select('id').limit(2)))
        .orderBy('id')
        .execute(),
    () => people.select('id').intersect(pets.select('owner_id as id')).execute(),
    () => people.select('id').except(pets.select('owner_id as id')).execute(),
    () => db.selectNoFrom(sql`version()`.as('v')).execute(),
    () =>
      db
        .selectFrom(people.select('id').where('children', '>', 0).as('parents'))
        .selectAll()
        .execute(),
    () =>
      db
        .selectFrom(['person', 'pet'])
        .select(['person.id', 'pet.name'])
        .whereRef('pet.owner_id', '=', 'person.id')
        .execute(),
    () =>
      db
        .selectFrom('visit')
        .select(sql<string>`date_format(visited_at, '%Y-%m')`.as('month'))
        .select(({ fn }) => fn.sum('cost').as('cost'))
        .groupBy(sql`1`)
        .execute(),
    () =>
      db
        .selectFrom('visit')
        .selectAll()
        .where('visited_at', '>', new Date('2026-01-01T00:00:00Z'))
        .where(sql<number>`timestampdiff(day, visited_at, now())`, '<', 30)
        .execute(),
    () =>
      people
        .select('id')
        .modifyFront(sql`sql_no_cache`)
        .execute(),
    () =>
      people
        .select('id')
        .where(sql<boolean>`match(first_name) against (${'ann'})`)
        .compile(),
    () => people.select('id').where('first_name', 'regexp', '^A').execute(),
    () =>
      people
        .select((is) => is.neg('children').as('minus'))
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple('first_name', 'last_name'), 'in', [tuple('Ann', 'Lee'), tuple('Bob', 'Ray')]),
        )
        .execute(),
    () =>
      people
        .select((is) => is('children', '+', 1).as('next'))
        .where('id', '<=>', 1)
        .execute(),
    () =>
      people
        .select(({ fn }) => fn<string>('group_concat', ['first_name']).as('names'))
        .groupBy('gender')
        .execute(),
    () => people.selectAll().explain(),
    () => db.withSchema('shop').selectFrom('person').select('id').execute(),
    () =>
      sql`select ${sql.ref('person.id')}, ${'x'} as x from ${sql.table('person')} where ${sql.ref('id')} = ${1}`.execute(
        db,
      ),
    () => sql`select ${sql.id('shop', 'pet', 'name')} from ${sql.id('shop', 'pet')} limit ${sql.lit(3)}`.execute(db),
    async () => {
      for await (const row of pets.selectAll().stream(10)) void row;
    },
  ];
}
