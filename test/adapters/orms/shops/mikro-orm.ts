import { EntitySchema, type Knex, MikroORM } from '@mikro-orm/mysql';
import type { CustomerRow, OpenShop } from './shop.js';

const Customers = new EntitySchema<CustomerRow>({
  name: 'Customer',
  tableName: 'customers',
  properties: {
    id: { type: 'integer', primary: true, autoincrement: true },
    name: { type: 'string' },
    email: { type: 'string', nullable: true },
    city: { type: 'string', nullable: true },
  },
});

/**
 * The shop with MikroORM.
 * @param knex of MikroORM's own
 */
export async function mikroOrmShop(knex: Knex, dbName: string): Promise<OpenShop> {
  const orm = await MikroORM.init({ entities: [Customers], dbName, driverOptions: knex });
  return {
    byId: (id) => orm.em.fork().findOneOrFail(Customers, { id }),
    add: (name, city) => orm.em.fork().insert(Customers, { name, city }),
    inCity: (city) => orm.em.fork().find(Customers, { city }),
    move: (id, city, fails) =>
      orm.em.fork().transactional(async (manager) => {
        await manager.nativeUpdate(Customers, { id }, { city });
        if (fails) throw new Error('undo');
      }),
    clear: () => orm.em.fork().nativeDelete(Customers, {}),
    close: () => orm.close(),
  };
}
