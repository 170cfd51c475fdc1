import type { PrismaClient as Client } from '../generated/client.js';
import type { Generated } from './prisma.js';

/** Writes as applications make them with Prisma. */
export function writesOf(client: Client, { Prisma }: Pick<Generated, 'Prisma'>): readonly (() => unknown)[] {
  const { user, post, category, comment, profile } = client;
  const ann = { email: 'a@x.org', name: 'Ann' };
  return [
    () => user.create({ data: { ...ann, age: 30, settings: { theme: 'dark', tags: ['a'] } } }),
    () =>
      user.create({
        data: {
          email: 'b@x.org',
          profile: { create: { bio: 'hello', photo: new Uint8Array([1, 2]) } },
          posts: { create: [{ title: 'One' }, { title: "Two's" }] },
        },
        include: { posts: true },
      }),
    () => user.createMany({ data: [{ email: 'c@x.org' }, { email: 'd@x.org', age: 3 }] }),
    () => user.createMany({ data: [{ email: 'c@x.org' }], skipDuplicates: true }),
    () =>
      post.create({
        data: {
          title: 'Three',
          author: { connect: { id: 1 } },
          categories: {
            create: [{ name: 'news' }],
            connectOrCreate: [{ where: { name: 'art' }, create: { name: 'art' } }],
          },
        },
      }),
    () => comment.create({ data: { text: 'nice', postId: 1n, authorId: 1 } }),
    () => comment.createMany({ data: [1, 2, 3].map((n) => ({ text: String(n), postId: 1n })) }),
    () => category.create({ data: { name: 'sport', parent: { connect: { name: 'news' } } } }),
    () => user.update({ where: { id: 1 }, data: { name: 'Anna', age: { increment: 1 } } }),
    () => user.update({ where: { email: 'a@x.org' }, data: { balance: { multiply: 2 }, settings: Prisma.DbNull } }),
    () =>
      user.update({
        where: { id: 1 },
        data: { posts: { update: { where: { id: 3n }, data: { published: true } }, deleteMany: { title: 'none' } } },
      }),
    () =>
      user.update({
        where: { id: 2 },
        data: {
          posts: { updateMany: { where: { published: false }, data: { rating: 3 } } },
          profile: { upsert: { create: { bio: 'x' }, update: { bio: 'y' } } },
        },
      }),
    () => user.updateMany({ where: { role: 'USER', age: { lt: 3 } }, data: { active: false } }),
    () => user.updateMany({ where: { id: { in: [1, 2] } }, data: { age: { decrement: 1 } }, limit: 2 }),
    () => user.upsert({ where: { email: 'a@x.org' }, create: ann, update: { name: 'Ann' } }),
    () => user.upsert({ where: { email: 'e@x.org' }, create: { email: 'e@x.org' }, update: {} }),
    () => post.update({ where: { id: 3n }, data: { categories: { disconnect: { name: 'art' } } } }),
    () => post.update({ where: { id: 3n }, data: { categories: { set: [{ name: 'art' }] } } }),
    () =>
      post.update({
        where: { id: 3n },
        data: { author: { connect: { id: 2 } }, comments: { create: { text: 'new' } } },
      }),
    () => category.update({ where: { name: 'sport' }, data: { parent: { disconnect: true } } }),
    () => profile.delete({ where: { userId: 2 } }),
    () => comment.delete({ where: { id: 1 } }),
    () => comment.deleteMany({ where: { text: { contains: '2' } } }),
    () => comment.deleteMany({ where: { post: { title: 'none' } } }),
    () => user.delete({ where: { email: 'd@x.org' } }),
    () => client.$executeRaw`UPDATE User SET active = ${true} WHERE age > ${10}`,
    () =>
      client.$executeRaw`INSERT INTO categories (name) VALUES (${'raw'}) ON DUPLICATE KEY UPDATE name = VALUES(name)`,
    () => comment.deleteMany(),
  ];
}

/** Batches, interactive transactions and isolation levels. */
export function transactionsOf(client: Client): readonly (() => unknown)[] {
  return [
    () => client.$transaction([client.user.count(), client.user.update({ where: { id: 1 }, data: { age: 5 } })]),
    () => client.$transaction(async (trx) => trx.user.findMany({ take: 1 })),
    () => client.$transaction(async (trx) => trx.$queryRaw`SELECT id FROM User WHERE id = 1 FOR UPDATE`),
    () => client.$transaction(async (trx) => trx.post.count(), { isolationLevel: 'Serializable' }),
    () => client.$transaction(async (trx) => trx.post.count(), { isolationLevel: 'ReadCommitted' }),
    () => client.$transaction(() => Promise.reject(new Error('as meant'))).catch(() => undefined),
  ];
}
