import type { CaptureSource } from '../source.js';
import { bi } from './bi.js';
import { clients } from './clients.js';
import { drizzle } from './drizzle.js';
import { knexMigrations } from './knex-migrations.js';
import { knexQueries } from './knex.js';
import { kysely } from './kysely.js';
import { mcp } from './mcp.js';
import { mikroOrm } from './mikro-orm.js';
import { objection } from './objection.js';
import { prisma } from './prisma.js';
import { dump, sysbench } from './programs.js';
import { sequelize } from './sequelize.js';
import { tpcc } from './tpcc.js';
import { tpch } from './tpch.js';
import { typeorm } from './typeorm.js';

/** Every source, in the order in which they are captured. */
export const sources: readonly CaptureSource[] = [
  ...[knexMigrations, knexQueries, objection, kysely, typeorm, sequelize, drizzle, mikroOrm, prisma],
  ...[tpch, tpcc, sysbench, dump, mcp, clients, bi],
];
