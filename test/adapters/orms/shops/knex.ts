import type { Knex } from 'knex';
import type { CustomerRow, Shop } from './shop.js';

/** The shop with knex. */
export function knexShop(db: Knex): Shop {
  const customers = (on: Knex = db): Knex.QueryBuilder<CustomerRow, CustomerRow[]> => on<CustomerRow>('customers');
  return {
    async byId(id) {
      const [row] = await customers().where('id', id);
      if (row === undefined) throw new Error('no such customer');
      return row;
    },
    add: async (name, city) => customers().insert({ name, city }),
    inCity: async (city) => customers().where('city', city),
    move: (id, city, fails) =>
      db.transaction(async (transaction) => {
        await customers(transaction).where('id', id).update({ city });
        if (fails) throw new Error('undo');
      }),
    clear: async () => customers().delete(),
  };
}
