import { readFile } from 'node:fs/promises';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { PrismaClient } from '../../../examples/orms/prisma/client/client.js';
import { type Proxied, startProxied } from '../../proxy/index.js';
import type { Shop } from './shops/shop.js';
import { SHOP, tryFront } from './try-shop.js';

let proxied: Proxied;
const clients = new Map<string, Promise<PrismaClient>>();
beforeAll(async () => {
  proxied = await startProxied(inject('database'), SHOP);
});
afterAll(async () => {
  for (const client of clients.values()) await (await client).$disconnect();
  await proxied.close();
});

async function connect(agent: string, task: string): Promise<PrismaClient> {
  const { host, port, ca, schema } = proxied;
  const login = { user: `${agent}+${task}`, password: await proxied.token(agent), database: schema.name };
  return new PrismaClient({ adapter: new PrismaMariaDb({ host, port, ...login, ssl: { ca }, connectionLimit: 2 }) });
}

function shopOf(client: PrismaClient): Shop {
  const { customer } = client;
  return {
    byId: (id) => customer.findUniqueOrThrow({ where: { id } }),
    add: (name, city) => customer.create({ data: { name, city } }),
    inCity: (city) => customer.findMany({ where: { city } }),
    move: (id, city, fails) =>
      client.$transaction(async (transaction) => {
        await transaction.customer.update({ where: { id }, data: { city } });
        if (fails) throw new Error('undo');
      }),
    clear: () => customer.deleteMany(),
  };
}

it('Prisma works through the proxy', async () => {
  await tryFront({
    ask: async (task, what, agent = 'anna') => {
      const key = `${agent}+${task}`;
      const client = clients.get(key) ?? connect(agent, task);
      clients.set(key, client);
      return what(shopOf(await client));
    },
    records: proxied.records,
  });
});

it('Prisma’s client that is checked in is that of the schema beside it, and of the version that is installed', async () => {
  const read = (path: string): Promise<string> => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const generated = await read('examples/orms/prisma/client/internal/class.ts');
  const { version } = JSON.parse(await read('node_modules/@prisma/client/package.json')) as { version: string };
  expect(generated).toContain(`"inlineSchema": ${JSON.stringify(await read('examples/orms/prisma/schema.prisma'))}`);
  expect(generated).toContain(`"clientVersion": "${version}"`);
});
