import { afterAll, beforeAll, inject, it } from 'vitest';
import mysql, { setDefaultGovernor } from '../../../adapters/mysql2/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { sequelizeShop } from './shops/sequelize.js';
import type { OpenShop } from './shops/shop.js';
import { SHOP, tryShop } from './try-shop.js';

let governed: Governed;
let shop: OpenShop;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  setDefaultGovernor(governed.governor);
  shop = sequelizeShop(mysql, governed.schema.connection, 2);
});
afterAll(async () => {
  await shop.close();
  await governed.close();
});

it('Sequelize works with the governed module as its dialect’s', () => tryShop(governed, shop));
