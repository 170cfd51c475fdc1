import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../../governed/index.js';
import { drizzleShop } from './shops/drizzle.js';
import { SHOP, tryShop } from './try-shop.js';

describe('Drizzle works on a governed pool', () => {
  for (const kind of ['callback', 'promise'] as const) {
    let governed: Governed;
    beforeAll(async () => {
      governed = await startGoverned(inject('database'), SHOP);
    });
    afterAll(() => governed.close());

    it(kind, async () => {
      const pool = governed.pool({ connectionLimit: 2 });
      await tryShop(governed, drizzleShop(kind === 'promise' ? pool.promise() : pool));
    });
  }
});
