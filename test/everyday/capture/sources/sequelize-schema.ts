import { DataTypes, type QueryInterface, type Sequelize } from 'sequelize';
import { Umzug, SequelizeStorage } from 'umzug';
import type { Club } from './sequelize-models.js';

/** QueryInterface as migrations use it, and introspection. */
export function schemaChangesOf(sequelize: Sequelize, { Member }: Club): readonly (() => unknown)[] {
  const queries: QueryInterface = sequelize.getQueryInterface();
  return [
    () =>
      queries.createTable('Cups', {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        name: { type: DataTypes.STRING(40), allowNull: false, comment: 'as engraved' },
        teamId: {
          type: DataTypes.INTEGER,
          references: { model: 'teams', key: 'id' },
          onUpdate: 'CASCADE',
          onDelete: 'SET NULL',
        },
        wonAt: { type: DataTypes.DATE, defaultValue: sequelize.literal('CURRENT_TIMESTAMP') },
      }),
    () => queries.addColumn('Cups', 'metal', { type: DataTypes.ENUM('gold', 'tin'), after: 'name' } as never),
    () => queries.addColumn('Cups', 'weight', { type: DataTypes.DECIMAL(5, 2), defaultValue: 1 }),
    () => queries.changeColumn('Cups', 'name', { type: DataTypes.STRING(80), allowNull: true }),
    () => queries.renameColumn('Cups', 'weight', 'grams'),
    () => queries.addIndex('Cups', ['name', 'metal'], { unique: true, name: 'cups_name_metal' }),
    () =>
      queries.addIndex('Cups', { fields: [{ name: 'name', length: 10, order: 'DESC' } as never], name: 'cups_prefix' }),
    () => queries.removeIndex('Cups', 'cups_prefix'),
    () => queries.addConstraint('Cups', { type: 'unique', fields: ['grams'], name: 'cups_grams' }),
    () =>
      queries.addConstraint('Cups', {
        type: 'foreign key',
        fields: ['teamId'],
        name: 'cups_team',
        references: { table: 'teams', field: 'id' },
        onDelete: 'cascade',
        onUpdate: 'restrict',
      }),
    () => queries.removeConstraint('Cups', 'cups_team'),
    () =>
      queries.bulkInsert('Cups', [
        { name: 'spring', grams: 1 },
        { name: 'autumn', grams: 2 },
      ]),
    () => queries.bulkUpdate('Cups', { metal: 'gold' }, { name: 'spring' }),
    () => queries.bulkDelete('Cups', { name: 'autumn' }),
    () => queries.describeTable('Cups'),
    () => queries.showIndex('Cups'),
    () => queries.showAllTables(),
    () => queries.tableExists('Cups'),
    () => queries.getForeignKeyReferencesForTable('Members'),
    () => queries.getForeignKeysForTables(['Members', 'Scores']),
    () => queries.removeColumn('Cups', 'wonAt'),
    () => queries.renameTable('Cups', 'Trophies'),
    () => queries.dropTable('Trophies'),
    () => sequelize.showAllSchemas({}),
    () => Member.describe(),
    () => Member.sync({ alter: true }),
    () => sequelize.sync(),
    () => sequelize.sync({ force: true }),
    () => queries.createDatabase('sequelize_extra'),
    () => queries.dropDatabase('sequelize_extra'),
    () => sequelize.drop(),
  ];
}

/** Migrations by umzug, which sequelize-cli uses. */
export async function migrateUpAndDown(sequelize: Sequelize): Promise<void> {
  const migrations = [1, 2].map((n) => ({
    name: `2026010${String(n)}-table`,
    up: () =>
      sequelize.getQueryInterface().createTable(`T${String(n)}`, { id: { type: DataTypes.INTEGER, primaryKey: true } }),
    down: () => sequelize.getQueryInterface().dropTable(`T${String(n)}`),
  }));
  const umzug = new Umzug({ migrations, storage: new SequelizeStorage({ sequelize }), logger: undefined });
  await umzug.pending();
  await umzug.up();
  await umzug.executed();
  await umzug.down({ to: 0 });
}
