import { withContext } from 'countersign';
import { govern } from 'countersign/knex';
import knex from 'knex';
import { whenOver } from '../stage/play.js';
import { type OrmStage, show, type Shown, tell } from './stage.js';

/** An instance of knex, wrapped. */
export default async function runKnex({ schema, governor, agent }: OrmStage): Promise<void> {
  const db = govern(knex({ client: 'mysql2', connection: { ...schema.connection } }), governor);
  whenOver(() => db.destroy());
  await withContext({ identity: agent, task: 'SUP-1042' }, async () => {
    show(await db<Shown>('customers').select('name', 'email').where('city', 'Bern'));
    await db('customers').delete().catch(tell);
  });
}
