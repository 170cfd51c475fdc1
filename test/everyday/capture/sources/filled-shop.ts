import type { CaptureTarget } from '../source.js';
import { knexFor } from './knex-migrations.js';
import { createShop } from './knex-schema.js';

/** A shop with rows, a view, a trigger and a procedure, for programs that look at what is there. */
export async function fillShop(target: CaptureTarget): Promise<void> {
  const knex = knexFor(target);
  await createShop(knex);
  await knex('customers').insert({ id: 1, email: 'a@x.org', name: 'Ann', preferences: '{"theme": "dark"}' });
  await knex('orders').insert({ id: 1, customer_id: 1, state: 'new', total: 5 });
  await knex.raw("create view active_customers as select id from customers where status = 'active'");
  await knex.raw(
    'create trigger customers_lower before insert on customers for each row set new.email = lower(new.email)',
  );
  await knex.raw('create procedure count_customers() select count(*) from customers');
  await knex.destroy();
}
