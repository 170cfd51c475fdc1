import { Sequelize } from 'sequelize';
import type { CaptureSource } from '../source.js';
import { attempt, attemptAll } from './attempt.js';
import { defineClub } from './sequelize-models.js';
import { readsOf } from './sequelize-reads.js';
import { migrateUpAndDown, schemaChangesOf } from './sequelize-schema.js';
import { transactionsOf, writesOf } from './sequelize-writes.js';

/** Sequelize: models, associations, queries, transactions, schema and migrations. */
export const sequelize: CaptureSource = {
  name: 'sequelize',
  run: async ({ host, port, user, password, database }) => {
    // The dialect `mysql` is what people use with MariaDB too, over mysql2.
    const db = new Sequelize(database, user, password, {
      host,
      port,
      dialect: 'mysql',
      logging: false,
      pool: { max: 2 },
    });
    const club = defineClub(db);
    await db.sync();
    await attemptAll('sequelize write', writesOf(db, club));
    await attemptAll('sequelize read', readsOf(db, club));
    await attemptAll('sequelize transaction', transactionsOf(db, club));
    await attemptAll('sequelize schema', schemaChangesOf(db, club));
    await attempt('sequelize migrations', () => migrateUpAndDown(db));
    await db.close();
  },
};
