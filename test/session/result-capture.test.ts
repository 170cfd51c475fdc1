import { createHash } from 'node:crypto';
import type { Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RecordResult, StatementRecord } from '../../src/audit/index.js';
import { defineRule, type Policy } from '../../src/guardrails/index.js';
import { withTask } from '../../src/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const capture = { rows: 3, bytes: 2_000 };
const policy: Policy = {
  name: 'captured',
  otherwise: 'allow',
  rules: [
    defineRule({ name: 'captured', effect: 'warn', match: { tables: ['*.*'] }, record: { capture } }),
    defineRule({ name: 'called', effect: 'warn', match: { kinds: ['call', 'show', 'unknown'] }, record: { capture } }),
    defineRule({ name: 'untold', effect: 'warn', match: { tables: ['*.notes'] }, record: { parameters: 'redacted' } }),
    defineRule({
      name: 'fewer',
      effect: 'warn',
      for: { tasks: ['fewer'] },
      record: { capture: { rows: 1, bytes: 9 } },
    }),
    defineRule({
      name: 'short',
      effect: 'warn',
      for: { tasks: ['short'] },
      limits: { maxRows: 2, onExceed: 'truncate' },
    }),
  ],
};
const statements = [
  'CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(40))',
  "INSERT INTO items VALUES (1, 'one', 'zq1@example.test'), (2, NULL, NULL), (3, 'drei', 'zq3@example.test'), (4, 'vier', 'zq4@example.test')",
  'CREATE TABLE notes (id INT PRIMARY KEY, body VARCHAR(40))',
  "INSERT INTO notes VALUES (1, 'zq note')",
  `CREATE TABLE kinds (id INT PRIMARY KEY, small TINYINT, big BIGINT UNSIGNED, price DECIMAL(10,2), ratio DOUBLE,
    born DATE, seen DATETIME(3), took TIME, raw VARBINARY(10), bits BIT(8), doc JSON, choice ENUM('a','b'), made YEAR)`,
  `INSERT INTO kinds VALUES (1, -7, 18446744073709551615, '12.50', 0.25, '2024-02-29', '2024-02-29 12:13:14.5', '-01:02:03', x'ff00', b'1',
    '[1]', 'b', 2024), (2, NULL, 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  'CREATE TABLE wide (id INT PRIMARY KEY, body LONGTEXT)',
  "INSERT INTO wide VALUES (1, REPEAT('x', 5000)), (2, 'y')",
  'CREATE PROCEDURE two_sets() BEGIN SELECT id FROM items WHERE id = 1; SELECT name FROM items WHERE id IN (3, 4) ORDER BY id; END',
];

describe('results that a rule has captured', () => {
  let governed: Governed;
  let pool: Pool;
  beforeAll(async () => {
    governed = await startGoverned(inject('database'), { statements, policy, masks: { 'items.email': 'redact' } });
    pool = governed.pool({ connectionLimit: 1, multipleStatements: true }).promise();
  });
  afterAll(() => governed.close());

  async function recordsOf(run: () => Promise<unknown>): Promise<StatementRecord[]> {
    const before = (await governed.records()).length;
    await run();
    return (await governed.records()).slice(before);
  }
  async function resultOf(run: () => Promise<unknown>): Promise<RecordResult | undefined> {
    return (await recordsOf(run)).at(-1)?.outcome.result;
  }

  it('stand in the record, the first rows of them, and the digest is of all', async () => {
    const result = await resultOf(() => pool.query('SELECT id, name FROM items ORDER BY id'));
    const columns = ['id', 'name'];
    expect(result?.sets).toEqual([
      {
        columns,
        rows: [
          [1, 'one'],
          [2, null],
          [3, 'drei'],
        ],
        truncated: true,
      },
    ]);
    const rows = ['\x011\x03one', '\x012\xfb', '\x013\x04drei', '\x014\x04vier'].map((text) =>
      Buffer.from(text, 'latin1'),
    );
    const hash = createHash('sha256');
    for (const row of rows) hash.update(row).update(Buffer.from([row.length, 0, 0, 0, 0, 0, 0, 0]));
    expect(result?.digest).toBe(hash.digest('base64url'));
    const [seen] = await pool.query('SELECT id, name FROM items ORDER BY id');
    expect(seen).toHaveLength(4);
  });

  it('are masked as the caller gets them', async () => {
    for (const run of [
      () => pool.query('SELECT id, email FROM items WHERE id < 3'),
      () => pool.execute('SELECT id, email FROM items WHERE id < ?', [3]),
    ]) {
      const [record] = (await recordsOf(run)).slice(-1);
      expect(record?.outcome.masked).toEqual([`${governed.schema.name}.items.email`]);
      expect(record?.outcome.result?.sets[0]?.rows).toEqual([
        [1, '[masked]'],
        [2, null],
      ]);
      expect(JSON.stringify(record)).not.toContain('zq1');
    }
  });

  it('have the same values in both protocols, whatever their types', async () => {
    const sql = 'SELECT * FROM kinds ORDER BY id';
    const text = await resultOf(() => pool.query(sql));
    const binary = await resultOf(() => pool.execute(sql));
    const expected = [
      1,
      -7,
      '18446744073709551615',
      '12.50',
      0.25,
      '2024-02-29',
      expect.stringMatching(/^2024-02-29 12:13:14\.5/) as string,
      '-01:02:03',
      'base64:/wA=',
      '\x01',
      '[1]',
      'b',
      2024,
    ];
    for (const result of [text, binary]) {
      expect(result?.sets[0]?.rows).toEqual([expected, [2, null, 7, ...Array<null>(10).fill(null)]]);
    }
    expect(text?.digest).not.toBe(binary?.digest);
  });

  it('are those of each statement of a text, and of each set of a call', async () => {
    const records = await recordsOf(() =>
      pool.query("SELECT 1; SELECT id FROM items WHERE id = 2; UPDATE items SET name = 'x' WHERE id = 9"),
    );
    expect(records.map(({ outcome }) => outcome.result?.sets)).toEqual([
      undefined,
      [{ columns: ['id'], rows: [[2]] }],
      undefined,
    ]);
    const called = await resultOf(() => pool.query('CALL two_sets()'));
    expect(called?.sets).toEqual([
      { columns: ['id'], rows: [[1]] },
      { columns: ['name'], rows: [['drei'], ['vier']] },
    ]);
  });

  it('are bounded in rows and bytes by the least that a rule says, and by a limit', async () => {
    const run = (): Promise<unknown> => pool.query('SELECT id, name FROM items ORDER BY id');
    const fewer = await resultOf(() => withTask('fewer', run));
    expect(fewer?.sets).toEqual([{ columns: ['id', 'name'], rows: [[1, 'one']], truncated: true }]);
    const short = await resultOf(() => withTask('short', run));
    expect(short?.sets[0]?.rows).toEqual([
      [1, 'one'],
      [2, null],
    ]);
    const wide = await resultOf(() => pool.query('SELECT body FROM wide ORDER BY id'));
    expect(wide?.sets).toEqual([{ columns: ['body'], rows: [], truncated: true }]);
  });

  it('are left out where a rule tells nothing of values, and of what returns no rows', async () => {
    expect(await resultOf(() => pool.query('SELECT body FROM notes'))).toBeUndefined();
    expect(await resultOf(() => pool.query("UPDATE items SET name = 'vier' WHERE id = 4"))).toBeUndefined();
    expect(await resultOf(() => pool.query('SELECT missing FROM items').catch(String))).toBeUndefined();
  });

  it('are left out where a literal may be a masked value, which the answer can repeat', async () => {
    const literal = "'zq1@example.test'";
    for (const sql of [
      `SELECT id, ${literal} FROM items WHERE email = ${literal}`,
      `SELECT ${literal} AS x FROM items WHERE email = ${literal}`,
    ]) {
      const [record] = (await recordsOf(() => pool.query(sql))).slice(-1);
      expect(record?.statement.redacted).toBe(true);
      expect(JSON.stringify(record)).not.toContain('zq1');
    }
  });

  it('are left out where they may hold passwords', async () => {
    for (const sql of ['SELECT * FROM mysql.user', 'SHOW GRANTS', 'SHOW CREATE USER', 'SHOW PROCESSLIST']) {
      const records = await recordsOf(() => pool.query(sql).catch(String));
      expect(records.at(-1)?.statement.text.toLowerCase(), sql).toBe(sql.toLowerCase());
      expect(records.at(-1)?.outcome.result, sql).toBeUndefined();
    }
    expect(await resultOf(() => pool.query('SHOW TABLES'))).toBeDefined();
  });

  it('reach the caller whole, also a row of more than one packet', async () => {
    const result = await resultOf(async () => {
      const [rows] = await pool.query("SELECT id, REPEAT('z', 17000000) AS huge FROM items WHERE id < 3");
      expect((rows as { huge: string }[]).map(({ huge }) => huge.length)).toEqual([17_000_000, 17_000_000]);
    });
    expect(result?.sets).toEqual([{ columns: ['id', 'huge'], rows: [], truncated: true }]);
    const [after] = await pool.query('SELECT 1 AS one');
    expect(after).toEqual([{ one: 1 }]);
  });
});
