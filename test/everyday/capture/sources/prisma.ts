import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import type { PrismaClient as Client, Prisma as Types } from '../generated/client.js';
import type { CaptureSource } from '../source.js';
import { attempt, attemptAll } from './attempt.js';
import { readsOf } from './prisma-reads.js';
import { transactionsOf, writesOf } from './prisma-writes.js';
import { PRISMA_MIGRATION } from './prisma-migration.js';

const CAPTURE_FOLDER = join(import.meta.dirname, '..');

/** What `prisma generate` makes. */
export interface Generated {
  readonly PrismaClient: new (options: Types.PrismaClientOptions) => Client;
  readonly Prisma: typeof Types;
}

async function generate(): Promise<Generated> {
  // The schema engine is a download of its own, which generating does not need.
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...process.env };
  execFileSync(process.execPath, [join(CAPTURE_FOLDER, 'node_modules/prisma/build/index.js'), 'generate'], {
    cwd: CAPTURE_FOLDER,
    env,
    stdio: 'pipe',
  });
  return (await import('../generated/client.js')) as unknown as Generated;
}

/** Prisma Client over its MariaDB adapter. */
export const prisma: CaptureSource = {
  name: 'prisma',
  run: async ({ host, port, user, password, database, ca }) => {
    const { PrismaClient, Prisma } = await generate();
    const ssl = ca === undefined ? undefined : { ca };
    const client = new PrismaClient({
      adapter: new PrismaMariaDb({ host, port, user, password, database, connectionLimit: 2, ...(ssl && { ssl }) }),
    });
    for (const statement of PRISMA_MIGRATION)
      await attempt('prisma migration', () => client.$executeRawUnsafe(statement));
    await attemptAll('prisma write', writesOf(client, { Prisma }));
    await attemptAll('prisma read', readsOf(client, { Prisma }));
    await attemptAll('prisma transaction', transactionsOf(client));
    await client.$disconnect();
  },
};
