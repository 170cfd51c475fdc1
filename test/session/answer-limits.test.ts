import type { Pool } from 'mysql2';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type AnswerLimits, boundedPolicy, defineRule, type Policy } from '../../src/guardrails/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const ROWS = 2_000;
const database = inject('database');
let governed: Governed;
let pool: Pool;

afterEach(() => governed.close());

function policy(limits: AnswerLimits): Policy {
  const rules = boundedPolicy().rules.filter(({ name }) => name !== 'no-side-effect-functions');
  return { name: 'test', rules: [...rules, defineRule({ name: 'small', effect: 'warn', limits })] };
}

async function start(limits: AnswerLimits, masked = false): Promise<void> {
  const values = Array.from({ length: ROWS }, (_, id) => `(${id}, 'note of ${id}', 'someone${id}@example.test')`);
  governed = await startGoverned(database, {
    statements: [
      'CREATE TABLE notes (id INT PRIMARY KEY, note VARCHAR(64), email VARCHAR(64))',
      `INSERT INTO notes VALUES ${values.join(',')}`,
    ],
    policy: policy(limits),
    ...(masked && { masks: { 'notes.email': 'email' } }),
  });
  pool = governed.pool({ connectionLimit: 1 });
}

const SQL = 'SELECT id, note, email FROM notes ORDER BY id';

describe.each([
  ['text', (sql: string) => pool.promise().query(sql)],
  ['binary', (sql: string) => pool.promise().execute(sql)],
])('an answer in the %s protocol', (_protocol, run) => {
  it.each([false, true])('of more rows than the limit ends in an error, masked or not (%s)', async (masked) => {
    await start({ maxRows: 100 }, masked);
    await expect(run(SQL)).rejects.toMatchObject({
      errno: 1317,
      sqlState: '70100',
      message: expect.stringMatching(/\(rule small\): its answer has more than 100 rows/) as string,
    });
    const record = await governed.recordOf(({ outcome }) => outcome.limited !== undefined);
    expect(record.outcome).toMatchObject({ status: 'error', rows: 100, limited: { rule: 'small', limit: 'rows' } });
    const [rows] = await run('SELECT id FROM notes WHERE id < 100');
    expect(rows).toHaveLength(100);
  });

  it.each([false, true])(
    'is cut where the rule says so, masked or not (%s), and the connection goes on',
    async (masked) => {
      await start({ maxRows: 100, onExceed: 'truncate' }, masked);
      for (let round = 0; round < 3; round += 1) {
        const [rows] = await run(SQL);
        expect(rows).toHaveLength(100);
        expect((rows as { id: number }[]).at(-1)).toMatchObject({ id: 99, note: 'note of 99' });
      }
      const record = await governed.recordOf(({ outcome }) => outcome.limited !== undefined);
      expect(record.outcome).toMatchObject({ status: 'ok', rows: 100, limited: { limit: 'rows' } });
      await expect(run('SELECT 1')).resolves.toBeDefined();
    },
  );

  it('of more bytes than the limit ends in an error', async () => {
    await start({ maxBytes: 5_000 });
    await expect(run(SQL)).rejects.toMatchObject({
      errno: 1317,
      message: expect.stringContaining('more than 5000 bytes') as string,
    });
    const record = await governed.recordOf(({ outcome }) => outcome.limited !== undefined);
    expect(record.outcome.bytes).toBeLessThanOrEqual(5_000);
    expect(record.outcome.bytes).toBeGreaterThan(4_900);
  });

  it('that takes too long is stopped on the server', async () => {
    await start({ maxDurationMs: 300 });
    const began = performance.now();
    await expect(
      run('SELECT COUNT(*) FROM notes a, notes b, notes c WHERE a.note < b.email OR c.id < 0'),
    ).rejects.toMatchObject({
      errno: 1317,
      message: expect.stringContaining('ran for more than 300 ms') as string,
    });
    expect(performance.now() - began).toBeLessThan(10_000);
    await expect(run('SELECT 1')).resolves.toBeDefined();
    const [list] = await governed.stockPool().promise().query('SHOW FULL PROCESSLIST');
    expect(JSON.stringify(list)).not.toContain('notes c');
  });

  it('within its limits is left alone', async () => {
    await start({ maxRows: ROWS, maxBytes: 1e6, maxDurationMs: 60_000 });
    const [rows] = await run(SQL);
    expect(rows).toHaveLength(ROWS);
    const record = await governed.recordOf(({ outcome }) => outcome.rows !== undefined);
    expect(record.outcome).toMatchObject({ status: 'ok', rows: ROWS });
    expect(record.outcome.limited).toBeUndefined();
  });
});

