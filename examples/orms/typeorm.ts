import { withContext } from 'countersign';
import mysql, { setDefaultGovernor } from 'countersign/mysql2';
import { DataSource, EntitySchema } from 'typeorm';
import { whenOver } from '../stage/play.js';
import { type OrmStage, show, type Shown, tell } from './stage.js';

const Customers = new EntitySchema<Shown & { id: number; city: string }>({
  name: 'customers',
  columns: {
    id: { type: 'int', primary: true },
    name: { type: 'varchar', length: 64 },
    email: { type: 'varchar', length: 128, nullable: true },
    city: { type: 'varchar', length: 64, nullable: true },
  },
});

/** TypeORM, whose driver is Countersign's mysql2. */
export default async function runTypeOrm({ schema, governor, agent }: OrmStage): Promise<void> {
  setDefaultGovernor(governor);
  const { host, port, user: username, password, database, ssl } = schema.connection;
  const connection = { host, port, username, password, database, ssl };
  const source = new DataSource({ type: 'mysql', driver: mysql, entities: [Customers], ...connection });
  await source.initialize();
  whenOver(() => source.destroy());
  await withContext({ identity: agent, task: 'SUP-1042' }, async () => {
    show(await source.getRepository(Customers).findBy({ city: 'Bern' }));
    await source.createQueryBuilder().delete().from(Customers).execute().catch(tell);
  });
}
