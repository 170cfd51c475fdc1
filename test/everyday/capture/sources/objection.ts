import { Model, raw, ref, type JSONSchema, type RelationMappings } from 'objection';
import type { CaptureSource } from '../source.js';
import { attemptAll } from './attempt.js';
import { knexFor } from './knex-migrations.js';
import { createShop } from './knex-schema.js';

class Customer extends Model {
  static override tableName = 'customers';
  static override jsonSchema: JSONSchema = {
    type: 'object',
    properties: { preferences: { type: ['object', 'null'] } },
  };
  static override relationMappings: RelationMappings = {
    orders: {
      relation: Model.HasManyRelation,
      modelClass: () => Order,
      join: { from: 'customers.id', to: 'orders.customer_id' },
    },
  };
}

class Order extends Model {
  static override tableName = 'orders';
  static override relationMappings: RelationMappings = {
    customer: {
      relation: Model.BelongsToOneRelation,
      modelClass: Customer,
      join: { from: 'orders.customer_id', to: 'customers.id' },
    },
    products: {
      relation: Model.ManyToManyRelation,
      modelClass: () => Product,
      join: {
        from: 'orders.id',
        through: { from: 'order_items.order_id', to: 'order_items.product_id', extra: ['quantity', 'unit_price'] },
        to: 'products.id',
      },
    },
  };
}

class Product extends Model {
  static override tableName = 'products';
}

const graph = {
  email: 'a@x.org',
  name: 'Ann',
  preferences: { theme: 'dark' },
  orders: [
    {
      id: 1,
      state: 'new',
      total: 9,
      products: [{ id: 'p-1', sku: 'L', title: 'Lamp', price: 9, quantity: 1, unit_price: 9 }],
    },
  ],
} as object;

const uses: readonly (() => unknown)[] = [
  () => Customer.query().insertGraph(graph),
  () => Customer.query().upsertGraph({ id: 1, name: 'Anna', orders: [{ id: 1, state: 'paid' }] } as object),
  () => Customer.query(),
  () => Customer.query().findById(1),
  () =>
    Customer.query()
      .findOne({ email: 'a@x.org' } as object)
      .throwIfNotFound(),
  () => Customer.query().withGraphFetched('orders.products'),
  () => Customer.query().withGraphJoined('orders.[products, customer]').where('orders.total', '>', 1),
  () => Customer.query().joinRelated('orders').select('customers.id', ref('orders.total').as('total')),
  () => Customer.query().leftJoinRelated('orders.products').whereNull('orders:products.id').select('customers.id'),
  () => Customer.query().whereExists(Customer.relatedQuery('orders').where('state', 'paid')),
  () => Customer.query().select('customers.*', Customer.relatedQuery('orders').count().as('n')),
  () => Customer.query().page(0, 5).orderBy('id'),
  () => Customer.query().range(0, 3),
  () => Customer.query().resultSize(),
  () => Customer.query().findByIds([1, 2]),
  () =>
    Customer.query()
      .patch({ name: raw('upper(??)', 'name') } as object)
      .where('id', 1),
  () => Customer.query().patchAndFetchById(1, { name: 'Ann' } as object),
  () => Customer.relatedQuery('orders').for(1).orderBy('placed_at', 'desc'),
  () =>
    Customer.relatedQuery('orders')
      .for(1)
      .insert({ state: 'new', total: 3 } as object),
  () =>
    Order.relatedQuery('products')
      .for(1)
      .relate({ id: 'p-1', quantity: 2, unit_price: 1 } as never)
      .catch(() => undefined),
  () =>
    Order.relatedQuery('products')
      .for(1)
      .patch({ price: 8 } as object)
      .where('sku', 'L'),
  () => Order.relatedQuery('products').for(1).unrelate().where('sku', 'L'),
  () => Order.relatedQuery('customer').for([1, 2]),
  () => Order.query().avg('total as mean').groupBy('state').first(),
  () =>
    Order.query()
      .with('big', Order.query().where('total', '>', 5))
      .select('*')
      .from('big'),
  () =>
    Order.query()
      .modify((query) => void query.where('total', '<', 0))
      .delete(),
  () => Order.query().deleteById(2),
  () => Order.transaction(async (trx) => Order.query(trx).forUpdate().findById(1)),
  () => Product.query().insert({ id: 'p-9', sku: 'N', title: 'New', price: 1 } as object),
  () =>
    Product.query()
      .update({ id: 'p-9', sku: 'N', title: 'Newer', price: 2 } as object)
      .where('id', 'p-9'),
  () =>
    Product.query()
      .context({ onBuild: () => undefined })
      .where('price', '<', 100),
];

/** Objection.js, the ORM over knex. */
export const objection: CaptureSource = {
  name: 'objection',
  run: async (target) => {
    const knex = knexFor(target);
    await createShop(knex);
    Model.knex(knex);
    await attemptAll('objection', uses);
    await knex.destroy();
  },
};
