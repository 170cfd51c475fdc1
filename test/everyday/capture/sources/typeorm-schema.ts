import {
  Table,
  TableColumn,
  TableForeignKey,
  TableIndex,
  View,
  type DataSource,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';

const key = { name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' } as const;

export class CreateNotes implements MigrationInterface {
  name = 'CreateNotes1700000000000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE `note` (`id` int NOT NULL AUTO_INCREMENT, `body` text NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB',
    );
    await runner.query("INSERT INTO `note`(`body`) VALUES ('first')");
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('note', true);
  }
}

export class RenameNotes implements MigrationInterface {
  name = 'RenameNotes1700000001000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE `note` ADD `title` varchar(255) NULL');
    await runner.query('CREATE INDEX `IDX_note_title` ON `note` (`title`)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX `IDX_note_title` ON `note`');
    await runner.query('ALTER TABLE `note` DROP COLUMN `title`');
  }
}

/** Changes through a QueryRunner, and introspection. */
export function schemaChangesOf(source: DataSource): readonly (() => unknown)[] {
  const runner = source.createQueryRunner();
  const author = new TableForeignKey({
    name: 'FK_item_author',
    columnNames: ['author_id'],
    referencedTableName: 'user',
    referencedColumnNames: ['id'],
    onDelete: 'CASCADE',
  });
  return [
    () => runner.connect(),
    () =>
      runner.createTable(
        new Table({
          name: 'item',
          columns: [
            key,
            { name: 'name', type: 'varchar', length: '100', default: "'x'" },
            { name: 'price', type: 'decimal', precision: 10, scale: 2 },
            { name: 'author_id', type: 'int', isNullable: true },
          ],
          indices: [{ name: 'IDX_item_name', columnNames: ['name'] }],
          uniques: [{ name: 'UQ_item_name_price', columnNames: ['name', 'price'] }],
          comment: 'things',
        }),
        true,
      ),
    () =>
      runner.addColumn(
        'item',
        new TableColumn({ name: 'stock', type: 'int', unsigned: true, default: 0, comment: 'left' }),
      ),
    () =>
      runner.addColumns('item', [
        new TableColumn({ name: 'a', type: 'datetime', precision: 6, isNullable: true }),
        new TableColumn({ name: 'b', type: 'enum', enum: ['x', 'y'], isNullable: true }),
      ]),
    () => runner.changeColumn('item', 'stock', new TableColumn({ name: 'stock', type: 'bigint', default: 1 })),
    () => runner.renameColumn('item', 'stock', 'quantity'),
    () => runner.dropColumn('item', 'a'),
    () => runner.dropColumns('item', ['b']),
    () =>
      runner.createIndex(
        'item',
        new TableIndex({ name: 'IDX_item_quantity', columnNames: ['quantity'], isUnique: true }),
      ),
    () => runner.dropIndex('item', 'IDX_item_quantity'),
    () => runner.createForeignKey('item', author),
    () => runner.dropForeignKey('item', author),
    () => runner.renameTable('item', 'article'),
    () => runner.changeTableComment('article', 'articles'),
    () =>
      runner.createView(
        new View({ name: 'cheap_article', expression: 'SELECT `id`, `name` FROM `article` WHERE `price` < 10' }),
      ),
    () => runner.query('DROP VIEW `cheap_article`'),
    () => runner.hasTable('article'),
    () => runner.hasColumn('article', 'name'),
    () => runner.hasDatabase('shop'),
    () => runner.getCurrentDatabase(),
    () => runner.getTable('article'),
    () => runner.getTables(['user', 'post']),
    () => runner.getViews([]),
    () => runner.getDatabases(),
    () => runner.updatePrimaryKeys('article', [new TableColumn({ ...key })]),
    () => runner.clearTable('article'),
    () => runner.dropTable('article', true),
    () => runner.createDatabase('typeorm_extra', true),
    () => runner.dropDatabase('typeorm_extra', true),
    () => runner.release(),
  ];
}
