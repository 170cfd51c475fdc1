import type { Knex } from 'knex';

/** The tables of a shop, as migrations make them with knex. */
export async function createShop(knex: Knex): Promise<void> {
  await knex.schema.createTable('customers', (table) => {
    table.increments('id');
    table.string('email', 190).notNullable().unique();
    table.string('name').notNullable().index();
    table.enum('status', ['active', 'blocked', 'deleted']).notNullable().defaultTo('active');
    table.json('preferences');
    table.decimal('credit', 12, 2).notNullable().defaultTo(0);
    table.boolean('newsletter').notNullable().defaultTo(false);
    table.timestamps(true, true);
    table.timestamp('deleted_at').nullable();
  });
  await knex.schema.createTable('categories', (table) => {
    table.engine('InnoDB');
    table.charset('utf8mb4');
    table.collate('utf8mb4_unicode_ci');
    table.bigIncrements('id');
    table.bigInteger('parent_id').unsigned().nullable().references('id').inTable('categories').onDelete('SET NULL');
    table.string('slug', 100).notNullable();
    table.text('description', 'mediumtext');
    table.unique(['slug'], { indexName: 'uq_categories_slug' });
  });
  await knex.schema.createTable('products', (table) => {
    table.comment('what the shop sells');
    table.uuid('id').primary();
    table.bigInteger('category_id').unsigned().references('categories.id').onUpdate('CASCADE').onDelete('RESTRICT');
    table.string('sku', 64).notNullable().comment('as printed on the box').collate('utf8mb4_bin');
    table.string('title').notNullable();
    table.specificType('body', 'LONGTEXT');
    table.decimal('price', 10, 2).unsigned().notNullable();
    table.integer('stock').notNullable().defaultTo(0);
    table.float('weight', 8, 3);
    table.double('volume');
    table.date('available_from');
    table.time('daily_at');
    table.datetime('checked_at', { precision: 6 }).defaultTo(knex.fn.now(6));
    table.binary('thumbnail', 64);
    table.tinyint('rank', 2);
    table.smallint('pages');
    table.mediumint('views').unsigned();
    table.index(['category_id', 'price'], 'ix_products_category_price');
    table.index(['title'], 'ft_products_title', 'FULLTEXT');
  });
  await knex.schema.createTable('orders', (table) => {
    table.bigIncrements('id', { primaryKey: true });
    table.integer('customer_id').unsigned().notNullable();
    table.enu('state', ['new', 'paid', 'sent', 'cancelled'], { useNative: true, enumName: 'order_state' });
    table.dateTime('placed_at').notNullable().defaultTo(knex.fn.now());
    table.decimal('total', 12, 2).notNullable();
    table.foreign('customer_id', 'fk_orders_customer').references('id').inTable('customers').onDelete('CASCADE');
  });
  await knex.schema.createTable('order_items', (table) => {
    table.bigInteger('order_id').unsigned().notNullable();
    table.uuid('product_id').notNullable();
    table.integer('quantity').unsigned().notNullable().checkPositive();
    table.decimal('unit_price', 10, 2).notNullable();
    table.primary(['order_id', 'product_id']);
    table.foreign('order_id').references('orders.id').onDelete('CASCADE');
    table.foreign('product_id').references('products.id');
  });
}

/** Changes that later migrations make. */
export function changesOf(knex: Knex): readonly (() => unknown)[] {
  return [
    () => knex.schema.hasTable('customers'),
    () => knex.schema.hasColumn('customers', 'phone'),
    () =>
      knex.schema.alterTable('customers', (table) => {
        table.string('phone', 32).nullable().after('name');
        table.integer('points').notNullable().defaultTo(0).first();
        table.index(['status', 'created_at']);
      }),
    () =>
      knex.schema.alterTable(
        'customers',
        (table) => void table.string('phone', 64).notNullable().defaultTo('').alter(),
      ),
    () => knex.schema.alterTable('customers', (table) => void table.renameColumn('phone', 'telephone')),
    () => knex.schema.alterTable('customers', (table) => table.dropIndex(['status', 'created_at'])),
    () => knex.schema.alterTable('customers', (table) => table.dropColumns('telephone', 'points')),
    () => knex.schema.alterTable('customers', (table) => table.setNullable('name')),
    () => knex.schema.alterTable('customers', (table) => table.dropNullable('name')),
    () => knex.schema.alterTable('customers', (table) => table.dropUnique(['email'])),
    () =>
      knex.schema.alterTable('customers', (table) => void table.unique(['email'], { indexName: 'uq_customers_email' })),
    () => knex.schema.alterTable('orders', (table) => table.dropForeign('customer_id', 'fk_orders_customer')),
    () =>
      knex.schema.alterTable('orders', (table) => {
        table.foreign('customer_id').references('customers.id').onDelete('RESTRICT').onUpdate('NO ACTION');
        table.text('note');
        table.jsonb('meta');
        table.timestamps();
      }),
    () => knex.schema.alterTable('orders', (table) => table.dropTimestamps()),
    () => knex.schema.alterTable('orders', (table) => void table.text('remark').comment('from the customer')),
    () => knex.schema.alterTable('products', (table) => table.dropIndex([], 'ft_products_title')),
    () =>
      knex.schema.alterTable('products', (table) => void table.check('stock >= 0', undefined, 'stock_not_negative')),
    () => knex.schema.alterTable('products', (table) => table.dropChecks('stock_not_negative')),
    () => knex.schema.renameTable('categories', 'groups'),
    () => knex.schema.renameTable('groups', 'categories'),
    () => knex.schema.createTableLike('products_archive', 'products'),
    () => knex.schema.createTableLike('orders_archive', 'orders', (table) => void table.timestamp('archived_at')),
    () =>
      knex.schema.createView('active_customers', (view) => {
        view.columns(['id', 'email']);
        view.as(knex('customers').select('id', 'email').where('status', 'active'));
      }),
    () =>
      knex.schema.createViewOrReplace('active_customers', (view) =>
        view.as(knex('customers').whereNull('deleted_at').select('id', 'name')),
      ),
    () => knex.schema.renameView('active_customers', 'current_customers'),
    () => knex.schema.dropViewIfExists('current_customers'),
    () => knex.schema.createView('paid_orders', (view) => view.as(knex('orders').where('state', 'paid').select('*'))),
    () => knex.schema.dropView('paid_orders'),
    () =>
      knex.raw('ALTER TABLE ?? ADD COLUMN ?? INT GENERATED ALWAYS AS (?? * 2) VIRTUAL', [
        'orders',
        'double_total',
        'total',
      ]),
    () => knex.schema.raw('CREATE INDEX ix_orders_placed ON orders (placed_at DESC)'),
    () => knex.schema.raw('DROP INDEX ix_orders_placed ON orders'),
    () => knex.schema.dropTable('products_archive'),
    () => knex.schema.dropTableIfExists('orders_archive'),
    () => knex.table('orders').columnInfo(),
    () => knex('orders').columnInfo('total'),
  ];
}
