import type { PrismaClient as Client } from '../generated/client.js';
import type { Generated } from './prisma.js';

/** Reads as applications write them with Prisma. */
export function readsOf(client: Client, { Prisma }: Pick<Generated, 'Prisma'>): readonly (() => unknown)[] {
  const { user, post, category, comment, profile } = client;
  return [
    () => user.findMany(),
    () => user.findUnique({ where: { id: 1 } }),
    () =>
      user.findUnique({
        where: { email: 'a@x.org' },
        include: { profile: true, posts: { include: { categories: true } } },
      }),
    () => user.findFirst({ where: { name: { startsWith: 'A' } }, orderBy: { createdAt: 'desc' } }),
    () => user.findFirstOrThrow({ where: { id: { gt: 0 } }, select: { id: true, email: true } }),
    () => user.findMany({ where: { age: { gte: 3, lt: 90, not: 50 }, role: 'USER' } }),
    () =>
      user.findMany({
        where: { OR: [{ name: { contains: 'nn' } }, { email: { endsWith: '.org' } }], NOT: { active: false } },
      }),
    () => user.findMany({ where: { AND: [{ id: { in: [1, 2, 3] } }, { id: { notIn: [4, 5] } }] } }),
    () => user.findMany({ where: { name: null, settings: { equals: Prisma.DbNull } } }),
    () => user.findMany({ where: { settings: { path: '$.theme', equals: 'dark' } } }),
    () => user.findMany({ where: { settings: { path: '$.tags', array_contains: ['a'] } } }),
    () => user.findMany({ where: { settings: { path: '$.theme', string_contains: 'ar' } } }),
    () => user.findMany({ where: { posts: { some: { published: true } } } }),
    () => user.findMany({ where: { posts: { every: { rating: { gt: 1 } } } } }),
    () => user.findMany({ where: { posts: { none: { title: 'x' } }, profile: { is: { bio: { not: null } } } } }),
    () => user.findMany({ where: { profile: null } }),
    () =>
      user
        .findMany({
          orderBy: [{ age: { sort: 'desc', nulls: 'last' } }, { posts: { _count: 'desc' } }],
          take: 5,
          skip: 10,
        })
        .catch(() => undefined),
    () => user.findMany({ orderBy: [{ age: 'desc' }, { posts: { _count: 'desc' } }], take: 5, skip: 10 }),
    () => user.findMany({ cursor: { id: 1 }, take: 2, orderBy: { id: 'asc' } }),
    () => user.findMany({ take: -2, orderBy: { id: 'asc' } }),
    () => user.findMany({ distinct: ['role'], select: { role: true } }),
    () => user.findMany({ include: { _count: { select: { posts: true, comments: true } } } }),
    () =>
      user.findMany({
        include: { posts: { where: { published: true }, orderBy: { id: 'desc' }, take: 2, select: { title: true } } },
      }),
    () => user.findMany({ omit: { settings: true } }),
    () => user.findMany({ where: { createdAt: { gte: new Date('2020-01-01') }, balance: { lte: 100 } } }),
    () => user.count(),
    () => user.count({ where: { active: true }, take: 3 }),
    () => user.count({ select: { _all: true, name: true } }),
    () =>
      user.aggregate({
        _avg: { age: true },
        _sum: { balance: true },
        _min: { age: true },
        _max: { createdAt: true },
        _count: true,
      }),
    () => user.aggregate({ _avg: { age: true }, where: { role: 'ADMIN' }, orderBy: { id: 'asc' }, take: 5 }),
    () => user.groupBy({ by: ['role'], _count: { _all: true }, _avg: { age: true } }),
    () =>
      user.groupBy({
        by: ['role', 'active'],
        _sum: { age: true },
        having: { age: { _avg: { gt: 1 } } },
        orderBy: { role: 'asc' },
      }),
    () => user.groupBy({ by: ['name'], where: { age: { gt: 1 } }, orderBy: { _count: { id: 'desc' } }, take: 3 }),
    () =>
      post.findMany({ include: { author: { include: { profile: true } }, comments: { include: { author: true } } } }),
    () =>
      post.findMany({
        where: { author: { email: 'a@x.org' }, categories: { some: { name: { in: ['news', 'art'] } } } },
      }),
    () => post.findMany({ where: { title: { search: 'lamp' } } }),
    () => post.findMany({ orderBy: { author: { name: 'asc' } } }),
    () => post.findMany({ where: { id: 1n, rating: { not: null } } }),
    () => post.findUnique({ where: { authorId_title: { authorId: 1, title: 'One' } } }),
    () =>
      post.findMany({
        where: { comments: { some: { author: { role: 'USER' } } } },
        select: { title: true, _count: { select: { comments: { where: { text: { contains: 'n' } } } } } },
      }),
    () => category.findMany({ include: { parent: true, children: { include: { children: true } } } }),
    () => category.findMany({ where: { posts: { some: { authorId: 1 } } } }),
    () => comment.findMany({ where: { post: { is: { published: false } }, authorId: { not: null } } }),
    () => comment.findFirst({ orderBy: [{ post: { title: 'asc' } }, { id: 'desc' }] }),
    () => profile.findUnique({ where: { userId: 1 }, include: { user: true } }),
    () => user.findMany({ where: { name: { equals: 'Ann' }, email: { gt: 'a', lte: 'z' } } }),
    () =>
      user.findMany({
        where: {
          posts: {
            some: { AND: [{ title: { startsWith: 'O' } }, { OR: [{ published: true }, { rating: { lt: 5 } }] }] },
          },
        },
      }),
    () => client.$queryRaw`SELECT * FROM User WHERE id = ${1}`,
    () => client.$queryRaw`SELECT COUNT(*) AS n FROM Post WHERE authorId IN (${Prisma.join([1, 2, 3])})`,
    () => client.$queryRaw(Prisma.sql`SELECT name FROM ${Prisma.raw('categories')} LIMIT 3`),
    () => client.$queryRawUnsafe('SELECT id, title FROM Post WHERE published = ? ORDER BY id DESC', true),
    () =>
      client.$queryRawUnsafe(
        "SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
      ),
  ];
}
