import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import createKnex, { type Knex } from 'knex';
import type { CaptureSource, CaptureTarget } from '../source.js';
import { attemptAll } from './attempt.js';
import { changesOf, createShop } from './knex-schema.js';

/** A knex on the target, as an application makes it. */
export function knexFor(
  { host, port, user, password, database, folder }: CaptureTarget,
  more: Partial<Knex.Config> = {},
): Knex {
  return createKnex({
    client: 'mysql2',
    connection: { host, port, user, password, database },
    pool: { min: 0, max: 2 },
    migrations: { directory: folder, loadExtensions: ['.cjs'] },
    seeds: { directory: folder, loadExtensions: ['.cjs'] },
    ...more,
  });
}

const MIGRATIONS: readonly (readonly [string, string, string])[] = [
  [
    '20260101_create_notes',
    "k.schema.createTable('notes', (t) => { t.increments(); t.text('body'); t.timestamps(); })",
    "k.schema.dropTable('notes')",
  ],
  [
    '20260102_add_author',
    "k.schema.alterTable('notes', (t) => { t.string('author').index(); })",
    "k.schema.alterTable('notes', (t) => { t.dropColumn('author'); })",
  ],
  [
    '20260103_fill_author',
    "k('notes').whereNull('author').update({ author: 'unknown' })",
    "k('notes').where('author', 'unknown').update({ author: null })",
  ],
];

/** knex's schema builder and its migrations. */
export const knexMigrations: CaptureSource = {
  name: 'knex-migrations',
  run: async (target) => {
    for (const [name, up, down] of MIGRATIONS) {
      writeFileSync(join(target.folder, `${name}.cjs`), `exports.up = (k) => ${up};\nexports.down = (k) => ${down};\n`);
    }
    const knex = knexFor(target);
    await createShop(knex);
    await attemptAll('knex schema', changesOf(knex));
    const { migrate } = knex;
    await attemptAll('knex migrate', [
      () => migrate.currentVersion(),
      () => migrate.status(),
      () => migrate.list(),
      () => migrate.latest(),
      () => migrate.rollback(),
      () => migrate.up(),
      () => migrate.down(),
      () => migrate.latest({ tableName: 'schema_history', disableTransactions: true }),
      () => migrate.rollback({ tableName: 'schema_history' }, true),
      () => migrate.forceFreeMigrationsLock(),
    ]);
    await knex.destroy();
  },
};
