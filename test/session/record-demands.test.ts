import type { Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StatementRecord } from '../../src/audit/index.js';
import { boundedPolicy, defineRule, type Policy } from '../../src/guardrails/index.js';
import { withTask } from '../../src/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const policy = (): Policy => ({
  ...boundedPolicy(),
  rules: [
    ...boundedPolicy().rules,
    defineRule({
      name: 'notes-untold',
      effect: 'warn',
      match: { tables: ['*.notes'] },
      record: { parameters: 'redacted', durability: 'disk' },
    }),
    defineRule({
      name: 'counted',
      effect: 'warn',
      match: { tables: ['*.others'], kinds: ['select'] },
      for: { tasks: ['counted'] },
      record: { detail: 'summary' },
    }),
    defineRule({ name: 'quiet', effect: 'warn', for: { tasks: ['quiet*'] }, record: { parameters: 'none' } }),
  ],
});

describe('how a rule wants its statements recorded', () => {
  let governed: Governed;
  let pool: Pool;
  beforeAll(async () => {
    governed = await startGoverned(inject('database'), {
      statements: [
        'CREATE TABLE notes (id INT PRIMARY KEY, body VARCHAR(80))',
        'CREATE TABLE others (id INT PRIMARY KEY, body VARCHAR(80))',
      ],
      policy: policy(),
    });
    pool = governed.pool({ connectionLimit: 2, multipleStatements: true }).promise();
  });
  afterAll(() => governed.close());

  async function statementsOf(run: () => Promise<unknown>): Promise<StatementRecord['statement'][]> {
    const before = (await governed.records()).length;
    await run().catch(String);
    return (await governed.records()).slice(before).map(({ statement }) => statement);
  }

  it('parameters of its statements are counted, and their texts are fingerprints', async () => {
    const sql = 'INSERT INTO notes VALUES (?, ?), (?, ?)';
    const bound = await statementsOf(() => pool.execute(sql, [1, 'zq secret', 2, null]));
    const parameters = ['[redacted]', '[redacted]', '[redacted]', null];
    expect(bound.at(-1)).toMatchObject({ parameters, redacted: true });
    const written = await statementsOf(() => pool.query("SELECT * FROM notes WHERE body = 'zq secret'"));
    expect(written[0]?.text).toBe('select * from notes where body = ?');
    const refused = await statementsOf(() => pool.query("DELETE FROM notes /* all */ WHERE 1 OR body = 'zq secret'"));
    expect(refused).toHaveLength(1);
    expect(JSON.stringify([...bound, ...written, ...refused])).not.toContain('zq secret');
  });

  it('what the server says of such a statement may repeat its values, and is withheld', async () => {
    await pool.query("INSERT INTO notes VALUES (7, 'zq secret')").catch(String);
    const run = (): Promise<unknown> => pool.query("INSERT INTO notes VALUES ('zq number', 'zq secret')");
    await expect(run()).rejects.toThrow(/zq number/);
    const last = (await governed.records()).at(-1);
    expect(last?.outcome).toMatchObject({ status: 'error', error: { code: 1366 } });
    expect(JSON.stringify(last)).not.toContain('zq number');
  });

  it('what was prepared by one who tells nothing is recorded in whole for one who tells all', async () => {
    const connection = await pool.getConnection();
    const sql = "SELECT 'prepared mark' FROM others WHERE id = ?";
    const run = async (): Promise<unknown> => connection.execute(sql, [12]);
    const quiet = await statementsOf(() => withTask('quiet-2', run));
    expect(JSON.stringify(quiet)).not.toContain('prepared mark');
    expect((await statementsOf(run))[0]).toMatchObject({ text: sql, parameters: [12] });
    connection.release();
  });

  it('others are recorded as they are, also beside them in one text', async () => {
    const sql = "SELECT 'plain' FROM others WHERE id = 7; SELECT 'zq secret' FROM notes WHERE id = 8";
    expect((await statementsOf(() => pool.query(sql))).map(({ text }) => text)).toEqual([
      "SELECT 'plain' FROM others WHERE id = 7",
      'select ? from notes where id = ?',
    ]);
  });

  it('of several rules, what tells least holds, for whom it is for', async () => {
    const run = (): Promise<unknown> => pool.execute('SELECT body FROM others WHERE id = ?', [4711]);
    await run();
    expect((await statementsOf(run))[0]).toMatchObject({ parameters: [4711] });
    const quiet = await statementsOf(() => withTask('quiet-1', run));
    expect(quiet[0]?.text).toBe('select body from others where id = ?');
    expect(quiet[0]).not.toHaveProperty('parameters');
  });

  it('statements of 16 connections that wait for the disk all run, each recorded once', async () => {
    const wide = governed.pool({ connectionLimit: 16 }).promise();
    const before = (await governed.records()).length;
    const run = (id: number): Promise<unknown> => wide.query(`SELECT body FROM notes WHERE id = ${id}`);
    await Promise.all(Array.from({ length: 400 }, (_, id) => run(id)));
    const records = (await governed.records()).slice(before);
    expect(records.filter(({ outcome }) => outcome.status === 'ok')).toHaveLength(400);
  });
});

describe('statements that are only counted', () => {
  it('are told in one record for all that are alike, and what is refused has its own', async () => {
    const governed = await startGoverned(inject('database'), {
      statements: [
        'CREATE TABLE others (id INT PRIMARY KEY, body VARCHAR(80))',
        "INSERT INTO others VALUES (1, 'a'), (2, 'b'), (3, 'c')",
      ],
      policy: policy(),
      masks: { 'others.body': 'redact' },
    });
    try {
      const pool = governed.pool({ connectionLimit: 4 }).promise();
      await pool.query('SELECT id FROM others WHERE id = 0');
      await withTask('counted', async () => {
        await Promise.all([1, 2, 3, 4, 5].map((id) => pool.query(`SELECT id, body FROM others WHERE id = ${id}`)));
        await pool.execute('SELECT id, body FROM others WHERE id = ?', [2]);
        await pool.query('SELECT missing FROM others').catch(String);
        await pool.query('DELETE FROM others').catch(String);
        await pool.query("UPDATE others SET body = 'd' WHERE id = 3");
      });
      expect((await governed.events()).filter(({ type }) => type === 'summary')).toEqual([]);
      await governed.governor.close();
      const records = await governed.records();
      expect(records.map(({ statement, outcome }) => [statement.operation, outcome.status])).toEqual([
        ['SELECT', 'ok'],
        ['DELETE', 'denied'],
        ['UPDATE', 'ok'],
      ]);
      const summaries = (await governed.events()).filter(({ type }) => type === 'summary');
      const agent = { subject: 'agent-anna' };
      const counted = { agent, task: { id: 'counted' }, db: { namespace: governed.schema.name } };
      expect(summaries).toHaveLength(2);
      expect(summaries).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            statement: expect.objectContaining({ fingerprint: 'select id, body from others where id = ?' }) as unknown,
            event: expect.objectContaining({
              // Five texts, one that was prepared, and its execution.
              ...{ statements: 7, outcomes: { ok: 7 }, rows: 4, masked: [`${governed.schema.name}.others.body`] },
            }) as unknown,
          }),
          expect.objectContaining({
            event: expect.objectContaining({ outcomes: { error: 1 }, errors: { '1054': 1 } }) as unknown,
          }),
        ]),
      );
      for (const summary of summaries) expect(summary).toMatchObject(counted);
    } finally {
      await governed.close();
    }
  });
});
