import knex, { type Knex } from 'knex';
import { afterAll, beforeAll, inject, it } from 'vitest';
import { govern } from '../../../adapters/knex/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { knexShop } from './shops/knex.js';
import { SHOP, tryShop } from './try-shop.js';

let governed: Governed;
let db: Knex;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  const connection = { ...governed.schema.connection };
  db = govern(knex({ client: 'mysql2', connection, pool: { min: 0, max: 2 } }), governed.governor);
});
afterAll(async () => {
  await db.destroy();
  await governed.close();
});

it('knex works governed', () => tryShop(governed, knexShop(db)));
