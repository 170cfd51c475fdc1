import { Op, QueryTypes, Transaction, type Sequelize } from 'sequelize';
import type { Club } from './sequelize-models.js';

/** What the associations add to an instance. */
type Associated = Record<string, (...args: unknown[]) => Promise<unknown>>;

function associated(instance: unknown): Associated {
  return instance as Associated;
}

/** Writes as applications make them with Sequelize. */
export function writesOf(sequelize: Sequelize, { Member, Team, Game, Score }: Club): readonly (() => unknown)[] {
  const ann = { email: 'a@x.org', firstName: 'Ann', age: 30 };
  return [
    () => Member.create({ ...ann, settings: { theme: 'dark', size: 4 } }),
    () =>
      Member.bulkCreate([{ email: 'b@x.org', firstName: "O'B" }, { email: 'c@x.org' }, { email: 'd@x.org', age: 4 }]),
    () => Member.bulkCreate([ann], { ignoreDuplicates: true }),
    () => Member.bulkCreate([ann, { email: 'e@x.org' }], { updateOnDuplicate: ['firstName', 'age'] }),
    () => Member.bulkCreate([{ email: 'f@x.org' }], { fields: ['email'], validate: true }),
    () => Member.upsert({ ...ann, age: 31 }),
    () => Member.findOrCreate({ where: { email: 'g@x.org' }, defaults: { age: 3 } }),
    () => Member.findCreateFind({ where: { email: 'g@x.org' } }),
    () => Member.findOrBuild({ where: { email: 'none@x.org' } }),
    () => Team.create({ name: 'A', members: [{ email: 'h@x.org' }] }, { include: 'members' }),
    () => Member.update({ age: 33 }, { where: { id: 1 } }),
    () =>
      Member.update({ fee: sequelize.literal('fee + 1'), level: 'gold' }, { where: { age: { [Op.gt]: 1 } }, limit: 2 }),
    () => Member.update({ isActive: false }, { where: { id: [2, 3] }, silent: true, paranoid: false }),
    async () => (await Member.findByPk(1))?.update({ firstName: 'Anna' }),
    async () => {
      const member = await Member.findByPk(1);
      member?.set('age', 5);
      await member?.save({ fields: ['age'] });
      await member?.reload();
      await member?.increment('age', { by: 2 });
      await member?.decrement(['age', 'fee']);
    },
    () => Member.increment({ age: 1 }, { where: { level: 'gold' } }),
    () => Member.decrement('age', { by: 3, where: { id: 1 } }),
    () => Member.destroy({ where: { id: 2 } }),
    () => Member.restore({ where: { id: 2 } }),
    () => Member.destroy({ where: { id: 3 }, force: true }),
    () => Member.destroy({ where: { age: { [Op.lt]: 0 } }, limit: 10 }),
    async () => {
      const member = await Member.findByPk(4);
      await member?.destroy();
      await member?.restore();
    },
    () => Game.create({ title: 'chess', place: { type: 'Point', coordinates: [1, 2] } }),
    () => Game.bulkCreate([{ title: 'go' }, { title: 'bridge', length: 90 }]),
    async () => {
      const member = associated(await Member.findByPk(1));
      const team = associated(await Team.findByPk(1));
      const game = await Game.findByPk(1);
      await member['setTeam']?.(team);
      await member['getTeam']?.();
      await member['addGame']?.(game);
      await member['addGames']?.([2, 3]);
      await member['hasGame']?.(game);
      await member['countGames']?.();
      await member['getGames']?.({ where: { title: 'chess' }, joinTableAttributes: [] });
      await member['removeGame']?.(game);
      await member['setGames']?.([1, 2]);
      await member['createBest']?.({ points: 9 });
      await team['getMembers']?.({ order: [['age', 'ASC']] });
      await team['createMember']?.({ email: 'i@x.org' });
      await team['removeMember']?.(1);
    },
    () => Score.create({ points: 3, GameId: 1, scorerId: 1 }),
    () => Score.destroy({ where: { id: 99 } }),
    () =>
      sequelize.query('INSERT INTO `teams` (`name`, `created_at`, `updated_at`) VALUES (?, NOW(), NOW())', {
        replacements: ['raw'],
        type: QueryTypes.INSERT,
      }),
    () =>
      sequelize.query('UPDATE `teams` SET `rank` = 2 WHERE `name` = :name', {
        replacements: { name: 'raw' },
        type: QueryTypes.UPDATE,
      }),
    () => Score.truncate(),
    () => Score.destroy({ where: {}, truncate: true }),
  ];
}

/** Transactions, savepoints and locking reads. */
export function transactionsOf(sequelize: Sequelize, { Member, Team }: Club): readonly (() => unknown)[] {
  const { ISOLATION_LEVELS, LOCK } = Transaction;
  return [
    () => sequelize.transaction((transaction) => Member.count({ transaction })),
    () =>
      sequelize.transaction({ isolationLevel: ISOLATION_LEVELS.READ_COMMITTED }, (transaction) =>
        Member.count({ transaction }),
      ),
    () =>
      sequelize.transaction({ isolationLevel: ISOLATION_LEVELS.SERIALIZABLE }, (transaction) =>
        Team.count({ transaction }),
      ),
    () => sequelize.transaction((transaction) => Member.findByPk(1, { transaction, lock: LOCK.UPDATE })),
    () => sequelize.transaction((transaction) => Member.findByPk(1, { transaction, lock: LOCK.SHARE })),
    () =>
      sequelize.transaction((transaction) => Member.findAll({ transaction, lock: true, skipLocked: true, limit: 1 })),
    () =>
      sequelize.transaction((transaction) =>
        sequelize.transaction({ transaction }, (inner) => Team.count({ transaction: inner })),
      ),
    async () => {
      const outer = await sequelize.transaction();
      const inner = await sequelize.transaction({ transaction: outer });
      await Team.update({ rank: 1 }, { where: { id: 1 }, transaction: inner });
      await inner.rollback();
      await outer.rollback();
    },
  ];
}
