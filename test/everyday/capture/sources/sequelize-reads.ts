import { Op, QueryTypes, type Sequelize, type WhereOptions } from 'sequelize';
import type { Club } from './sequelize-models.js';

const at = new Date('2026-01-02T03:04:05Z');

/** Reads as applications write them with Sequelize. */
export function readsOf(sequelize: Sequelize, { Member, Team, Game, Score }: Club): readonly (() => unknown)[] {
  const { fn, col, literal, where, cast } = sequelize;
  const by = (condition: WhereOptions) => () => Member.findAll({ where: condition });
  return [
    () => Member.findAll(),
    () => Member.findByPk(1),
    () => Member.findOne({ where: { email: 'a@x.org' } }),
    () => Member.findOne({ attributes: ['id', ['first_name', 'name']], order: [['id', 'DESC']] }),
    by({ age: { [Op.gt]: 3, [Op.lte]: 90 } }),
    by({ age: { [Op.between]: [1, 9] }, level: { [Op.ne]: 'gold' } }),
    by({ age: { [Op.notBetween]: [1, 9] } }),
    by({ id: [1, 2, 3], isActive: true }),
    by({ id: { [Op.notIn]: [4, 5] } }),
    by({ firstName: { [Op.like]: 'A%', [Op.notLike]: '%z' } }),
    by({ firstName: { [Op.startsWith]: 'A' }, bio: { [Op.substring]: 'chess' } }),
    by({ firstName: { [Op.endsWith]: 'n' } }),
    by({ firstName: { [Op.regexp]: '^A' } }),
    by({ firstName: { [Op.notRegexp]: '^B' } }),
    by({ bio: null, age: { [Op.not]: null } }),
    by({ [Op.or]: [{ age: 1 }, { level: 'gold' }], [Op.not]: { firstName: 'x' } }),
    by({ [Op.and]: [{ age: { [Op.or]: [1, 2, null] } }, literal('`fee` > 3')] }),
    by({ 'settings.theme': 'dark' }),
    by({ settings: { size: { [Op.gt]: 3 } } }),
    by({ joined: { [Op.gte]: '2026-01-01' }, seen: { [Op.lt]: at } }),
    by({ age: { [Op.eq]: col('fee') } }),
    by({ firstName: { [Op.is]: null } }),
    by({ fee: { [Op.in]: [1.5, 2.5] } }),
    () => Member.findAll({ where: where(fn('lower', col('first_name')), 'ann') }),
    () => Member.findAll({ where: where(fn('char_length', col('email')), { [Op.gt]: 5 }) }),
    () => Member.findAll({ where: { id: { [Op.in]: literal('(SELECT scorerId FROM Scores WHERE points > 1)') } } }),
    () => Member.scope('active').findAll({ limit: 10, offset: 20, order: ['age', ['first_name', 'ASC']] }),
    () => Member.findAndCountAll({ where: { level: 'gold' }, limit: 5 }),
    () => Member.findAndCountAll({ include: ['team', 'games'], limit: 5, distinct: true }),
    () => Member.count(),
    () => Member.count({ where: { age: 3 }, distinct: true, col: 'level' }),
    () => Member.count({ group: ['level'] }),
    () => Member.max('age'),
    () => Member.min('age', { where: { level: 'gold' } }),
    () => Member.sum('fee'),
    () =>
      Member.findAll({
        attributes: ['level', [fn('COUNT', col('id')), 'n'], [fn('AVG', col('age')), 'mean']],
        group: 'level',
        having: literal('n > 1'),
      }),
    () => Member.findAll({ attributes: { include: [[fn('YEAR', col('joined')), 'year']], exclude: ['bio', 'photo'] } }),
    () => Member.findAll({ attributes: [[fn('DISTINCT', col('level')), 'level']] }),
    () =>
      Member.findAll({
        attributes: [
          [cast(col('age'), 'CHAR'), 'text'],
          [literal('age * 2'), 'twice'],
        ],
      }),
    () => Member.findAll({ paranoid: false, where: { deletedAt: { [Op.ne]: null } } }),
    () => Member.findAll({ order: [fn('RAND')], limit: 1 }),
    () =>
      Member.findAll({
        order: [
          [literal("FIELD(level, 'gold', 'silver')"), 'ASC'],
          [{ model: Team, as: 'team' }, 'name', 'DESC'],
        ],
        include: 'team',
      }),
    () =>
      Member.findAll({ indexHints: [{ type: 'USE' as never, values: ['members_level'] }], where: { level: 'gold' } }),
    () => Member.findAll({ where: literal("MATCH(bio) AGAINST('chess')") as never }),
    () => Member.findAll({ include: [{ association: 'team', where: { name: 'A' }, required: true }] }),
    () =>
      Member.findAll({ include: [{ association: 'games', through: { attributes: [] }, attributes: ['id', 'title'] }] }),
    () =>
      Member.findAll({
        include: [
          { association: 'games', through: { where: { createdAt: { [Op.lt]: at } } }, required: false },
          { association: 'best', include: ['Game'] },
        ],
      }),
    () => Member.findAll({ where: { '$team.name$': 'A' }, include: 'team' }),
    () => Team.findAll({ include: [{ association: 'members', separate: true, order: [['age', 'DESC']], limit: 2 }] }),
    () =>
      Team.findAll({ include: [{ association: 'members', include: [{ association: 'games', include: ['scores'] }] }] }),
    () =>
      Team.findAll({
        include: [{ association: 'members', duplicating: false, attributes: [] }],
        attributes: ['id', [fn('COUNT', col('members.id')), 'n']],
        group: ['Team.id'],
        limit: 3,
      }),
    () =>
      Team.findAll({
        subQuery: false,
        limit: 3,
        include: { association: 'members', where: { age: { [Op.gt]: 1 } }, right: true } as never,
      }),
    () =>
      Team.findAll({ limit: 2, include: [{ association: 'members', required: true, where: { age: { [Op.gt]: 1 } } }] }),
    () =>
      Game.findAll({
        include: [{ association: 'scores', required: true, include: ['scorer'] }],
        order: [['scores', 'points', 'DESC']],
      }),
    () =>
      Game.findAll({
        where: fn('ST_Contains', fn('ST_GeomFromText', 'POLYGON((0 0,9 0,9 9,0 9,0 0))'), col('place')) as never,
      }),
    () =>
      Score.findAll({
        attributes: ['GameId', [fn('SUM', col('points')), 'total']],
        group: ['GameId'],
        order: [[col('total'), 'DESC']],
        raw: true,
      }),
    () => Score.aggregate('points', 'count', { distinct: true, plain: true } as never),
    () => sequelize.query('SELECT * FROM `Members` WHERE `age` > ?', { replacements: [3], type: QueryTypes.SELECT }),
    () =>
      sequelize.query('SELECT * FROM `Members` WHERE `level` = :level', {
        replacements: { level: 'gold' },
        type: QueryTypes.SELECT,
      }),
    () => sequelize.query('SELECT * FROM `Members` WHERE `id` = $1', { bind: [1], type: QueryTypes.SELECT }),
    () => sequelize.query('SELECT COUNT(*) AS n FROM `games`', { plain: true }),
    () => sequelize.authenticate(),
    () => sequelize.databaseVersion(),
  ];
}
