import {
  Between,
  Brackets,
  Equal,
  ILike,
  In,
  IsNull,
  LessThan,
  LessThanOrEqual,
  Like,
  MoreThan,
  MoreThanOrEqual,
  Not,
  NotBrackets,
  Or,
  Raw,
  type DataSource,
} from 'typeorm';
import { Category, Comment, Post, User } from './typeorm-entities.js';

/** Reads through repositories. */
export function findsOf(source: DataSource): readonly (() => unknown)[] {
  const users = source.getRepository(User);
  const posts = source.getRepository(Post);
  return [
    () => users.find(),
    () => users.findOneBy({ id: 1 }),
    () => users.findOne({ where: { email: 'a@x.org' }, relations: { profile: true } }),
    () => users.findOneOrFail({ where: { id: 1 }, select: { id: true, email: true } }),
    () => users.findOne({ where: { id: 1 }, relations: { posts: { categories: true, comments: true } } }),
    () => users.find({ where: [{ role: 'admin' }, { age: MoreThan(18), firstName: Like('A%') }] }),
    () =>
      users.find({ where: { id: In([1, 2, 3]), age: Not(IsNull()), createdAt: Between(new Date(0), new Date(1e12)) } }),
    () =>
      users.find({ where: { age: LessThan(9), id: MoreThanOrEqual(1), role: Equal('guest'), email: ILike('%X%') } }),
    () => users.find({ where: { age: Or(LessThanOrEqual(3), MoreThan(90)), firstName: Not('x') } }),
    () => users.find({ where: { firstName: Raw((alias) => `UPPER(${alias}) = :name`, { name: 'ANN' }) } }),
    () => users.find({ order: { createdAt: 'DESC', id: 'ASC' }, skip: 10, take: 5 }),
    () => users.find({ relations: { posts: true }, take: 2, order: { firstName: 'ASC' } }),
    () => users.findAndCount({ where: { isActive: true }, take: 10 }),
    () => users.find({ withDeleted: true, where: { deletedAt: Not(IsNull()) } }),
    () => users.find({ cache: 1000, where: { role: 'member' } }),
    () => users.count(),
    () => users.countBy({ role: 'admin' }),
    () => users.exists({ where: { email: 'a@x.org' } }),
    () => users.sum('age' as never, { isActive: true }),
    () => users.average('age' as never),
    () => users.minimum('age' as never),
    () => users.maximum('age' as never, { role: 'guest' }),
    () => posts.find({ where: { author: { email: 'a@x.org' } }, relations: { author: true } }),
    () => posts.find({ where: { categories: { name: In(['news', 'art']) } } }),
    () =>
      posts.find({
        relations: { author: { profile: true }, comments: { author: true } },
        relationLoadStrategy: 'query',
      }),
    () => posts.find({ loadRelationIds: true, where: { id: 1 } }),
    () =>
      posts.find({
        where: { rating: MoreThan(3) },
        order: { author: { firstName: 'DESC' } },
        relations: { author: true },
        skip: 0,
        take: 3,
      }),
    () => posts.findOne({ where: { id: 1 }, lock: { mode: 'optimistic', version: 1 } }).catch(() => undefined),
  ];
}

