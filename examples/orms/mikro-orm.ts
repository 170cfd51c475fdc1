import { EntitySchema, knex, MikroORM } from '@mikro-orm/mysql';
import { withContext } from 'countersign';
import { govern } from 'countersign/knex';
import { whenOver } from '../stage/play.js';
import { type OrmStage, show, type Shown, tell } from './stage.js';

const Customers = new EntitySchema<Shown & { id: number; city: string }>({
  name: 'Customer',
  tableName: 'customers',
  properties: {
    id: { type: 'integer', primary: true },
    name: { type: 'string' },
    email: { type: 'string', nullable: true },
    city: { type: 'string', nullable: true },
  },
});

/** MikroORM on an instance of its own knex, which is wrapped. */
export default async function runMikroOrm({ schema, governor, agent }: OrmStage): Promise<void> {
  const driverOptions = govern(knex({ client: 'mysql2', connection: { ...schema.connection } }), governor);
  const orm = await MikroORM.init({ entities: [Customers], dbName: schema.name, driverOptions });
  whenOver(() => orm.close());
  await withContext({ identity: agent, task: 'SUP-1042' }, async () => {
    show(await orm.em.fork().find(Customers, { city: 'Bern' }));
    await orm.em.fork().nativeDelete(Customers, {}).catch(tell);
  });
}
