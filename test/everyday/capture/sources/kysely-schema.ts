import { Migrator, sql, type Generated, type Kysely, type Migration } from 'kysely';

type When = Generated<Date | string>;

/** The tables as Kysely is told of them. */
export interface Shop {
  person: {
    id: Generated<number>;
    first_name: string;
    last_name: string | null;
    gender: string | null;
    children: Generated<number>;
    email: string | null;
    settings: unknown;
    created_at: When;
  };
  pet: { id: Generated<number>; name: string; owner_id: number; species: 'dog' | 'cat' | 'hamster' };
  toy: { id: Generated<number>; name: string; price: number; pet_id: number };
  visit: {
    id: Generated<number>;
    pet_id: number;
    visited_at: Date | string;
    reason: string | null;
    cost: number | null;
  };
}

/** Makes the tables. */
export async function createShop(db: Kysely<Shop>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('person')
    .addColumn('id', 'integer', (column) => column.autoIncrement().primaryKey())
    .addColumn('first_name', 'varchar(255)', (column) => column.notNull())
    .addColumn('last_name', 'varchar(255)')
    .addColumn('gender', 'varchar(50)', (column) => column.check(sql`gender in ('male', 'female', 'other')`))
    .addColumn('children', 'integer', (column) => column.notNull().defaultTo(0).unsigned())
    .addColumn('email', 'varchar(190)', (column) => column.unique())
    .addColumn('settings', 'json')
    .addColumn('created_at', 'timestamp', (column) => column.defaultTo(sql`CURRENT_TIMESTAMP`).notNull())
    .execute();
  await schema
    .createTable('pet')
    .ifNotExists()
    .addColumn('id', 'integer', (column) => column.autoIncrement().primaryKey())
    .addColumn('name', 'varchar(190)', (column) => column.notNull().unique())
    .addColumn('owner_id', 'integer', (column) => column.notNull())
    .addColumn('species', sql`enum('dog', 'cat', 'hamster')`, (column) => column.notNull())
    .addForeignKeyConstraint('pet_owner_id_fk', ['owner_id'], 'person', ['id'], (constraint) =>
      constraint.onDelete('cascade').onUpdate('restrict'),
    )
    .addUniqueConstraint('pet_owner_name_unique', ['owner_id', 'name'])
    .modifyEnd(sql`COMMENT = ${sql.lit('beasts')}`)
    .execute();
  await schema
    .createTable('toy')
    .addColumn('id', 'bigint', (column) => column.autoIncrement().primaryKey())
    .addColumn('name', 'varchar(255)', (column) => column.notNull())
    .addColumn('price', 'decimal(10, 2)', (column) => column.notNull().defaultTo(0.5))
    .addColumn('pet_id', 'integer', (column) => column.references('pet.id').onDelete('cascade'))
    .addCheckConstraint('toy_price_check', sql`price >= 0`)
    .execute();
  await schema
    .createTable('visit')
    .addColumn('id', 'integer', (column) => column.autoIncrement())
    .addColumn('pet_id', 'integer', (column) => column.notNull())
    .addColumn('visited_at', 'datetime(6)', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('cost', 'double precision')
    .addColumn('blob', 'blob')
    .addPrimaryKeyConstraint('visit_pk', ['id'])
    .execute();
}

/** Changes as later migrations make them, and introspection. */
export function changesOf(db: Kysely<Shop>): readonly (() => unknown)[] {
  const { schema } = db;
  const person = schema.alterTable('person');
  return [
    () =>
      person.addColumn('middle_name', 'varchar(100)', (column) => column.modifyEnd(sql`after first_name`)).execute(),
    () =>
      person
        .addColumn('a', 'integer', (column) => column.modifyEnd(sql`first`))
        .addColumn('b', 'boolean', (column) => column.defaultTo(false))
        .execute(),
    () => person.modifyColumn('middle_name', 'varchar(200)', (column) => column.defaultTo('')).execute(),
    () => person.renameColumn('middle_name', 'nickname').execute(),
    () => person.alterColumn('nickname', (column) => column.setDefault('x')).execute(),
    () => person.alterColumn('nickname', (column) => column.dropDefault()).execute(),
    () => person.dropColumn('a').dropColumn('b').execute(),
    () => person.addUniqueConstraint('person_names', ['first_name', 'last_name']).execute(),
    () => person.dropIndex('person_names').execute(),
    () => person.addIndex('person_created').columns(['created_at', 'gender']).execute(),
    () =>
      schema
        .alterTable('visit')
        .addForeignKeyConstraint('visit_pet_fk', ['pet_id'], 'pet', ['id'])
        .onDelete('no action')
        .execute(),
    () => schema.alterTable('visit').dropConstraint('visit_pet_fk').execute(),
    () =>
      schema
        .alterTable('toy')
        .addCheckConstraint('toy_name_check', sql`char_length(name) > 0`)
        .execute(),
    () => schema.createIndex('toy_name_index').on('toy').column('name').execute(),
    () => schema.createIndex('toy_unique').unique().on('toy').columns(['name', 'pet_id desc']).using('btree').execute(),
    () =>
      schema
        .createIndex('visit_reason')
        .on('visit')
        .expression(sql`(cost * 2)`)
        .execute(),
    () => schema.dropIndex('toy_name_index').on('toy').execute(),
    () =>
      schema
        .createView('dogs')
        .as(db.selectFrom('pet').selectAll().where('species', '=', 'dog'))
        .execute(),
    () =>
      schema
        .createView('cats')
        .orReplace()
        .columns(['name'])
        .as(db.selectFrom('pet').select('name').where('species', '=', 'cat'))
        .execute(),
    () => schema.dropView('dogs').ifExists().execute(),
    () =>
      schema
        .createTable('toy_copy')
        .as(db.selectFrom('toy').selectAll().where('price', '>', 1))
        .execute(),
    () => schema.createTable('scratch').temporary().addColumn('id', 'integer').execute(),
    () => schema.alterTable('toy_copy').renameTo('toy_backup').execute(),
    () => schema.dropTable('toy_backup').ifExists().execute(),
    () => schema.createSchema('kysely_extra').ifNotExists().execute(),
    () => schema.dropSchema('kysely_extra').ifExists().execute(),
    () => db.introspection.getSchemas(),
    () => db.introspection.getTables(),
    () => db.introspection.getMetadata({ withInternalKyselyTables: true }),
  ];
}

/** The migrator, which keeps tables and a lock of its own. */
export function migrationsOf(db: Kysely<Shop>): readonly (() => unknown)[] {
  const migration: Migration = {
    up: async (inner) => {
      await inner.schema.createTable('note').addColumn('id', 'serial').addColumn('body', 'text').execute();
    },
    down: async (inner) => {
      await inner.schema.dropTable('note').execute();
    },
  };
  const provider = { getMigrations: () => Promise.resolve({ '2026-01-01-note': migration }) };
  const migrator = new Migrator({ db, provider });
  return [
    () => migrator.getMigrations(),
    () => migrator.migrateToLatest(),
    () => migrator.migrateDown(),
    () => migrator.migrateUp(),
  ];
}
