import { relations, sql } from 'drizzle-orm';
import {
  bigint,
  binary,
  boolean,
  check,
  date,
  datetime,
  decimal,
  double,
  foreignKey,
  index,
  int,
  json,
  mediumint,
  mysqlEnum,
  mysqlTable,
  mysqlView,
  primaryKey,
  smallint,
  text,
  time,
  timestamp,
  tinyint,
  unique,
  uniqueIndex,
  varbinary,
  varchar,
  year,
  type AnyMySqlColumn,
} from 'drizzle-orm/mysql-core';

export const authors = mysqlTable(
  'authors',
  {
    id: bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    email: varchar('email', { length: 190 }).notNull().unique(),
    fullName: varchar('full_name', { length: 256 }),
    role: mysqlEnum('role', ['writer', 'editor']).default('writer').notNull(),
    born: date('born'),
    karma: int('karma').default(0).notNull(),
    settings: json('settings').$type<Record<string, unknown>>(),
    verified: boolean('verified').default(false),
    managerId: bigint('manager_id', { mode: 'number', unsigned: true }).references((): AnyMySqlColumn => authors.id),
    createdAt: timestamp('created_at').defaultNow().notNull(),
    updatedAt: timestamp('updated_at').onUpdateNow(),
  },
  (table) => [index('authors_name').on(table.fullName), uniqueIndex('authors_email_role').on(table.email, table.role)],
);

export const books = mysqlTable(
  'books',
  {
    id: int('id').autoincrement().primaryKey(),
    title: varchar('title', { length: 200 }).notNull(),
    authorId: bigint('author_id', { mode: 'number', unsigned: true }).notNull(),
    price: decimal('price', { precision: 10, scale: 2 }).default('0.00'),
    pages: smallint('pages'),
    summary: text('summary'),
    printed: year('printed'),
    opensAt: time('opens_at'),
    soldAt: datetime('sold_at', { fsp: 6 }),
    weight: double('weight'),
    cover: varbinary('cover', { length: 200 }),
    checksum: binary('checksum', { length: 16 }),
    stock: mediumint('stock').default(1),
    rating: tinyint('rating'),
    upper: varchar('upper_title', { length: 200 }).generatedAlwaysAs(sql`upper(\`title\`)`, { mode: 'stored' }),
  },
  (table) => [
    foreignKey({ name: 'books_author', columns: [table.authorId], foreignColumns: [authors.id] })
      .onDelete('cascade')
      .onUpdate('no action'),
    unique('books_title_author').on(table.title, table.authorId),
    check('books_pages', sql`${table.pages} > 0`),
  ],
);

export const shelves = mysqlTable('shelves', {
  id: varchar('id', { length: 36 }).primaryKey(),
  label: varchar('label', { length: 50 }),
});

export const bookShelves = mysqlTable(
  'book_shelves',
  {
    bookId: int('book_id')
      .notNull()
      .references(() => books.id, { onDelete: 'cascade' }),
    shelfId: varchar('shelf_id', { length: 36 })
      .notNull()
      .references(() => shelves.id),
    position: int('position'),
  },
  (table) => [primaryKey({ columns: [table.bookId, table.shelfId] })],
);

export const writers = mysqlView('writers').as((query) =>
  query
    .select({ id: authors.id, email: authors.email })
    .from(authors)
    .where(sql`${authors.role} = 'writer'`),
);

export const authorRelations = relations(authors, ({ many, one }) => ({
  books: many(books),
  manager: one(authors, { fields: [authors.managerId], references: [authors.id] }),
}));
export const bookRelations = relations(books, ({ many, one }) => ({
  author: one(authors, { fields: [books.authorId], references: [authors.id] }),
  shelves: many(bookShelves),
}));
export const bookShelfRelations = relations(bookShelves, ({ one }) => ({
  book: one(books, { fields: [bookShelves.bookId], references: [books.id] }),
  shelf: one(shelves, { fields: [bookShelves.shelfId], references: [shelves.id] }),
}));

/** What a second version of the schema looks like. */
export const changedShelves = mysqlTable(
  'shelves',
  {
    id: varchar('id', { length: 36 }).primaryKey(),
    label: varchar('label', { length: 80 }).notNull().default(''),
    room: int('room'),
    note: text('note'),
  },
  (table) => [index('shelves_room').on(table.room)],
);
