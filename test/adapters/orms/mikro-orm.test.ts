import { knex } from '@mikro-orm/mysql';
import { afterAll, beforeAll, inject, it } from 'vitest';
import { govern } from '../../../adapters/knex/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { mikroOrmShop } from './shops/mikro-orm.js';
import type { OpenShop } from './shops/shop.js';
import { SHOP, tryShop } from './try-shop.js';

let governed: Governed;
let shop: OpenShop;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  const connection = { ...governed.schema.connection };
  // MikroORM wants an instance of its own knex.
  const instance = govern(knex({ client: 'mysql2', connection, pool: { min: 0, max: 2 } }), governed.governor);
  shop = await mikroOrmShop(instance, governed.schema.name);
});
afterAll(async () => {
  await shop.close();
  await governed.close();
});

it('MikroORM works on a governed knex', () => tryShop(governed, shop));
