import { DataSource, EntitySchema } from 'typeorm';
import type { CustomerRow, OpenShop, ShopConnection } from './shop.js';

const Customers = new EntitySchema<CustomerRow>({
  name: 'customers',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    name: { type: 'varchar', length: 64 },
    email: { type: 'varchar', length: 128, nullable: true },
    city: { type: 'varchar', length: 40, nullable: true },
  },
});

/**
 * The shop with TypeORM.
 * @param driver mysql2, or what is used in its place
 */
export async function typeOrmShop(driver: unknown, connection: ShopConnection, poolSize: number): Promise<OpenShop> {
  const { host, port, user: username, password, database, ssl } = connection;
  const login = { host, port, username, password, database, ssl };
  const source = new DataSource({ type: 'mysql', driver, entities: [Customers], poolSize, ...login });
  await source.initialize();
  const customers = source.getRepository(Customers);
  return {
    byId: (id) => customers.findOneByOrFail({ id }),
    add: (name, city) => customers.insert({ name, city }),
    inCity: (city) => customers.findBy({ city }),
    move: (id, city, fails) =>
      source.transaction(async (manager) => {
        await manager.update(Customers, { id }, { city });
        if (fails) throw new Error('undo');
      }),
    clear: () => customers.createQueryBuilder().delete().execute(),
    close: () => source.destroy(),
  };
}
