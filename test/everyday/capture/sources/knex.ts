import type { CaptureSource } from '../source.js';
import { attemptAll } from './attempt.js';
import { knexFor } from './knex-migrations.js';
import { readsOf } from './knex-reads.js';
import { createShop } from './knex-schema.js';
import { transactionsOf, writesOf } from './knex-writes.js';

/** knex's query builder. */
export const knexQueries: CaptureSource = {
  name: 'knex',
  run: async (target) => {
    const knex = knexFor(target);
    await createShop(knex);
    await attemptAll('knex write', writesOf(knex));
    await attemptAll('knex read', readsOf(knex));
    await attemptAll('knex transaction', transactionsOf(knex));
    await knex.destroy();
  },
};
