import { withContext } from 'countersign';
import mysql, { setDefaultGovernor } from 'countersign/mysql2';
import { DataTypes, Sequelize } from 'sequelize';
import { whenOver } from '../stage/play.js';
import { type OrmStage, show, type Shown, tell } from './stage.js';

/** Sequelize, whose dialect's module is Countersign's mysql2. */
export default async function runSequelize({ schema, governor, agent }: OrmStage): Promise<void> {
  setDefaultGovernor(governor);
  const { host, port, user, password, database, ssl } = schema.connection;
  const sequelize = new Sequelize(database, user, password, {
    ...{ host, port, dialect: 'mysql', logging: false },
    dialectModule: mysql,
    dialectOptions: { ssl },
  });
  whenOver(() => sequelize.close());
  const { STRING } = DataTypes;
  const customers = sequelize.define('customers', { name: STRING, email: STRING, city: STRING }, { timestamps: false });
  await withContext({ identity: agent, task: 'SUP-1042' }, async () => {
    const found = await customers.findAll({ where: { city: 'Bern' } });
    show(found.map((customer) => customer.get() as Shown));
    await customers.destroy({ where: {} }).catch(tell);
  });
}
