import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../../governed/index.js';
import { type Schema, kyselyOn, kyselyShop } from './shops/kysely.js';
import { SHOP, tryShop } from './try-shop.js';

let governed: Governed;
let db: Kysely<Schema>;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  db = kyselyOn(governed.pool({ connectionLimit: 2 }));
});
afterAll(() => governed.close());

it('Kysely works on a governed pool', () => tryShop(governed, kyselyShop(db)));

it('Kysely streams through it', async () => {
  const names: string[] = [];
  for await (const { name } of db.selectFrom('customers').select('name').orderBy('id').stream()) names.push(name);
  expect(names).toEqual(['Ada', 'Bob', 'Cleo']);
});
