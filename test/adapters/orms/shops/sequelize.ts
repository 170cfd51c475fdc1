import { DataTypes, type Model, Sequelize } from 'sequelize';
import type { CustomerRow, OpenShop, ShopConnection } from './shop.js';

/**
 * The shop with Sequelize.
 * @param dialectModule mysql2, or what is used in its place
 */
export function sequelizeShop(dialectModule: object, connection: ShopConnection, max: number): OpenShop {
  const { host, port, user, password, database, ssl } = connection;
  const sequelize = new Sequelize(database, user, password, {
    ...{ host, port, dialect: 'mysql', logging: false, dialectModule },
    dialectOptions: { ssl },
    pool: { max },
  });
  const customers = sequelize.define<Model<CustomerRow, Partial<CustomerRow>>>(
    'customers',
    {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
      name: DataTypes.STRING,
      email: DataTypes.STRING,
      city: DataTypes.STRING,
    },
    { timestamps: false },
  );
  return {
    byId: async (id) => (await customers.findByPk(id, { rejectOnEmpty: true })).get(),
    add: (name, city) => customers.create({ name, city }),
    inCity: async (city) => (await customers.findAll({ where: { city } })).map((row) => row.get()),
    move: (id, city, fails) =>
      sequelize.transaction(async (transaction) => {
        await customers.update({ city }, { where: { id }, transaction });
        if (fails) throw new Error('undo');
      }),
    clear: () => customers.destroy({ where: {}, truncate: false }),
    close: () => sequelize.close(),
  };
}
