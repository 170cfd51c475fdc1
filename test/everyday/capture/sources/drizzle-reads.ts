import {
  and,
  asc,
  avg,
  between,
  count,
  countDistinct,
  desc,
  eq,
  exists,
  gt,
  gte,
  ilike,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  max,
  min,
  ne,
  not,
  notBetween,
  notExists,
  notInArray,
  notLike,
  or,
  sql,
  sum,
} from 'drizzle-orm';
import { alias, except, intersect, union, unionAll } from 'drizzle-orm/mysql-core';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import * as tables from './drizzle-tables.js';

const { authors, books, bookShelves, shelves, writers } = tables;

/** Reads with the core query builder. */
export function selectsOf(db: MySql2Database<typeof tables>): readonly (() => unknown)[] {
  const manager = alias(authors, 'manager');
  const spent = db.$with('spent').as(
    db
      .select({ authorId: books.authorId, total: sum(books.price).as('total') })
      .from(books)
      .groupBy(books.authorId),
  );
  const recent = db
    .select({ id: books.id, authorId: books.authorId })
    .from(books)
    .where(gt(books.pages, 10))
    .as('recent');
  return [
    () => db.select().from(authors),
    () => db.select({ id: authors.id, name: authors.fullName }).from(authors).where(eq(authors.id, 1)).limit(1),
    () =>
      db
        .select()
        .from(authors)
        .where(and(gt(authors.karma, 3), or(like(authors.fullName, 'A%'), isNull(authors.born)))),
    () =>
      db
        .select()
        .from(authors)
        .where(and(inArray(authors.id, [1, 2, 3]), notInArray(authors.role, ['editor']), ne(authors.email, 'x'))),
    () =>
      db
        .select()
        .from(authors)
        .where(and(between(authors.karma, 1, 9), notBetween(authors.id, 100, 200), not(eq(authors.verified, true)))),
    () =>
      db
        .select()
        .from(authors)
        .where(
          and(
            gte(authors.karma, 0),
            lte(authors.karma, 5),
            lt(authors.id, 50),
            isNotNull(authors.fullName),
            notLike(authors.email, '%spam%'),
          ),
        ),
    () => db.select().from(authors).where(ilike(authors.fullName, 'a%')).toSQL(),
    () => db.select().from(authors).orderBy(desc(authors.createdAt), asc(authors.id)).limit(10).offset(20),
    () => db.selectDistinct({ role: authors.role }).from(authors),
    () => db.select({ n: count() }).from(authors),
    () =>
      db
        .select({
          n: countDistinct(authors.role),
          most: max(authors.karma),
          least: min(authors.karma),
          mean: avg(authors.karma),
          all: sum(authors.karma),
        })
        .from(authors),
    () => db.$count(authors, eq(authors.role, 'writer')),
    () => db.select({ id: authors.id, n: db.$count(books, eq(books.authorId, authors.id)) }).from(authors),
    () =>
      db
        .select({ role: authors.role, n: count(authors.id) })
        .from(authors)
        .groupBy(authors.role)
        .having(({ n }) => gt(n, 0)),
    () => db.select().from(books).innerJoin(authors, eq(books.authorId, authors.id)),
    () =>
      db
        .select({ title: books.title, author: authors.fullName })
        .from(books)
        .leftJoin(authors, eq(books.authorId, authors.id))
        .where(gt(books.price, '5')),
    () => db.select().from(books).rightJoin(authors, eq(books.authorId, authors.id)),
    () => db.select({ id: books.id }).from(books).crossJoin(shelves),
    () =>
      db
        .select({ a: authors.email, m: manager.email })
        .from(authors)
        .leftJoin(manager, eq(authors.managerId, manager.id)),
    () => db.select().from(recent),
    () =>
      db.select({ id: authors.id, book: recent.id }).from(authors).leftJoin(recent, eq(recent.authorId, authors.id)),
    () =>
      db
        .select()
        .from(authors)
        .where(exists(db.select().from(books).where(eq(books.authorId, authors.id)))),
    () =>
      db
        .select()
        .from(authors)
        .where(
          notExists(
            db
              .select({ one: sql`1` })
              .from(books)
              .where(eq(books.authorId, authors.id)),
          ),
        ),
    () =>
      db
        .select()
        .from(authors)
        .where(inArray(authors.id, db.select({ id: books.authorId }).from(books))),
    () =>
      db
        .select()
        .from(books)
        .where(eq(books.price, db.select({ top: max(books.price) }).from(books))),
    () => db.with(spent).select().from(spent).where(gt(spent.total, '1')),
    () =>
      db
        .with(spent)
        .select({ email: authors.email, total: spent.total })
        .from(authors)
        .innerJoin(spent, eq(spent.authorId, authors.id)),
    () =>
      union(db.select({ x: authors.email }).from(authors), db.select({ x: books.title }).from(books))
        .orderBy(sql`email`)
        .limit(5),
    () => unionAll(db.select({ id: authors.id }).from(authors), db.select({ id: books.authorId }).from(books)),
    () => intersect(db.select({ id: authors.id }).from(authors), db.select({ id: books.authorId }).from(books)),
    () => except(db.select({ id: authors.id }).from(authors), db.select({ id: books.authorId }).from(books)),
    () =>
      db
        .select({ day: sql<string>`date(${authors.createdAt})`, n: count() })
        .from(authors)
        .groupBy(sql`date(${authors.createdAt})`),
    () => db.select({ theme: sql`${authors.settings}->>'$.theme'` }).from(authors),
    () =>
      db
        .select({ theme: sql`json_unquote(json_extract(${authors.settings}, '$.theme'))` })
        .from(authors)
        .where(sql`json_contains(${authors.settings}, '1', '$.a')`),
    () =>
      db
        .select({
          id: books.id,
          rank: sql<number>`row_number() over (partition by ${books.authorId} order by ${books.price} desc)`,
        })
        .from(books),
    () =>
      db
        .select()
        .from(books)
        .where(sql`${books.title} regexp ${'^A'}`),
    () => db.select({ id: books.id }).from(books, { useIndex: 'books_title_author' }).where(eq(books.title, 'x')),
    () => db.select().from(writers),
    () => db.execute(sql`select ${authors.id} from ${authors} where ${authors.email} = ${'a@x.org'}`),
    () => db.execute(sql`show tables`),
    () => db.execute(sql`select case when ${authors.karma} > ${3} then 'high' else 'low' end as band from ${authors}`),
    async () => {
      // Read to its end: broken off, the connection would not go back to the pool.
      for await (const author of await db.select({ id: authors.id }).from(authors).iterator()) void author;
    },
    () =>
      db
        .select()
        .from(authors)
        .where(eq(authors.email, sql.placeholder('email')))
        .prepare()
        .execute({ email: 'a@x.org' }),
    () =>
      db
        .select({ label: shelves.label, n: count(bookShelves.bookId) })
        .from(shelves)
        .leftJoin(bookShelves, eq(bookShelves.shelfId, shelves.id))
        .groupBy(shelves.label)
        .orderBy(desc(count(bookShelves.bookId))),
  ];
}

/** Reads with the relational queries. */
export function relationalOf(db: MySql2Database<typeof tables>): readonly (() => unknown)[] {
  const { query } = db;
  return [
    () => query.authors.findMany(),
    () => query.authors.findFirst({ where: eq(authors.id, 1) }),
    () =>
      query.authors.findMany({ columns: { id: true, email: true }, orderBy: [desc(authors.id)], limit: 3, offset: 1 }),
    () => query.authors.findMany({ with: { books: true } }),
    () =>
      query.authors.findFirst({
        with: { books: { where: gt(books.price, '1'), orderBy: [asc(books.title)], limit: 2 } },
      }),
    () => query.authors.findMany({ with: { manager: true, books: { columns: { title: true } } } }),
    () => query.books.findMany({ with: { author: { columns: { fullName: true } } } }),
    () => query.books.findMany({ with: { author: true, shelves: { with: { shelf: true } } } }),
    () => query.books.findMany({ extras: { loud: sql<string>`upper(${books.title})`.as('loud') } }),
    () =>
      query.bookShelves.findMany({
        with: { book: { with: { author: true } } },
        where: (fields, { eq: same }) => same(fields.position, 1),
      }),
  ];
}
