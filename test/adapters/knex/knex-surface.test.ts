import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import knex, { type Knex } from 'knex';
import { createPool } from 'mysql2';
import { createPool as createPromisePool } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createKnex, govern } from '../../../adapters/knex/index.js';
import { migrationPolicy } from '../../../src/guardrails/index.js';
import { withTask } from '../../../src/session/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';

let governed: Governed;
let folder: string;
const open: Knex[] = [];

beforeAll(async () => {
  governed = await startGoverned(inject('database'), { policy: migrationPolicy() });
  folder = await mkdtemp(join(tmpdir(), 'countersign-knex-'));
});
afterEach(async () => {
  for (const db of open.splice(0)) await db.destroy();
});
afterAll(async () => {
  await governed.close();
  await rm(folder, { recursive: true, force: true });
});

function make(config: Partial<Knex.Config> = {}): Knex {
  const connection = { ...governed.schema.connection };
  const db = createKnex({ client: 'mysql2', connection, pool: { min: 0, max: 2 }, ...config }, governed.governor);
  open.push(db);
  return db;
}

/** Texts that were recorded for a task, in order. */
async function recorded(task: string): Promise<string[]> {
  const records = await governed.records();
  return records.filter((record) => record.task?.id === task).map(({ statement }) => statement.text);
}

describe('a knex that is made governed', () => {
  it('makes and drops what a schema builder does', async () => {
    const db = make();
    await withTask('schema', async () => {
      await db.schema.createTable('books', (table) => {
        table.increments();
        table.string('title', 80).notNullable().index();
        table.integer('year').unsigned();
      });
      await db.schema.alterTable('books', (table) => {
        table.boolean('is_lent').defaultTo(false);
      });
      expect(await db.schema.hasTable('books')).toBe(true);
      expect(await db.schema.hasColumn('books', 'is_lent')).toBe(true);
      expect(Object.keys(await db('books').columnInfo())).toEqual(['id', 'title', 'year', 'is_lent']);
      await db.schema.dropTable('books');
    });
    const texts = await recorded('schema');
    expect(texts.some((text) => text.startsWith('create table `books`'))).toBe(true);
    expect(texts.at(-1)).toBe('drop table `books`');
  });

  it('runs migrations and seeds', async () => {
    const [migrations, seeds] = [join(folder, 'migrations'), join(folder, 'seeds')];
    await Promise.all([mkdir(migrations), mkdir(seeds)]);
    await writeFile(
      join(migrations, '1_cities.cjs'),
      `exports.up = (knex) => knex.schema.createTable('cities', (table) => { table.increments(); table.string('name'); });
exports.down = (knex) => knex.schema.dropTable('cities');`,
    );
    await writeFile(
      join(seeds, '1_cities.cjs'),
      `exports.seed = async (knex) => { await knex('cities').insert([{ name: 'Bern' }, { name: 'Chur' }]); };`,
    );
    const db = make({ migrations: { directory: migrations }, seeds: { directory: seeds } });
    await withTask('migration', async () => {
      const [, log] = (await db.migrate.latest()) as [number, string[]];
      expect(log).toEqual(['1_cities.cjs']);
      await db.seed.run();
      expect(await db('cities').pluck('name').orderBy('id')).toEqual(['Bern', 'Chur']);
      await db.migrate.rollback();
      expect(await db.schema.hasTable('cities')).toBe(false);
    });
    const texts = await recorded('migration');
    expect(texts.some((text) => text.startsWith('insert into `cities`'))).toBe(true);
    expect(texts.some((text) => text.startsWith('drop table `cities`'))).toBe(true);
  });

  it('takes its connection from a function, and traces its stacks', async () => {
    let asked = 0;
    const connection = async (): Promise<Knex.StaticConnectionConfig> => {
      asked += 1;
      return Promise.resolve({ ...governed.schema.connection } as Knex.StaticConnectionConfig);
    };
    const db = make({ connection, asyncStackTraces: true });
    await withTask('function', () => db.raw('SELECT 1'));
    expect(asked).toBeGreaterThan(0);
    expect(await recorded('function')).toContain('SELECT 1');
    const denied = await db('nowhere')
      .select()
      .catch((error: Error) => error);
    expect((denied as Error).stack).toContain('knex-surface.test.ts');
  });

  it('emits what it did before', async () => {
    const db = make();
    const seen: string[] = [];
    db.on('query', ({ sql }: { sql: string }) => seen.push(`query ${sql}`));
    db.on('query-response', (_response, { sql }: { sql: string }) => seen.push(`response ${sql}`));
    db.on('query-error', (_error, { sql }: { sql: string }) => seen.push(`error ${sql}`));
    await db.raw('SELECT 2');
    await db('missing')
      .select()
      .catch(() => undefined);
    expect(seen).toEqual([
      'query SELECT 2',
      'response SELECT 2',
      'query select * from `missing`',
      'error select * from `missing`',
    ]);
  });

  it('does not run a refused statement again', async () => {
    const db = make();
    const before = (await governed.records()).length;
    await expect(db.raw("SELECT * FROM t INTO OUTFILE '/tmp/x'")).rejects.toMatchObject({ errno: 1227 });
    await expect(db.transaction((trx) => trx.raw('SHUTDOWN'))).rejects.toMatchObject({ errno: 1227 });
    const texts = (await governed.records()).slice(before).map(({ statement }) => statement.text);
    expect(texts.filter((text) => text.includes('OUTFILE'))).toHaveLength(1);
    expect(texts.filter((text) => text === 'SHUTDOWN')).toHaveLength(1);
  });
});

describe('a pool of mysql2 that knex was given', () => {
  for (const [name, create] of [
    ['callback', createPool],
    ['promise', createPromisePool],
  ] as const) {
    it(`is governed (${name})`, async () => {
      const pool = create({ ...governed.schema.connection, connectionLimit: 2 } as object);
      const db = govern(knex({ client: 'mysql2', connectionPool: pool } as Knex.Config), governed.governor);
      open.push(db);
      await withTask(`given-${name}`, async () => {
        await db.raw('SELECT 3');
        await db.transaction((trx) => trx.raw('SELECT 4'));
      });
      expect(await recorded(`given-${name}`)).toEqual(expect.arrayContaining(['SELECT 3', 'SELECT 4']));
      await pool.end(() => undefined);
    });
  }

  it('is refused where it is of another kind', () => {
    const pool = { acquire: () => ({}), release: () => undefined, destroy: () => undefined, numUsed: () => 0 };
    const db = knex({ client: 'mysql2', connectionPool: pool } as unknown as Knex.Config);
    expect(() => govern(db, governed.governor)).toThrow(/no pool of mysql2/);
  });
});
