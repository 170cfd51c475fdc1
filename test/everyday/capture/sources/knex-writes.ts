import type { Knex } from 'knex';

const AT = '2026-01-02 03:04:05';

/** Writes as applications make them with knex. */
export function writesOf(knex: Knex): readonly (() => unknown)[] {
  const raw = knex.raw.bind(knex);
  const product = { id: 'p-1', sku: 'L-1', title: 'Lamp', price: 9.5 };
  return [
    () =>
      knex('customers').insert({
        id: 1,
        email: 'a@x.org',
        name: 'Ann',
        preferences: JSON.stringify({ colour: 'red' }),
      }),
    () =>
      knex('customers').insert([
        { email: 'b@x.org', name: "O'Hara" },
        { email: 'c@x.org', name: 'Ida', credit: 5 },
      ]),
    () => knex('customers').insert({ email: 'a@x.org', name: 'Ann' }).onConflict('email').ignore(),
    () => knex('customers').insert({ email: 'a@x.org', name: 'Anna' }).onConflict('email').merge(),
    () => knex('customers').insert({ email: 'a@x.org', name: 'Anna', credit: 1 }).onConflict('email').merge(['name']),
    () =>
      knex('customers')
        .insert({ email: 'a@x.org', name: 'A' })
        .onConflict()
        .merge({ credit: raw('customers.credit + 1') }),
    () => knex('categories').insert({ id: 1, slug: 'lights' }),
    () => knex('categories').insert({ parent_id: 1, slug: 'lamps', description: null }),
    () => knex('products').insert(product),
    () =>
      knex('products').insert({
        ...product,
        id: 'p-2',
        sku: 'L-2',
        checked_at: raw('now(6)'),
        thumbnail: Buffer.from('abc'),
      }),
    () =>
      knex.batchInsert(
        'products',
        [3, 4, 5, 6].map((n) => ({ ...product, id: `p-${String(n)}`, sku: `L-${String(n)}` })),
        2,
      ),
    () => knex('orders').insert({ id: 1, customer_id: 1, state: 'new', placed_at: AT, total: 19 }),
    () => knex('order_items').insert({ order_id: 1, product_id: 'p-1', quantity: 2, unit_price: 9.5 }),
    () =>
      knex('orders').insert(
        knex('customers').select(raw('null'), 'id', raw("'new'"), raw('now()'), raw('0')).where('id', 1),
      ),
    () =>
      knex(raw('?? (??, ??)', ['categories', 'slug', 'parent_id'])).insert(
        knex('categories').select(raw("concat(slug, '-x')"), 'id').where('id', 1),
      ),
    () => knex('orders').where('id', 1).update({ state: 'paid', total: 20 }),
    () => knex('orders').where({ id: 1 }).update('state', 'sent'),
    () => knex('customers').where('id', 1).increment('credit', 5),
    () => knex('customers').where('id', 1).decrement({ credit: 1 }).increment('newsletter', 0),
    () =>
      knex('customers')
        .whereIn('id', [1, 2])
        .update({ name: raw('upper(name)'), updated_at: knex.fn.now() }),
    () =>
      knex('customers')
        .where('id', 1)
        .update({ preferences: knex.jsonSet('preferences', '$.colour', 'blue') }),
    () =>
      knex('customers')
        .where('id', 1)
        .update({ preferences: knex.jsonInsert('preferences', '$.size', '3') }),
    () =>
      knex('customers')
        .where('id', 1)
        .update({ preferences: knex.jsonRemove('preferences', '$.size') }),
    () =>
      knex('orders')
        .join('customers', 'customers.id', 'orders.customer_id')
        .where('customers.email', 'a@x.org')
        .update({ 'orders.state': 'cancelled' }),
    () =>
      knex('customers')
        .where('id', 2)
        .update({ deleted_at: knex.fn.now(3) }),
    () =>
      knex('orders')
        .whereIn('customer_id', knex('customers').select('id').whereNotNull('deleted_at'))
        .update({ state: 'cancelled' }),
    () => knex('order_items').where({ order_id: 1, product_id: 'p-1' }).del(),
    () =>
      knex('order_items')
        .whereIn(
          ['order_id', 'product_id'],
          [
            [1, 'p-1'],
            [1, 'p-2'],
          ],
        )
        .delete(),
    () =>
      knex('order_items').join('orders', 'orders.id', 'order_items.order_id').where('orders.state', 'cancelled').del(),
    () => knex('orders').where('placed_at', '<', '2020-01-01').orderBy('id').limit(100).del(),
    () =>
      knex('customers')
        .where('status', 'deleted')
        .whereNotExists(knex('orders').whereRaw('orders.customer_id = customers.id'))
        .del(),
    () => knex('order_items').truncate(),
    () => knex('order_items').del(),
    () => knex('orders').update({ state: 'new' }),
    () =>
      knex.raw('insert into customers (email, name) values (?, ?) on duplicate key update name = values(name)', [
        'z@x.org',
        'Z',
      ]),
    () => knex.raw('replace into categories (id, slug) values (?, ?)', [99, 'misc']),
  ];
}

/** Transactions, savepoints and locking reads. */
export function transactionsOf(knex: Knex): readonly (() => unknown)[] {
  return [
    () =>
      knex.transaction(async (trx) => {
        await trx('orders').where('id', 1).forUpdate().first();
        await trx('orders').where('id', 1).update({ state: 'paid' });
        await trx('customers').where('id', 1).forShare().select('id');
        await trx('orders').where('state', 'new').orderBy('id').limit(1).forUpdate().skipLocked();
        await trx('orders').where('id', 1).forUpdate().noWait();
        await trx.transaction(async (inner) => {
          await inner('customers').where('id', 1).update({ name: 'Ann' });
        });
        await trx.transaction((inner) => inner.rollback(new Error('as meant'))).catch(() => undefined);
      }),
    () => knex.transaction((trx) => trx.rollback(new Error('as meant'))).catch(() => undefined),
    () => knex.transaction((trx) => trx('orders').count(), { isolationLevel: 'read committed' }),
    () => knex.transaction((trx) => trx('orders').count(), { isolationLevel: 'serializable' }),
    () => knex.transaction((trx) => trx('orders').count(), { readOnly: true }),
  ];
}
