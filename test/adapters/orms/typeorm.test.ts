import { DataSource, EntitySchema } from 'typeorm';
import { afterAll, beforeAll, inject, it } from 'vitest';
import mysql, { setDefaultGovernor } from '../../../adapters/mysql2/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { SHOP, tryShop } from './shop.js';

interface Customer {
  id: number;
  name: string;
  email: string | null;
  city: string | null;
}

const Customers = new EntitySchema<Customer>({
  name: 'customers',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    name: { type: 'varchar', length: 64 },
    email: { type: 'varchar', length: 128, nullable: true },
    city: { type: 'varchar', length: 40, nullable: true },
  },
});

let governed: Governed;
let source: DataSource;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  setDefaultGovernor(governed.governor);
  const { host, port, user, password, database, ssl } = governed.schema.connection;
  source = new DataSource({
    type: 'mysql',
    driver: mysql,
    entities: [Customers],
    poolSize: 2,
    ...{ host, port, username: user, password, database, ssl },
  });
  await source.initialize();
});
afterAll(async () => {
  await source.destroy();
  await governed.close();
});

it('TypeORM works with the governed module as its driver', async () => {
  const customers = source.getRepository(Customers);
  await tryShop(governed, {
    byId: (id) => customers.findOneByOrFail({ id }),
    add: (name, city) => customers.insert({ name, city }),
    inCity: async (city) => (await customers.find({ select: { name: true }, where: { city } })).map(({ name }) => name),
    move: (id, city, fails) =>
      source.transaction(async (manager) => {
        await manager.update(Customers, { id }, { city });
        if (fails) throw new Error('undo');
      }),
    clear: () => customers.createQueryBuilder().delete().execute(),
  });
});