/** Reads through the query builder. */
export function builderReadsOf(source: DataSource): readonly (() => unknown)[] {
  const user = () => source.getRepository(User).createQueryBuilder('u');
  const post = () => source.getRepository(Post).createQueryBuilder('post');
  return [
    () => user().getMany(),
    () => user().where('u.id = :id', { id: 1 }).getOne(),
    () =>
      user()
        .select(['u.id', 'u.email'])
        .where('u.role IN (:...roles)', { roles: ['admin', 'guest'] })
        .getMany(),
    () =>
      user().addSelect('u.secret').where('u.firstName LIKE :name', { name: '%nn%' }).orWhere('u.age IS NULL').getMany(),
    () =>
      user()
        .where(
          new Brackets((q) => {
            q.where('u.age > :a', { a: 3 }).orWhere('u.age < :b', { b: 1 });
          }),
        )
        .andWhere(
          new NotBrackets((q) => {
            q.where('u.role = :r', { r: 'guest' });
          }),
        )
        .getMany(),
    () =>
      user().leftJoinAndSelect('u.posts', 'p', 'p.rating > :rating', { rating: 2 }).orderBy('p.id', 'DESC').getMany(),
    () =>
      user()
        .innerJoin('u.posts', 'p')
        .select('u.id', 'id')
        .addSelect('COUNT(p.id)', 'n')
        .groupBy('u.id')
        .having('COUNT(p.id) > :n', { n: 0 })
        .getRawMany(),
    () => user().leftJoin('Post', 'x', 'x.authorId = u.id').getCount(),
    () => user().leftJoinAndMapOne('u.latest', 'u.posts', 'l').getOne(),
    () => user().leftJoinAndSelect('u.posts', 'p').skip(0).take(2).getManyAndCount(),
    () => user().orderBy('u.firstName').addOrderBy('u.id', 'DESC').limit(5).offset(5).getMany(),
    () => user().select('DISTINCT u.role', 'role').getRawMany(),
    () => user().select('u.role').distinct(true).getRawMany(),
    () =>
      user()
        .where((q) => `u.id IN ${q.subQuery().select('p.authorId').from(Post, 'p').where('p.views > :v').getQuery()}`)
        .setParameter('v', 1)
        .getMany(),
    () => user().whereExists(source.getRepository(Post).createQueryBuilder('p').where('p.authorId = u.id')).getMany(),
    () => user().whereInIds([1, 2]).withDeleted().getMany(),
    () => user().select('YEAR(u.createdAt)', 'y').addSelect('SUM(u.age)', 's').groupBy('y').orderBy('y').getRawMany(),
    () => user().select("JSON_EXTRACT(u.settings, '$.theme')", 'theme').where("u.settings->'$.a' IS NULL").getRawMany(),
    () => user().useIndex('IDX_user_name_age').where('u.firstName = :n', { n: 'x' }).getMany(),
    () => user().maxExecutionTime(1000).getMany(),
    () => user().comment('from the list page').getMany(),
    () => user().addSelect('CASE WHEN u.age > 18 THEN 1 ELSE 0 END', 'adult').orderBy('adult').getRawAndEntities(),
    () => user().cache(true).where('u.id = 5').getMany(),
    () => user().cache('users_admins', 60000).where("u.role = 'admin'").getMany(),
    () => source.queryResultCache?.remove(['users_admins']),
    () => source.queryResultCache?.clear(),
    async () => {
      const stream = await user().select('u.id').stream();
      for await (const row of stream) void row;
    },
    () =>
      post()
        .leftJoinAndSelect('post.author', 'a')
        .leftJoinAndSelect('a.profile', 'pr')
        .leftJoinAndSelect('post.categories', 'c')
        .leftJoinAndSelect('post.comments', 'co')
        .getMany(),
    () => post().where('MATCH(post.title) AGAINST (:q IN BOOLEAN MODE)', { q: '+lamp' }).getMany(),
    () => post().where('post.publishedAt BETWEEN :a AND :b', { a: '2026-01-01', b: '2026-02-01' }).getCount(),
    () =>
      source
        .createQueryBuilder()
        .select('t.n')
        .from((q) => q.select('COUNT(*)', 'n').from(Comment, 'c').groupBy('c.postId'), 't')
        .getRawMany(),
    () => source.createQueryBuilder().relation(Post, 'categories').of(1).loadMany(),
    () => source.createQueryBuilder().relation(Post, 'author').of(1).loadOne(),
    () =>
      source
        .createQueryBuilder()
        .addCommonTableExpression('SELECT `id` FROM `user` WHERE `age` > 3', 'adults')
        .select('a.id')
        .from('adults', 'a')
        .getRawMany(),
    () =>
      source
        .createQueryBuilder()
        .addCommonTableExpression('SELECT 1 AS n UNION ALL SELECT n + 1 FROM counter WHERE n < 3', 'counter', {
          recursive: true,
          columnNames: ['n'],
        })
        .select('n')
        .from('counter', 'counter')
        .getRawMany(),
    () => source.getRepository(Category).createQueryBuilder('c').select('c.name').getMany(),
    () => source.query('SELECT COUNT(*) AS n FROM `post`'),
    () =>
      source.query(
        'SELECT `u`.`id`, ROW_NUMBER() OVER (PARTITION BY `u`.`role` ORDER BY `u`.`id`) AS `rn` FROM `user` `u`',
      ),
  ];
}
