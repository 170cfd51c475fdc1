import { afterAll, beforeAll, inject, it } from 'vitest';
import mysql, { setDefaultGovernor } from '../../../adapters/mysql2/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { typeOrmShop } from './shops/typeorm.js';
import type { OpenShop } from './shops/shop.js';
import { SHOP, tryShop } from './try-shop.js';

let governed: Governed;
let shop: OpenShop;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  setDefaultGovernor(governed.governor);
  shop = await typeOrmShop(mysql, governed.schema.connection, 2);
});
afterAll(async () => {
  await shop.close();
  await governed.close();
});

it('TypeORM works with the governed module as its driver', () => tryShop(governed, shop));
