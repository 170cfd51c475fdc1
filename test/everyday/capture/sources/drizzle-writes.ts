import { and, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import * as tables from './drizzle-tables.js';

const { authors, books, bookShelves, shelves } = tables;

/** Writes as applications make them with Drizzle. */
export function writesOf(db: MySql2Database<typeof tables>): readonly (() => unknown)[] {
  return [
    () => db.insert(authors).values({ email: 'a@x.org', fullName: 'Ann', settings: { theme: 'dark' } }),
    () =>
      db.insert(authors).values([{ email: 'b@x.org' }, { email: 'c@x.org', karma: 3, born: new Date('1990-01-02') }]),
    () => db.insert(authors).values({ email: 'd@x.org' }).$returningId(),
    () =>
      db
        .insert(authors)
        .values({ email: 'a@x.org' })
        .onDuplicateKeyUpdate({ set: { karma: sql`${authors.karma} + 1` } }),
    () =>
      db
        .insert(authors)
        .values({ email: 'a@x.org', karma: 2 })
        .onDuplicateKeyUpdate({ set: { karma: sql`values(${authors.karma})` } }),
    () => db.insert(authors).ignore().values({ email: 'a@x.org' }),
    () => db.insert(books).values({ title: 'One', authorId: 1, price: '9.50', pages: 10, soldAt: new Date() }),
    () => db.insert(books).values({ title: 'Two', authorId: 1, summary: sql`concat('a', 'b')` }),
    () => db.insert(shelves).values({ id: sql`uuid()`, label: "the 'first'" }),
    () =>
      db.insert(shelves).values([
        { id: 's1', label: 'x' },
        { id: 's2', label: 'y' },
      ]),
    () => db.insert(bookShelves).values({ bookId: 1, shelfId: 's1' }),
    () =>
      db.insert(shelves).select(
        db
          .select({ id: sql<string>`concat('c', ${shelves.id})`.as('id'), label: shelves.label })
          .from(shelves)
          .where(eq(shelves.id, 's1')),
      ),
    () => db.update(authors).set({ karma: 5 }).where(eq(authors.id, 1)),
    () =>
      db
        .update(authors)
        .set({ karma: sql`${authors.karma} - ${1}`, fullName: null })
        .where(and(gt(authors.karma, 1), isNull(authors.born))),
    () =>
      db
        .update(authors)
        .set({ settings: sql`json_set(coalesce(${authors.settings}, '{}'), '$.a', ${1})` })
        .where(inArray(authors.id, [1, 2])),
    () => db.update(books).set({ stock: 0 }).where(lt(books.id, 100)).orderBy(books.id).limit(2),
    () =>
      db
        .update(books)
        .set({ pages: 12 })
        .where(inArray(books.authorId, db.select({ id: authors.id }).from(authors).where(eq(authors.role, 'writer')))),
    () => db.delete(bookShelves).where(and(eq(bookShelves.bookId, 1), eq(bookShelves.shelfId, 's1'))),
    () => db.delete(books).where(gt(books.id, 1000)).limit(5),
    () =>
      db
        .delete(books)
        .where(inArray(books.authorId, db.select({ id: authors.id }).from(authors).where(eq(authors.email, 'none')))),
    () => db.delete(bookShelves),
    () => db.update(shelves).set({ label: 'all' }),
  ];
}

/** Transactions, savepoints and locking reads. */
export function transactionsOf(db: MySql2Database<typeof tables>): readonly (() => unknown)[] {
  const locked = (strength: 'update' | 'share', config?: { noWait?: true; skipLocked?: true }) => () =>
    db.transaction((trx) =>
      trx
        .select()
        .from(authors)
        .where(eq(authors.id, 1))
        .for(strength, config as never),
    );
  return [
    () => db.transaction((trx) => trx.update(authors).set({ karma: 1 }).where(eq(authors.id, 1))),
    () =>
      db.transaction(async (trx) => {
        await trx.transaction((inner) => inner.update(authors).set({ karma: 2 }).where(eq(authors.id, 1)));
        await trx.transaction((inner) => inner.rollback()).catch(() => undefined);
      }),
    () => db.transaction((trx) => trx.rollback()).catch(() => undefined),
    () =>
      db.transaction((trx) => trx.select().from(shelves), {
        isolationLevel: 'read committed',
        accessMode: 'read only',
      }),
    () =>
      db.transaction((trx) => trx.select().from(shelves), {
        isolationLevel: 'repeatable read',
        withConsistentSnapshot: true,
      }),
    () =>
      db.transaction((trx) => trx.select().from(shelves), {
        isolationLevel: 'repeatable read',
        accessMode: 'read write',
      }),
    locked('update'),
    locked('share'),
    locked('update', { noWait: true }),
    locked('update', { skipLocked: true }),
  ];
}
