import { EntitySchema, raw } from '@mikro-orm/core';

/** Rows as the application sees them. */
export type Row = Record<string, unknown> & { id?: number };

const created = {
  type: 'datetime',
  onCreate: () => new Date('2026-01-02T03:04:05Z'),
  defaultRaw: 'current_timestamp',
} as const;

export const Author = new EntitySchema<Row>({
  name: 'Author',
  properties: {
    id: { type: 'number', primary: true },
    email: { type: 'string', length: 190, unique: true },
    name: { type: 'string', index: true },
    age: { type: 'integer', nullable: true, unsigned: true },
    born: { type: 'date', nullable: true },
    meta: { type: 'json', nullable: true },
    tags: { type: 'array', nullable: true },
    status: { enum: true, type: 'string', items: ['new', 'known'], default: 'new' },
    favourite: { kind: 'm:1', entity: () => 'Book', nullable: true },
    books: { kind: '1:m', entity: () => 'Book', mappedBy: 'author', orderBy: { title: 'asc' } },
    createdAt: created,
    version: { type: 'number', version: true },
    bookCount: {
      type: 'number',
      persist: false,
      formula: (alias: string) => `(select count(*) from book b where b.author_id = ${alias}.id)`,
      lazy: true,
    },
  } as never,
});

export const Book = new EntitySchema<Row>({
  name: 'Book',
  properties: {
    id: { type: 'number', primary: true },
    title: { type: 'string', length: 150 },
    price: { type: 'decimal', precision: 10, scale: 2, nullable: true },
    body: { type: 'text', nullable: true, lazy: true },
    published: { type: 'boolean', default: false },
    rating: { type: 'double', nullable: true },
    cover: { type: 'blob', nullable: true },
    author: { kind: 'm:1', entity: () => 'Author', deleteRule: 'cascade' },
    publisher: { kind: 'm:1', entity: () => 'Publisher', nullable: true },
    tags: { kind: 'm:n', entity: () => 'Tag', inversedBy: 'books', pivotTable: 'book_tags' },
    deletedAt: { type: 'datetime', nullable: true },
    createdAt: created,
  } as never,
  indexes: [
    { properties: ['title', 'published'] as never, name: 'book_title_published' },
    { properties: ['body'] as never, type: 'fulltext' },
  ],
  checks: [{ expression: 'price >= 0', name: 'book_price_check' }],
  filters: { live: { name: 'live', cond: { deletedAt: null } as never, default: false } },
});

export const Publisher = new EntitySchema<Row>({
  name: 'Publisher',
  properties: {
    id: { type: 'bigint', primary: true },
    name: { type: 'string' },
    kind: { enum: true, type: 'string', items: ['local', 'global'] },
    address: { kind: 'embedded', entity: () => 'Address', object: false },
    books: { kind: '1:m', entity: () => 'Book', mappedBy: 'publisher' },
  } as never,
});

export const Address = new EntitySchema<Row>({
  name: 'Address',
  embeddable: true,
  properties: { street: { type: 'string', nullable: true }, city: { type: 'string', nullable: true } } as never,
});

export const Tag = new EntitySchema<Row>({
  name: 'Tag',
  properties: {
    id: { type: 'uuid', primary: true },
    name: { type: 'string', length: 50 },
    books: { kind: 'm:n', entity: () => 'Book', mappedBy: 'tags' },
  } as never,
  uniques: [{ properties: ['name'] as never }],
});

/** Every entity. */
export const ENTITIES = [Author, Book, Publisher, Address, Tag];

/** An expression that the server computes. */
export const upperName = raw('upper(name)');