describe('a stream', () => {
  it('gives rows up to the limit, and then the error', async () => {
    await start({ maxRows: 50 });
    const ids: number[] = [];
    const read = async (): Promise<void> => {
      for await (const row of pool.query(SQL).stream()) ids.push((row as { id: number }).id);
    };
    await expect(read()).rejects.toMatchObject({ errno: 1317 });
    // What a stream has buffered goes with its error.
    expect(ids.length).toBeGreaterThan(0);
    expect(ids).toEqual(Array.from({ length: Math.min(ids.length, 50) }, (_, id) => id));
  });
});

describe('a statement that ends as it is stopped', () => {
  it('does not have the next one killed in its place', async () => {
    await start({ maxRows: 1, onExceed: 'truncate' });
    for (let round = 0; round < 30; round += 1) {
      const [rows] = await pool.promise().query('SELECT id FROM notes WHERE id < 3');
      expect(rows).toHaveLength(1);
      await expect(pool.promise().query('SELECT SLEEP(0.01)')).resolves.toMatchObject([[{ 'SLEEP(0.01)': 0 }], {}]);
    }
  });
});

describe('a limit', () => {
  it('does not cut what writes: it ends in an error, and the record says so', async () => {
    await start({ maxRows: 2, onExceed: 'truncate' });
    if (database.flavour === 'mysql') return; // It has no RETURNING.
    await expect(pool.promise().query('DELETE FROM notes WHERE id < 900 RETURNING id')).rejects.toMatchObject({
      errno: 1317,
    });
    const record = await governed.recordOf(({ statement }) => statement.operation === 'DELETE');
    expect(record.outcome).toMatchObject({ status: 'error', limited: { limit: 'rows' } });
  });

  it('on bytes holds for a row of more than 16 MB, which takes its connection with it', async () => {
    await start({ maxBytes: 17_000_000 });
    await expect(pool.promise().query("SELECT REPEAT('x', 40000000) AS big")).rejects.toThrow();
    await expect(pool.promise().query('SELECT 1')).resolves.toBeDefined();
    const record = await governed.recordOf(({ statement }) => statement.text.includes('REPEAT'));
    expect(record.outcome.status).toBe('unknown');
  });

  it('is that of its statement, and not of the one behind it', async () => {
    await start({ maxRows: 2 });
    const multi = governed.pool({ multipleStatements: true, connectionLimit: 1 }).promise();
    const text = 'SELECT id FROM notes WHERE id < 9; DELETE FROM notes WHERE id = 5';
    await expect(multi.query(text)).rejects.toMatchObject({ errno: 1317 });
    const first = await governed.recordOf(({ outcome }) => outcome.limited !== undefined);
    expect(first.outcome).toMatchObject({ status: 'error', limited: { limit: 'rows' } });
    const second = await governed.recordOf(({ statement }) => statement.operation === 'DELETE');
    expect(second.outcome.limited).toBeUndefined();
  });
});

describe('several statements in one text', () => {
  it('end with the result that was cut', async () => {
    await start({ maxRows: 2, onExceed: 'truncate' });
    const multi = governed.pool({ multipleStatements: true, connectionLimit: 1 }).promise();
    const [results] = await multi.query('SELECT 1; SELECT id FROM notes WHERE id < 9; SELECT 2');
    expect(results).toMatchObject([[{ 1: 1 }], [{ id: 0 }, { id: 1 }]]);
    expect(results).toHaveLength(2);
    await expect(multi.query('SELECT 3')).resolves.toMatchObject([[{ 3: 3 }], {}]);
  });
});
