import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { drizzle as createDrizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { migrate } from 'drizzle-orm/mysql2/migrator';
import type * as Api from 'drizzle-kit/api';
import { createPool } from 'mysql2';
import type { CaptureSource, CaptureTarget } from '../source.js';
import { attempt, attemptAll } from './attempt.js';
import { relationalOf, selectsOf } from './drizzle-reads.js';
import * as tables from './drizzle-tables.js';
import { transactionsOf, writesOf } from './drizzle-writes.js';

type Kit = typeof Api;

// drizzle-kit's module works as CommonJS only.
const kit = createRequire(import.meta.url)('drizzle-kit/api') as Kit;

/** Drizzle: migrations as drizzle-kit generates them, its introspection at `push`, queries and transactions. */
export const drizzle: CaptureSource = {
  name: 'drizzle',
  run: async (target) => {
    const { host, port, user, password, database } = target;
    const pool = createPool({ host, port, user, password, database, connectionLimit: 2 });
    const db: MySql2Database<typeof tables> = createDrizzle(pool, { schema: tables, mode: 'default' });
    await runMigrations(db, target);
    await attemptAll('drizzle write', writesOf(db));
    await attemptAll('drizzle select', selectsOf(db));
    for (const mode of ['default', 'planetscale'] as const) {
      await attemptAll(`drizzle relational, ${mode}`, relationalOf(createDrizzle(pool, { schema: tables, mode })));
    }
    await attemptAll('drizzle transaction', transactionsOf(db));
    // Reads the schema only: what it finds to change, it would ask about. On MariaDB it ends the process.
    if (target.flavour === 'mysql')
      await attempt('drizzle push', () =>
        kit.pushMySQLSchema({ ...tables, shelves: tables.changedShelves }, db as never, database),
      );
    await new Promise((resolve) => {
      pool.end(resolve);
    });
  },
};

async function runMigrations(db: MySql2Database<typeof tables>, { folder }: CaptureTarget): Promise<void> {
  const before = await kit.generateMySQLDrizzleJson(tables);
  const after = await kit.generateMySQLDrizzleJson({ ...tables, shelves: tables.changedShelves }, before.id);
  const empty = await kit.generateMySQLDrizzleJson({});
  const steps = [await kit.generateMySQLMigration(empty, before), await kit.generateMySQLMigration(before, after)];
  const meta = join(folder, 'meta');
  mkdirSync(meta);
  const entries = steps.map((statements, idx) => {
    const tag = `000${String(idx)}_step`;
    writeFileSync(join(folder, `${tag}.sql`), statements.join('\n--> statement-breakpoint\n'));
    return { idx, version: '5', when: 1_767_225_600_000 + idx, tag, breakpoints: true };
  });
  writeFileSync(join(meta, '_journal.json'), JSON.stringify({ version: '5', dialect: 'mysql', entries }));
  await migrate(db, { migrationsFolder: folder });
}
