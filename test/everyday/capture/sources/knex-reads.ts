import type { Knex } from 'knex';

/** Reads as applications write them with knex. */
export function readsOf(knex: Knex): readonly (() => unknown)[] {
  const raw = knex.raw.bind(knex);
  const paid = knex('orders').where('state', 'paid');
  return [
    () => knex('customers'),
    () => knex.select('id', 'email').from('customers').where({ status: 'active', newsletter: true }),
    () => knex('customers').where('id', 7).first(),
    () =>
      knex('customers')
        .where('credit', '>', 10)
        .andWhere('name', 'like', 'A%')
        .orWhere('email', 'in', ['a@x.org', 'b@x.org']),
    () => knex('customers').whereIn('id', [1, 2, 3]).orderBy('name').limit(20).offset(40),
    () => knex('customers').whereNotIn('status', ['deleted', 'blocked']).pluck('email'),
    () => knex('customers').whereNull('deleted_at').whereNotNull('name').select('*'),
    () => knex('customers').whereBetween('created_at', ['2026-01-01', '2026-02-01']),
    () =>
      knex('customers')
        .whereNotBetween('credit', [0, 5])
        .orderBy([{ column: 'credit', order: 'desc' }, 'id']),
    () => knex('customers').whereExists(knex('orders').select(raw('1')).whereRaw('orders.customer_id = customers.id')),
    () =>
      knex('customers').whereNotExists(
        (query) => void query.select('*').from('orders').where('orders.customer_id', knex.ref('customers.id')),
      ),
    () =>
      knex('customers')
        .where((query) => void query.where('id', 1).orWhere('id', '>', 100))
        .whereNot('status', 'blocked'),
    () => knex('customers').whereILike('name', '%smith%').orWhereILike('email', '%@example.org'),
    () => knex('customers').whereJsonObject('preferences', { colour: 'red' }),
    () => knex('customers').whereJsonPath('preferences', '$.size', '>', 3),
    () => knex('customers').whereJsonSupersetOf('preferences', { colour: 'red' }),
    () => knex('customers').jsonExtract('preferences', '$.colour', 'colour').select('id'),
    () =>
      knex('customers').jsonExtract([
        ['preferences', '$.a', 'a'],
        ['preferences', '$.b', 'b'],
      ]),
    () => knex('customers').count('* as total'),
    () => knex('customers').countDistinct('status as states'),
    () => knex('orders').sum('total').avg('total').min('placed_at').max('placed_at'),
    () => knex('orders').select('customer_id').sum({ spent: 'total' }).groupBy('customer_id').having('spent', '>', 100),
    () => knex('orders').groupBy('state').havingRaw('count(*) > ?', [2]).select('state', raw('count(*) as n')),
    () =>
      knex('orders')
        .groupByRaw('year(placed_at), month(placed_at)')
        .select(raw('year(placed_at) as y'), raw('month(placed_at) as m'))
        .sum('total as s'),
    () => knex('orders as o').join('customers as c', 'c.id', 'o.customer_id').select('o.id', 'c.name as customer'),
    () =>
      knex('orders')
        .leftJoin('order_items', 'orders.id', '=', 'order_items.order_id')
        .whereNull('order_items.order_id')
        .select('orders.*'),
    () =>
      knex('orders').innerJoin('order_items', function () {
        this.on('orders.id', 'order_items.order_id').andOnVal('order_items.quantity', '>', 1);
      }),
    () => knex('orders').rightJoin('customers', 'customers.id', 'orders.customer_id').select('customers.id'),
    () => knex('orders').crossJoin(raw('(select 1 as one) as x')),
    () => knex('orders').joinRaw('natural left join order_items').select('id'),
    () =>
      knex('customers')
        .join(
          knex('orders').select('customer_id').max('placed_at as last').groupBy('customer_id').as('recent'),
          'recent.customer_id',
          'customers.id',
        )
        .select('customers.*', 'recent.last'),
    () => knex('orders').distinct('state').orderBy('state', 'asc', 'last'),
    () => knex.select(raw('now() as moment'), raw('?? + ? as next', ['total', 1])).from('orders'),
    () =>
      knex
        .with('spent', knex('orders').select('customer_id').sum('total as s').groupBy('customer_id'))
        .select('*')
        .from('spent')
        .where('s', '>', 10),
    () =>
      knex
        .with('a', ['id', 'n'], knex('customers').select('id', 'name'))
        .with('b', knex('a').where('id', '>', 1))
        .select('*')
        .from('b'),
    () =>
      knex
        .withRecursive('tree', (query) => {
          void query
            .select('id', 'parent_id')
            .from('categories')
            .whereNull('parent_id')
            .unionAll((arm) => {
              void arm.select('c.id', 'c.parent_id').from('categories as c').join('tree', 'tree.id', 'c.parent_id');
            });
        })
        .select('*')
        .from('tree'),
    () =>
      knex('customers')
        .select('email as e')
        .union(knex('products').select('sku'))
        .unionAll([knex('categories').select('slug')]),
    () => knex.union([knex('customers').select('id'), knex('orders').select('id')], true),
    () =>
      knex('orders')
        .rowNumber('rn', (window) => void window.partitionBy('customer_id').orderBy('placed_at', 'desc'))
        .select('id'),
    () => knex('orders').rank('r', ['total'], 'customer_id').denseRank('d', 'total').select('id'),
    () => knex.from(paid.clone().as('p')).select('p.id').orderByRaw('field(p.state, ?, ?)', ['paid', 'new']),
    () => knex('orders').where('customer_id', knex('customers').select('id').where('email', 'a@x.org').limit(1)),
    () => knex('products').whereRaw('match (title) against (? in boolean mode)', ['+lamp']),
    () =>
      knex('products').select('id', raw('ifnull(price, 0) * stock as value')).whereRaw('price between ? and ?', [1, 9]),
    () => knex('products').hintComment('MAX_EXECUTION_TIME(1000)').select('id'),
    () => knex('products').comment('from the catalogue page').select('id').timeout(5000),
    () => knex('products').whereRaw('available_from > date_sub(curdate(), interval ? day)', [30]),
    () => knex('orders').select('id').orderBy(raw('rand()')).limit(1),
    () =>
      knex('orders')
        .modify((query) => void query.where('total', '>', 0))
        .clone()
        .clearSelect()
        .count(),
    () =>
      knex('customers')
        .options({ nestTables: true, rowsAsArray: false })
        .join('orders', 'orders.customer_id', 'customers.id'),
    () => knex.raw('select 1 + 1 as two'),
    () => knex.raw('select * from ?? where ?? = ?', ['customers', 'id', 1]),
    () => knex.raw('select :a as a, :b: from customers', { a: 1, b: 'id' }),
    () => knex.raw('show tables'),
    () => knex.raw('show full columns from customers'),
    () => knex.raw('explain select * from orders where customer_id = ?', [1]),
    () => knex('orders').stream((stream) => void stream.resume()),
    () => knex('customers').as('c').select({ ident: 'id', mail: 'email' }),
    () =>
      knex
        .queryBuilder()
        .select('table_name')
        .from('information_schema.tables')
        .where('table_schema', raw('database()')),
    () => knex.withSchema('shop').from('customers').select('id'),
    () => knex('orders').whereRaw('json_contains(coalesce(json_array(state), json_array()), json_quote(?))', ['paid']),
  ];
}
