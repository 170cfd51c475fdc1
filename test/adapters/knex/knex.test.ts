import knex, { type Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { govern } from '../../../adapters/knex/index.js';
import type { StatementRecord } from '../../../src/audit/index.js';
import { withIdentity, withTask } from '../../../src/session/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';

let governed: Governed;
let db: Knex;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: [
      'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128))',
      "INSERT INTO customers VALUES (1, 'Ada', 'ada@example.test'), (2, 'Bob', 'bob@example.test')",
      'CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, text VARCHAR(80))',
    ],
    masks: { 'customers.email': 'email' },
  });
  db = govern(open(), governed.governor);
});
afterAll(async () => {
  await db.destroy();
  await governed.close();
});

function open(max = 2): Knex {
  return knex({ client: 'mysql2', connection: { ...governed.schema.connection }, pool: { min: 0, max } });
}

const notes = (): Promise<number> =>
  db('notes')
    .count({ n: '*' })
    .then(([row]) => Number(row?.['n']));

const recordWith = (text: string): Promise<StatementRecord> =>
  governed.recordOf((record) => record.statement.text.includes(text));

describe('a governed knex', () => {
  it('records its queries with identity, task and parameters, and masks their columns', async () => {
    const rows = await withTask('K-1', () => db('customers').select('name', 'email').where({ id: 1 }));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ name: 'Ada' });
    expect(JSON.stringify(rows)).not.toContain('ada@example.test');
    const record = await recordWith('select `name`, `email` from `customers`');
    expect(record).toMatchObject({
      agent: { name: 'anna' },
      task: { id: 'K-1' },
      session: { mode: 'embedded' },
      outcome: { status: 'ok', rows: 1, masked: [`${governed.schema.name}.customers.email`] },
    });
  });

  it('gets a refusal as a MySQL error that names the rule, and records it', async () => {
    await expect(db('notes').del()).rejects.toMatchObject({
      code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR',
      message: expect.stringContaining('no-unbounded-writes') as string,
    });
    expect((await recordWith('delete from `notes`')).outcome.status).toBe('denied');
    await expect(db.schema.createTable('other', (table) => table.increments())).rejects.toMatchObject({
      message: expect.stringContaining('no-ddl') as string,
    });
  });

  it('commits and rolls back transactions, with savepoints inside', async () => {
    await db.transaction(async (outer) => {
      await outer('notes').insert({ text: 'kept' });
      await outer
        .transaction(async (inner) => {
          await inner('notes').insert({ text: 'undone' });
          throw new Error('undo the inner one');
        })
        .catch(() => undefined);
    });
    expect(await db('notes').pluck('text')).toEqual(['kept']);
    const failed = db.transaction(async (outer) => {
      await outer('notes').insert({ text: 'gone' });
      throw new Error('undo all');
    });
    await expect(failed).rejects.toThrow('undo all');
    expect(await notes()).toBe(1);
    expect((await recordWith('SAVEPOINT')).outcome.status).toBe('ok');
  });

  it('streams, inserts in batches and runs raw statements', async () => {
    await db.batchInsert(
      'notes',
      Array.from({ length: 25 }, (_, index) => ({ text: `batch ${index}` })),
      10,
    );
    const seen: unknown[] = [];
    for await (const row of db('notes').where('text', 'like', 'batch %').stream()) seen.push(row);
    expect(seen).toHaveLength(25);
    const [rows] = await db.raw<[{ n: number }[]]>('SELECT ? + 1 AS n', [41]);
    expect(rows).toEqual([{ n: 42 }]);
  });

  it('attributes every statement to its caller, also where callers wait for one connection', async () => {
    const single = govern(open(1), governed.governor);
    const agents = await Promise.all(['anna', 'bert', 'cora'].map((name) => governed.identity(name)));
    const mark = (name: string | undefined, index: number): string => `knex ${name ?? ''} ${index}`;
    try {
      await Promise.all(
        agents.flatMap((agent) =>
          Array.from({ length: 10 }, (_, index) =>
            withIdentity(agent, () => single.raw(`SELECT '${mark(agent.name, index)}'`).then(() => undefined)),
          ),
        ),
      );
    } finally {
      await single.destroy();
    }
    const records = (await governed.records()).filter(({ statement }) => statement.text.startsWith("SELECT 'knex "));
    expect(records).toHaveLength(30);
    for (const { statement, agent } of records) expect(statement.text).toContain(`'knex ${agent?.name ?? ''} `);
  });

  it('governs connections that were open before', async () => {
    const early = open(1);
    try {
      await early.raw("SELECT 'before'");
      govern(early, governed.governor);
      await early.raw("SELECT 'after'");
    } finally {
      await early.destroy();
    }
    const texts = (await governed.records()).map(({ statement }) => statement.text);
    expect(texts).toContain("SELECT 'after'");
    expect(texts).not.toContain("SELECT 'before'");
  });

  it('is refused for another client', () => {
    const other = { client: { driverName: 'pg' } } as unknown as Knex;
    expect(() => govern(other, governed.governor)).toThrow(
      expect.objectContaining({ code: 'CONNECTION_UNSUPPORTED' }) as Error,
    );
  });
});
