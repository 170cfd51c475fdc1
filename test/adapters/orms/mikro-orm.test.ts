import { EntitySchema, knex, MikroORM } from '@mikro-orm/mysql';
import { afterAll, beforeAll, inject, it } from 'vitest';
import { govern } from '../../../adapters/knex/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { SHOP, tryShop } from './shop.js';

interface Customer {
  id: number;
  name: string;
  email?: string | null;
  city?: string | null;
}

const Customers = new EntitySchema<Customer>({
  name: 'Customer',
  tableName: 'customers',
  properties: {
    id: { type: 'integer', primary: true, autoincrement: true },
    name: { type: 'string' },
    email: { type: 'string', nullable: true },
    city: { type: 'string', nullable: true },
  },
});

let governed: Governed;
let orm: MikroORM;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  const connection = { ...governed.schema.connection };
  // MikroORM wants an instance of its own knex.
  const instance = govern(knex({ client: 'mysql2', connection, pool: { min: 0, max: 2 } }), governed.governor);
  orm = await MikroORM.init({ entities: [Customers], dbName: governed.schema.name, driverOptions: instance });
});
afterAll(async () => {
  await orm.close();
  await governed.close();
});

it('MikroORM works on a governed knex', async () => {
  await tryShop(governed, {
    byId: async (id) => {
      const { name, email } = await orm.em.fork().findOneOrFail(Customers, { id });
      return { name, email: email ?? null };
    },
    add: (name, city) => orm.em.fork().insert(Customers, { name, city }),
    inCity: async (city) => (await orm.em.fork().find(Customers, { city })).map(({ name }) => name),
    move: (id, city, fails) =>
      orm.em.fork().transactional(async (manager) => {
        await manager.nativeUpdate(Customers, { id }, { city });
        if (fails) throw new Error('undo');
      }),
    clear: () => orm.em.fork().nativeDelete(Customers, {}),
  });
});
