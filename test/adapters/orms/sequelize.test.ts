import { DataTypes, type Model, type ModelStatic, Sequelize } from 'sequelize';
import { afterAll, beforeAll, inject, it } from 'vitest';
import mysql, { setDefaultGovernor } from '../../../adapters/mysql2/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { SHOP, tryShop } from './shop.js';

interface Customer {
  id?: number;
  name: string;
  email: string | null;
  city: string | null;
}

let governed: Governed;
let sequelize: Sequelize;
let customers: ModelStatic<Model<Customer, Partial<Customer>>>;
beforeAll(async () => {
  governed = await startGoverned(inject('database'), SHOP);
  setDefaultGovernor(governed.governor);
  const { host, port, user, password, database, ssl } = governed.schema.connection;
  sequelize = new Sequelize(database, user, password, {
    ...{ host, port, dialect: 'mysql', logging: false },
    dialectModule: mysql,
    dialectOptions: { ssl },
    pool: { max: 2 },
  });
  customers = sequelize.define(
    'customers',
    {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
      name: DataTypes.STRING,
      email: DataTypes.STRING,
      city: DataTypes.STRING,
    },
    { timestamps: false },
  );
});
afterAll(async () => {
  await sequelize.close();
  await governed.close();
});

it('Sequelize works with the governed module as its dialect’s', async () => {
  await tryShop(governed, {
    byId: async (id) => (await customers.findByPk(id, { rejectOnEmpty: true })).get() as Customer,
    add: (name, city) => customers.create({ name, city }),
    inCity: async (city) =>
      (await customers.findAll({ attributes: ['name'], where: { city } })).map((row) => String(row.get('name'))),
    move: (id, city, fails) =>
      sequelize.transaction(async (transaction) => {
        await customers.update({ city }, { where: { id }, transaction });
        if (fails) throw new Error('undo');
      }),
    clear: () => customers.destroy({ where: {}, truncate: false }),
  });
});
