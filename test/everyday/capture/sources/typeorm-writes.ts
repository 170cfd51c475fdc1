import type { DataSource } from 'typeorm';
import { Comment, Folder, Post, Profile, Topic, User } from './typeorm-entities.js';

/** Writes through repositories and the query builder. */
export function writesOf(source: DataSource): readonly (() => unknown)[] {
  const users = source.getRepository(User);
  const posts = source.getRepository(Post);
  const ann = { email: 'a@x.org', firstName: 'Ann', age: 30, settings: { theme: 'dark' }, tags: ['a', 'b'] };
  return [
    () => users.save({ ...ann, profile: { bio: 'hello', born: '1990-01-02' } }),
    () =>
      users.save([
        { email: 'b@x.org', firstName: "O'B" },
        { email: 'c@x.org', firstName: 'Cid' },
      ]),
    () =>
      users.save(
        [4, 5, 6, 7].map((n) => ({ email: `u${String(n)}@x.org`, firstName: 'U' })),
        { chunk: 2 },
      ),
    () => users.save({ id: 1, firstName: 'Anna' }),
    () => users.insert({ email: 'd@x.org', firstName: 'Dee' }),
    () =>
      users.insert([
        { email: 'e@x.org', firstName: 'Eve' },
        { email: 'f@x.org', firstName: 'Fay', age: 3 },
      ]),
    () => users.update({ id: 1 }, { age: 31 }),
    () => users.update([1, 2], { isActive: false }),
    () => users.update({ role: 'guest', isActive: true }, { firstName: () => 'UPPER(first_name)' }),
    () => users.increment({ id: 1 }, 'age', 1),
    () => users.decrement({ id: 1 }, 'age', 2),
    () => users.upsert({ ...ann, firstName: 'Anne' }, ['email']),
    () =>
      users.upsert(
        [
          { email: 'a@x.org', firstName: 'A' },
          { email: 'z@x.org', firstName: 'Z' },
        ],
        { conflictPaths: ['email'], skipUpdateIfNoValuesChanged: true },
      ),
    () =>
      posts.save({
        title: 'One',
        body: 'x',
        author: { id: 1 },
        categories: [{ name: 'news' }, { name: 'art' }],
        comments: [],
      }),
    () => posts.save({ title: 'Two', body: 'y', rating: 4.5, author: { id: 1 }, publishedAt: new Date() }),
    () => source.getRepository(Comment).save({ text: 'nice', post: { id: 1 }, author: { id: 1 } }),
    () => posts.createQueryBuilder().relation(Post, 'categories').of(2).add(1),
    () => posts.createQueryBuilder().relation(Post, 'categories').of(2).remove(1),
    () => posts.createQueryBuilder().relation(Post, 'author').of(2).set(2),
    () => posts.save({ id: 1, categories: [{ id: 1 }] }),
    () => users.softDelete(3),
    () => users.restore({ id: 3 }),
    async () => users.softRemove(await users.findOneByOrFail({ id: 3 })),
    async () => users.recover(await users.findOneOrFail({ where: { id: 3 }, withDeleted: true })),
    () => users.delete({ id: 4 }),
    () => users.delete([5, 6]),
    async () => users.remove(await users.findOneByOrFail({ id: 7 })),
    () =>
      source
        .createQueryBuilder()
        .insert()
        .into(User)
        .values({ email: 'q@x.org', firstName: () => "CONCAT('a', 'b')" })
        .updateEntity(false)
        .execute(),
    () =>
      source
        .createQueryBuilder()
        .insert()
        .into(User)
        .values([{ email: 'q@x.org', firstName: 'Q' }])
        .orIgnore()
        .updateEntity(false)
        .execute(),
    () =>
      source
        .createQueryBuilder()
        .insert()
        .into(User)
        .values({ email: 'q@x.org', firstName: 'Q' })
        .orUpdate(['first_name'], ['email'])
        .execute(),
    () =>
      source
        .createQueryBuilder()
        .update(User)
        .set({ age: () => 'age + 1' })
        .where('id = :id', { id: 1 })
        .execute(),
    () =>
      source
        .createQueryBuilder()
        .update(Post)
        .set({ views: 3 })
        .where('authorId IN (SELECT id FROM user WHERE age > :age)', { age: 3 })
        .execute(),
    () =>
      source
        .createQueryBuilder()
        .update(User)
        .set({ isActive: true })
        .where('age < :age', { age: 9 })
        .orderBy('id')
        .limit(2)
        .execute(),
    () => source.createQueryBuilder().delete().from(Comment).where('likes < :n', { n: 0 }).execute(),
    () => source.createQueryBuilder().softDelete().from(User).where('email = :e', { e: 'q@x.org' }).execute(),
    () => source.createQueryBuilder().restore().from(User).where('email = :e', { e: 'q@x.org' }).execute(),
    () => source.getRepository(Profile).save({ id: 1, photo: Buffer.from('abc') }),
    () => source.query('INSERT INTO `folder` (`name`) VALUES (?)', ['raw']),
  ];
}

/** Trees: closure table and materialised path. */
export function treesOf(source: DataSource): readonly (() => unknown)[] {
  const topics = source.getTreeRepository(Topic);
  const folders = source.getTreeRepository(Folder);
  return [
    async () => {
      const root = await topics.save({ name: 'root' });
      const child = await topics.save({ name: 'child', parent: root });
      await topics.findTrees();
      await topics.findRoots();
      await topics.findDescendants(root);
      await topics.findDescendantsTree(root);
      await topics.countDescendants(root);
      await topics.findAncestors(child);
      await topics.countAncestors(child);
      await topics.remove(child).catch(() => undefined);
    },
    async () => {
      const root = await folders.save({ name: 'root' });
      const child = await folders.save({ name: 'child', parent: root });
      await folders.findTrees();
      await folders.findDescendants(root);
      await folders.findAncestorsTree(child);
      await folders.countAncestors(child);
      await folders.remove(child);
    },
  ];
}

/** Transactions, savepoints and locking reads. */
export function transactionsOf(source: DataSource): readonly (() => unknown)[] {
  const locked = (mode: 'pessimistic_read' | 'pessimistic_write', onLocked?: 'nowait' | 'skip_locked') => () =>
    source.transaction((manager) =>
      manager.findOne(User, { where: { id: 1 }, lock: { mode, ...(onLocked && { onLocked }) } }),
    );
  return [
    () => source.transaction((manager) => manager.update(User, { id: 1 }, { age: 40 })),
    () =>
      source.transaction((manager) =>
        manager.transaction(async (inner) => {
          await inner.save(Comment, { text: 'inner', post: { id: 1 } });
        }),
      ),
    () => source.transaction(() => Promise.reject(new Error('as meant'))).catch(() => undefined),
    () =>
      source
        .transaction((manager) => manager.transaction(() => Promise.reject(new Error('as meant'))))
        .catch(() => undefined),
    () => source.transaction('READ COMMITTED', (manager) => manager.count(User)),
    () => source.transaction('SERIALIZABLE', (manager) => manager.count(Post)),
    locked('pessimistic_read'),
    locked('pessimistic_write'),
    locked('pessimistic_write', 'nowait'),
    locked('pessimistic_write', 'skip_locked'),
    () =>
      source.transaction((manager) =>
        manager.createQueryBuilder(User, 'u').setLock('pessimistic_write').where('u.id = 1').getMany(),
      ),
    () => source.getRepository(Comment).clear(),
  ];
}
