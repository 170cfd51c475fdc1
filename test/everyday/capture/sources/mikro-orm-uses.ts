import { LockMode, raw, sql } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/knex';
import { Author, Book, Publisher, Tag, type Row } from './mikro-orm-entities.js';

/** A fresh entity manager for each use. */
type Forked = () => SqlEntityManager;

/** What a managed entity offers besides its columns. */
interface Managed {
  readonly books: {
    init(): Promise<unknown>;
    loadCount(): Promise<number>;
    add(...items: unknown[]): void;
    matching(options: object): Promise<unknown>;
  };
  readonly tags: {
    init(): Promise<unknown>;
    add(...items: unknown[]): void;
    remove(...items: unknown[]): void;
    removeAll(): void;
    set(items: unknown[]): void;
  };
}

const managed = (entity: unknown): Managed => entity as Managed;

/** The unit of work: inserts, updates, deletes, collections. */
export function writesOf(fork: Forked): readonly (() => unknown)[] {
  return [
    async () => {
      const em = fork();
      const ann = em.create(Author, { email: 'a@x.org', name: 'Ann', meta: { theme: 'dark' }, tags: ['a'] } as Row);
      const publisher = em.create(Publisher, { name: 'P', kind: 'local', address: { street: 's', city: 'c' } } as Row);
      const tag = em.create(Tag, { id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', name: 'art' } as unknown as Row);
      const book = em.create(Book, { title: 'One', author: ann, publisher, price: '9.50', tags: [tag] } as Row);
      em.create(Book, { title: "Two's", author: ann, body: 'x' } as Row);
      await em.persist([ann, book]).flush();
    },
    () => fork().insert(Author, { email: 'b@x.org', name: 'Bob' } as Row),
    () =>
      fork().insertMany(Author, [
        { email: 'c@x.org', name: 'Cid' },
        { email: 'd@x.org', name: 'Dee', age: 3 },
      ] as Row[]),
    async () => {
      const em = fork();
      const author = await em.findOneOrFail(Author, 1);
      author['name'] = 'Anna';
      author['meta'] = { theme: 'light' };
      await em.flush();
    },
    async () => {
      const em = fork();
      for (const author of await em.find(Author, { id: { $gt: 1 } })) author['age'] = 30 + Number(author.id);
      await em.flush();
    },
    async () => {
      const em = fork();
      const book = managed(await em.findOneOrFail(Book, { id: 1 }, { populate: ['tags'] as never }));
      book.tags.removeAll();
      await em.flush();
      book.tags.add(em.getReference(Tag, '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' as never));
      await em.flush();
    },
    () => fork().upsert(Author, { email: 'a@x.org', name: 'Ann', age: 3 } as Row),
    () =>
      fork().upsertMany(Author, [
        { email: 'a@x.org', name: 'A' },
        { email: 'e@x.org', name: 'E' },
      ] as Row[]),
    () => fork().upsert(Author, { email: 'a@x.org', name: 'Ann' } as Row, { onConflictAction: 'ignore' }),
    () =>
      fork().upsert(Author, { email: 'a@x.org', name: 'Ann', age: 4 } as Row, {
        onConflictFields: ['email'] as never,
        onConflictMergeFields: ['name'] as never,
      }),
    () => fork().nativeUpdate(Author, { id: 1 }, { age: 31 }),
    () => fork().nativeUpdate(Author, { age: { $lt: 3 } }, { name: raw('upper(name)'), age: raw('age + 1') } as Row),
    () => fork().nativeUpdate(Book, { author: { email: 'a@x.org' } } as never, { rating: 5 }),
    () => fork().nativeDelete(Book, { id: 99 }),
    () => fork().nativeDelete(Book, { author: { name: 'nobody' } } as never),
    async () => {
      const em = fork();
      await em.removeAndFlush(await em.findOneOrFail(Author, { email: 'd@x.org' }));
    },
    () =>
      fork()
        .createQueryBuilder(Author)
        .insert({ email: 'f@x.org', name: 'Fay' } as Row)
        .execute(),
    () =>
      fork()
        .createQueryBuilder(Author)
        .insert({ email: 'f@x.org', name: 'Fay' } as Row)
        .onConflict('email')
        .merge()
        .execute(),
    () =>
      fork()
        .createQueryBuilder(Author)
        .insert({ email: 'f@x.org', name: 'Fay' } as Row)
        .onConflict('email')
        .ignore()
        .execute(),
    () => fork().createQueryBuilder(Author).update({ age: 9 }).where({ id: 1 }).execute(),
    () =>
      fork()
        .createQueryBuilder(Author)
        .update({ age: sql`age + ${1}` } as Row)
        .where('name like ?', ['F%'])
        .execute(),
    () =>
      fork()
        .createQueryBuilder(Book)
        .delete({ rating: { $lt: 0 } })
        .execute(),
    () => fork().createQueryBuilder('book_tags').truncate().execute(),
  ];
}

/** Reads with the entity manager and the query builder. */
export function readsOf(fork: Forked): readonly (() => unknown)[] {
  const find =
    (where: object, options: object = {}) =>
    () =>
      fork().find(Author, where as never, options as never);
  const books =
    (where: object, options: object = {}) =>
    () =>
      fork().find(Book, where as never, options as never);
  return [
    find({}),
    find({ id: 1 }, { populate: ['books'] }),
    find({}, { populate: ['books.tags', 'favourite'], strategy: 'joined' }),
    find({}, { populate: ['books.publisher'], strategy: 'select-in' }),
    find({ name: { $like: 'A%' }, age: { $gte: 3, $lt: 90 } }),
    find({ $or: [{ name: 'Ann' }, { age: null }], $not: { email: 'x' } }),
    find({ id: { $in: [1, 2] }, email: { $nin: ['x', 'y'] }, name: { $ne: null } }),
    find({ name: { $re: '^A' } }),
    find({ meta: { theme: 'dark' } }),
    find({ books: { title: 'One' } }),
    find({ books: { tags: { name: 'art' } } }, { orderBy: { books: { title: 'desc' } } }),
    find({ books: { $some: { price: { $gt: 1 } } } }),
    find({ books: { $none: { price: { $gt: 100 } } } }),
    find({ books: { $every: { published: true } } }),
    find({}, { orderBy: [{ name: 'asc' }, { id: 'desc' }], limit: 5, offset: 10 }),
    find({}, { fields: ['id', 'email'] }),
    find({}, { exclude: ['meta'] }),
    find({}, { populate: ['bookCount'] }),
    find({}, { having: { age: { $gt: 1 } } }),
    find({ [raw('lower(name)') as unknown as string]: 'ann' }),
    find({ [sql`length(email)` as unknown as string]: { $gt: 3 } }),
    find({}, { orderBy: { [raw('rand()') as unknown as string]: 'asc' }, limit: 1 }),
    find({}, { populate: ['books'], populateWhere: { books: { published: true } } }),
    find({}, { limit: 2, populate: ['books'], strategy: 'joined', orderBy: { books: { title: 'asc' } } }),
    find({}, { hintComments: 'from the list page' }),
    find({}, { indexHint: 'use index (author_name_index)' }),
    books({ author: { name: 'Ann' }, publisher: { address: { city: 'c' } } }),
    books({ author: 1, deletedAt: null }, { filters: { live: true } }),
    books({ body: { $fulltext: 'lamp' } }),
    books({ tags: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' }),
    books({ createdAt: { $gt: new Date(0) } }, { groupBy: 'id' }),
    () => fork().findOne(Author, { email: 'a@x.org' } as never),
    () => fork().findAndCount(Author, { age: { $gt: 1 } }, { limit: 2 }),
    () => fork().findByCursor(Author, {}, { first: 2, orderBy: { id: 'asc' } as never }),
    () => fork().findAll(Tag),
    () => fork().count(Author),
    () => fork().count(Author, { books: { title: 'One' } } as never),
    async () => managed(await fork().findOneOrFail(Author, 1)).books.init(),
    async () => managed(await fork().findOneOrFail(Author, 1)).books.loadCount(),
    async () =>
      managed(await fork().findOneOrFail(Author, 1)).books.matching({ where: { published: false }, limit: 2 }),
    async () => managed(await fork().findOneOrFail(Book, { title: 'One' } as never)).tags.init(),
    () =>
      fork()
        .createQueryBuilder(Author, 'a')
        .select('*')
        .leftJoinAndSelect('a.books', 'b')
        .where({ 'b.title': 'One' } as never)
        .getResult(),
    () =>
      fork()
        .createQueryBuilder(Author, 'a')
        .select(['a.id', raw('count(b.id) as n')])
        .leftJoin('books' as never, 'b')
        .groupBy('a.id')
        .having('n > ?', [0])
        .execute(),
    () => fork().createQueryBuilder(Author, 'a').count('id', true).execute(),
    () =>
      fork()
        .createQueryBuilder(Author, 'a')
        .select('a.id')
        .where({ id: { $in: fork().createQueryBuilder(Book, 'b').select('b.author').getKnexQuery() } } as never)
        .execute(),
    () =>
      fork()
        .createQueryBuilder(Author, 'a')
        .select('name', true)
        .orderBy({ name: 'desc' } as never)
        .limit(3, 1)
        .execute(),
    () => fork().getKnex()('author').select('id').whereNull('age'),
    () => fork().execute('select 1 as one'),
    () => fork().execute('select * from author where id = ?', [1]),
  ];
}

/** Transactions, savepoints and locking reads. */
export function transactionsOf(fork: Forked): readonly (() => unknown)[] {
  const locked = (lockMode: LockMode) => () =>
    fork().transactional((em) => em.findOne(Author, { id: 1 }, { lockMode } as never));
  return [
    () => fork().transactional((em) => em.nativeUpdate(Author, { id: 1 }, { age: 40 })),
    () => fork().transactional((em) => em.transactional((inner) => inner.nativeUpdate(Author, { id: 1 }, { age: 41 }))),
    () =>
      fork()
        .transactional(() => Promise.reject(new Error('as meant')))
        .catch(() => undefined),
    () => fork().transactional((em) => em.count(Author), { isolationLevel: 'read committed' as never }),
    () => fork().transactional((em) => em.count(Author), { readOnly: true }),
    async () => {
      const em = fork();
      await em.begin();
      await em.count(Book);
      await em.rollback();
    },
    locked(LockMode.PESSIMISTIC_READ),
    locked(LockMode.PESSIMISTIC_WRITE),
    locked(LockMode.PESSIMISTIC_WRITE_OR_FAIL),
    locked(LockMode.PESSIMISTIC_PARTIAL_WRITE),
  ];
}
