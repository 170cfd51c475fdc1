import { DataSource, type DataSourceOptions } from 'typeorm';
import type { CaptureSource, CaptureTarget } from '../source.js';
import { attempt, attemptAll } from './attempt.js';
import { ChangedProfile, ENTITIES } from './typeorm-entities.js';
import { builderReadsOf, findsOf } from './typeorm-reads.js';
import { CreateNotes, RenameNotes, schemaChangesOf } from './typeorm-schema.js';
import { transactionsOf, treesOf, writesOf } from './typeorm-writes.js';

function optionsFor({ flavour, host, port, user, password, database }: CaptureTarget): DataSourceOptions {
  return { type: flavour, host, port, username: user, password, database, entities: ENTITIES, cache: true };
}

/** TypeORM: synchronisation, migrations, repositories, query builder, trees and transactions. */
export const typeorm: CaptureSource = {
  name: 'typeorm',
  run: async (target) => {
    const source = await new DataSource({ ...optionsFor(target), synchronize: true } as DataSourceOptions).initialize();
    await attemptAll('typeorm write', writesOf(source));
    await attemptAll('typeorm find', findsOf(source));
    await attemptAll('typeorm builder', builderReadsOf(source));
    await attemptAll('typeorm tree', treesOf(source));
    await attemptAll('typeorm transaction', transactionsOf(source));
    await attemptAll('typeorm schema', schemaChangesOf(source));
    await source.destroy();
    await attempt('typeorm migrations', () => migrate(target));
    await attempt('typeorm drop', () => dropAll(target));
  },
};

async function migrate(target: CaptureTarget): Promise<void> {
  const entities = [...ENTITIES.filter(({ options }) => options.name !== 'Profile'), ChangedProfile];
  const options = { ...optionsFor(target), entities, migrations: [CreateNotes, RenameNotes] } as DataSourceOptions;
  const source = await new DataSource(options).initialize();
  await source.showMigrations();
  await source.runMigrations({ transaction: 'each' });
  await source.undoLastMigration();
  await source.runMigrations({ transaction: 'all' });
  await source.driver.createSchemaBuilder().log();
  await source.synchronize();
  await source.destroy();
}

async function dropAll(target: CaptureTarget): Promise<void> {
  const source = await new DataSource(optionsFor(target)).initialize();
  await source.query('SELECT COUNT(*) AS `n` FROM `user` WHERE `id` > ?', [0]);
  await source.synchronize(true);
  await source.dropDatabase();
  await source.destroy();
}
