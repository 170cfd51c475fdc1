import { withContext } from 'countersign';
import { govern } from 'countersign/mysql2';
import { Kysely, MysqlDialect } from 'kysely';
import { createPool, type PoolOptions } from 'mysql2';
import { whenOver } from '../stage/play.js';
import { type OrmStage, show, tell } from './stage.js';

interface Tables {
  customers: { id: number; name: string; email: string | null; city: string | null };
}

/** Kysely on a governed pool. */
export default async function runKysely({ schema, governor, agent }: OrmStage): Promise<void> {
  const pool = govern(createPool(schema.connection as PoolOptions), governor);
  const db = new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) });
  whenOver(() => db.destroy());
  await withContext({ identity: agent, task: 'SUP-1042' }, async () => {
    show(await db.selectFrom('customers').select(['name', 'email']).where('city', '=', 'Bern').execute());
    await db.deleteFrom('customers').execute().catch(tell);
  });
}
