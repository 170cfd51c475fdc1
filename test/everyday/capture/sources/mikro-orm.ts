import { MikroORM, type Options } from '@mikro-orm/core';
import { EntityGenerator } from '@mikro-orm/entity-generator';
import type { SqlEntityManager } from '@mikro-orm/knex';
import { MariaDbDriver } from '@mikro-orm/mariadb';
import { Migration, Migrator } from '@mikro-orm/migrations';
import { MySqlDriver } from '@mikro-orm/mysql';
import type { CaptureSource, CaptureTarget } from '../source.js';
import { attempt, attemptAll } from './attempt.js';
import { ENTITIES } from './mikro-orm-entities.js';
import { readsOf, transactionsOf, writesOf } from './mikro-orm-uses.js';

class Notes extends Migration {
  override up(): void {
    this.addSql(
      'create table `note` (`id` int unsigned not null auto_increment primary key, `body` text null) default character set utf8mb4 engine = InnoDB;',
    );
  }
  override down(): void {
    this.addSql('drop table if exists `note`;');
  }
}

function optionsFor({ flavour, host, port, user, password, database, folder }: CaptureTarget): Options {
  return {
    driver: flavour === 'mysql' ? MySqlDriver : MariaDbDriver,
    host,
    port,
    user,
    password,
    dbName: database,
    entities: ENTITIES,
    extensions: [Migrator, EntityGenerator],
    migrations: { path: folder, snapshot: false, migrationsList: [{ name: 'Notes', class: Notes }] },
    discovery: { warnWhenNoEntities: false },
    validate: false,
    strict: false,
  } as unknown as Options;
}

/** MikroORM: schema generator, migrations, unit of work, queries and transactions. */
export const mikroOrm: CaptureSource = {
  name: 'mikro-orm',
  run: async (target) => {
    const orm = await MikroORM.init(optionsFor(target));
    const schema = orm.getSchemaGenerator();
    await attempt('mikro-orm schema', () => schema.createSchema());
    const fork = (): SqlEntityManager => orm.em.fork() as SqlEntityManager;
    await attemptAll('mikro-orm write', writesOf(fork));
    await attemptAll('mikro-orm read', readsOf(fork));
    await attemptAll('mikro-orm transaction', transactionsOf(fork));
    await attemptAll('mikro-orm schema', [
      () => orm.entityGenerator.generate({ save: false }),
      () => schema.execute('alter table `author` add `nick` varchar(10) null, add index `author_nick` (`nick`)'),
      () => schema.execute('alter table `book` drop foreign key `book_publisher_id_foreign`'),
      () => schema.updateSchema(),
      () => schema.clearDatabase(),
      () => schema.dropSchema(),
      () => schema.refreshDatabase(),
      () => schema.dropSchema({ dropMigrationsTable: true }),
    ]);
    const migrator = orm.getMigrator();
    await attemptAll('mikro-orm migrations', [
      () => migrator.createMigration(),
      () => migrator.getPendingMigrations(),
      () => migrator.up(),
      () => migrator.getExecutedMigrations(),
      () => migrator.down(),
    ]);
    await orm.close(true);
  },
};
