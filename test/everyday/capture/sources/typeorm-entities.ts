import { EntitySchema } from 'typeorm';

/** Rows as the application sees them: what matters here are the columns of the schemas below. */
export type Row = Record<string, unknown> & { id?: number };

const id = { type: 'int', primary: true, generated: 'increment' } as const;

export const User = new EntitySchema<Row>({
  name: 'User',
  columns: {
    id,
    email: { type: 'varchar', length: 190, unique: true },
    firstName: { type: 'varchar', name: 'first_name' },
    age: { type: 'int', nullable: true, unsigned: true },
    role: { type: 'enum', enum: ['admin', 'member', 'guest'], default: 'member' },
    tags: { type: 'simple-array', nullable: true },
    settings: { type: 'json', nullable: true },
    address: { type: 'simple-json', nullable: true },
    secret: { type: 'varchar', select: false, nullable: true },
    isActive: { type: 'boolean', default: true },
    createdAt: { type: 'datetime', createDate: true },
    updatedAt: { type: 'datetime', updateDate: true },
    deletedAt: { type: 'datetime', deleteDate: true, nullable: true },
    version: { type: 'int', version: true },
  },
  indices: [{ name: 'IDX_user_name_age', columns: ['firstName', 'age'] }],
  relations: {
    profile: { type: 'one-to-one', target: 'Profile', inverseSide: 'user', cascade: true },
    posts: { type: 'one-to-many', target: 'Post', inverseSide: 'author' },
  },
});

export const Profile = new EntitySchema<Row>({
  name: 'Profile',
  columns: {
    id,
    bio: { type: 'text', nullable: true },
    born: { type: 'date', nullable: true },
    photo: { type: 'blob', nullable: true },
  },
  relations: { user: { type: 'one-to-one', target: 'User', joinColumn: true, onDelete: 'CASCADE' } },
});

export const Post = new EntitySchema<Row>({
  name: 'Post',
  columns: {
    id,
    title: { type: 'varchar', length: 200, comment: 'as shown' },
    body: { type: 'longtext' },
    slug: { type: 'varchar', length: 36, nullable: true },
    rating: { type: 'decimal', precision: 10, scale: 2, default: 0 },
    views: { type: 'bigint', default: 0 },
    publishedAt: { type: 'timestamp', precision: 3, nullable: true },
  },
  indices: [{ name: 'FT_post_title', columns: ['title'], fulltext: true }],
  uniques: [{ name: 'UQ_post_slug', columns: ['slug'] }],
  checks: [{ name: 'CHK_post_views', expression: '`views` >= 0' }],
  relations: {
    author: { type: 'many-to-one', target: 'User', inverseSide: 'posts', onDelete: 'SET NULL', nullable: true },
    categories: {
      type: 'many-to-many',
      target: 'Category',
      joinTable: { name: 'post_categories' },
      cascade: ['insert'],
    },
    comments: { type: 'one-to-many', target: 'Comment', inverseSide: 'post' },
  },
});

export const Category = new EntitySchema<Row>({
  name: 'Category',
  columns: { id, name: { type: 'varchar', length: 100 } },
});

export const Topic = new EntitySchema<Row>({
  name: 'Topic',
  columns: { id, name: { type: 'varchar', length: 100 } },
  trees: [{ type: 'closure-table' }],
  relations: {
    parent: { type: 'many-to-one', target: 'Topic', treeParent: true, nullable: true },
    children: { type: 'one-to-many', target: 'Topic', inverseSide: 'parent', treeChildren: true },
  },
} as ConstructorParameters<typeof EntitySchema<Row>>[0]);

export const Folder = new EntitySchema<Row>({
  name: 'Folder',
  columns: { id, name: { type: 'varchar' } },
  trees: [{ type: 'materialized-path' }],
  relations: {
    parent: { type: 'many-to-one', target: 'Folder', treeParent: true, nullable: true },
    children: { type: 'one-to-many', target: 'Folder', inverseSide: 'parent', treeChildren: true },
  },
} as ConstructorParameters<typeof EntitySchema<Row>>[0]);

export const Comment = new EntitySchema<Row>({
  name: 'Comment',
  columns: {
    id,
    text: { type: 'text' },
    likes: { type: 'smallint', default: 0 },
    createdAt: { type: 'datetime', createDate: true },
  },
  relations: {
    post: { type: 'many-to-one', target: 'Post', inverseSide: 'comments', onDelete: 'CASCADE' },
    author: { type: 'many-to-one', target: 'User', nullable: true },
  },
});

/** Every entity. */
export const ENTITIES = [User, Profile, Post, Category, Topic, Folder, Comment];

/** The same user with other columns: what schema synchronisation finds changed. */
export const ChangedProfile = new EntitySchema<Row>({
  name: 'Profile',
  columns: {
    id,
    bio: { type: 'mediumtext', nullable: true },
    born: { type: 'datetime', nullable: true },
    website: { type: 'varchar', length: 300, default: '' },
    score: { type: 'double', nullable: true },
    fullName: { type: 'varchar', length: 50, asExpression: "concat(`website`, '!')", generatedType: 'STORED' },
  },
  indices: [{ name: 'IDX_profile_website', columns: ['website'], unique: true }],
  relations: { user: { type: 'one-to-one', target: 'User', joinColumn: true, onDelete: 'NO ACTION' } },
});
