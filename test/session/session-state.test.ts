import type { Pool } from 'mysql2';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../governed/index.js';

let governed: Governed;
let pool: Pool;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: ['CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20))', "INSERT INTO t VALUES (1, 'x')"],
  });
  pool = governed.pool({ connectionLimit: 1, multipleStatements: true });
});
afterAll(() => governed.close());

const refused = { errno: 1227, message: expect.stringContaining('session-state') as string };

describe('the state of a session', () => {
  it('is asked before the first statement, so that sql_mode decides how a text is read', async () => {
    await pool.promise().query("SET SESSION sql_mode = 'ANSI_QUOTES'");
    const [rows] = await pool.promise().query('SELECT "a" FROM "t"');
    expect(rows).toEqual([{ a: 'x' }]);
    const record = await governed.recordOf((candidate) => candidate.statement.text.includes('FROM "t"'));
    expect(record.statement.tables).toEqual([{ schema: governed.schema.name, table: 't', access: 'read' }]);
    await pool.promise().query("SET SESSION sql_mode = 'STRICT_TRANS_TABLES'");
    const [text] = await pool.promise().query('SELECT "a" AS v FROM t');
    expect(text).toEqual([{ v: 'a' }]);
  });

  it('follows USE and COM_INIT_DB', async () => {
    await pool.promise().query('USE information_schema');
    await pool.promise().query('SELECT 1 AS n FROM SCHEMATA LIMIT 1');
    const record = await governed.recordOf((candidate) => candidate.statement.text.includes('SCHEMATA'));
    expect(record).toMatchObject({
      db: { namespace: 'information_schema' },
      statement: { tables: [{ schema: 'information_schema', table: 'SCHEMATA', access: 'read' }] },
    });
    await pool.promise().query(`USE ${governed.schema.name}`);
  });

  it('may not be changed in ways that would blind the lexer', async () => {
    for (const sql of ["SET NAMES 'gbk'", 'SET CHARACTER SET latin1', 'SET character_set_client = sjis']) {
      await expect(pool.promise().query(sql), sql).rejects.toMatchObject({ errno: 1227 });
    }
    await expect(pool.promise().query("SET sql_mode = 'ANSI_QUOTES'; SELECT 1")).rejects.toMatchObject(refused);
    await expect(pool.promise().query("SET sql_mode = CONCAT('ANSI', '_QUOTES')")).rejects.toMatchObject({
      errno: 1227,
    });
    await expect(pool.promise().query('SET NAMES utf8mb4')).resolves.toBeDefined();
  });

  it('may not get a result character set that hides columns from the masks', async () => {
    for (const charset of ['utf16', 'ucs2', 'utf32', 'latin1']) {
      await expect(pool.promise().query(`SET character_set_results = ${charset}`)).rejects.toMatchObject(refused);
    }
  });

  it('may not get a sql_mode under which nothing could be read any more', async () => {
    for (const mode of ['0', "'ORACLE'", "'MODE_OF_TOMORROW'"]) {
      await expect(pool.promise().query(`SET sql_mode = ${mode}`), mode).rejects.toMatchObject({ errno: 1227 });
    }
    await expect(pool.promise().query('SELECT 1')).resolves.toBeDefined();
  });

  it('is asked again after a COM_CHANGE_USER that failed, which may have reset it', async () => {
    const connection = await governed.pool({ multipleStatements: true }).promise().getConnection();
    await connection.query("SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
    await connection.changeUser({ user: 'nobody', password: 'x' }).catch(() => undefined);
    const smuggled = String.raw`SELECT '\' , ' ; DELETE FROM t WHERE id > 0 -- '`;
    await connection.query(smuggled).catch(() => undefined);
    connection.destroy();
    const [rows] = await governed.stockPool().promise().query('SELECT COUNT(*) AS n FROM t');
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('is refused where the connection speaks a character set that hides bytes', async () => {
    const latin = governed.pool({ charset: 'latin1_swedish_ci' });
    await expect(latin.promise().query('SELECT 1')).rejects.toMatchObject({
      errno: 1105,
      message: expect.stringContaining('use utf8mb4') as string,
    });
  });
});

describe('a statement that cannot be journaled', () => {
  it('does not run, and the connection goes on', async () => {
    const small = await startGoverned(inject('database'), {
      statements: ['CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a VARCHAR(200))'],
      maxJournalBytes: 20_000,
      receiverDown: true,
    });
    const full = small.pool({ connectionLimit: 1 });
    let inserted = 0;
    const error = await (async () => {
      for (;;) {
        await full.promise().query('INSERT INTO t (a) VALUES (?)', ['x'.repeat(100)]);
        inserted += 1;
      }
    })().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ errno: 1105, message: expect.stringContaining('journal') as string });
    const [rows] = await small.stockPool().promise().query('SELECT COUNT(*) AS n FROM t');
    expect(rows).toEqual([{ n: inserted }]);
    expect(inserted).toBeGreaterThan(3);
    small.receiverBack();
    await small.records();
    await expect(full.promise().query('SELECT 1')).resolves.toBeDefined();
    await small.close();
  });
});
