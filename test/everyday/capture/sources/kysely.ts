import { Kysely, MysqlDialect } from 'kysely';
import { createPool } from 'mysql2';
import type { CaptureSource } from '../source.js';
import { attemptAll } from './attempt.js';
import { readsOf } from './kysely-reads.js';
import { changesOf, createShop, migrationsOf, type Shop } from './kysely-schema.js';
import { transactionsOf, writesOf } from './kysely-writes.js';

/** Kysely: its schema builder, migrator, introspection, queries and transactions. */
export const kysely: CaptureSource = {
  name: 'kysely',
  run: async ({ host, port, user, password, database }) => {
    const pool = createPool({ host, port, user, password, database, connectionLimit: 2 });
    const db = new Kysely<Shop>({ dialect: new MysqlDialect({ pool }) });
    await createShop(db);
    await attemptAll('kysely write', writesOf(db));
    await attemptAll('kysely read', readsOf(db));
    await attemptAll('kysely transaction', transactionsOf(db));
    await attemptAll('kysely schema', changesOf(db));
    await attemptAll('kysely migrator', migrationsOf(db));
    await db.destroy();
  },
};
