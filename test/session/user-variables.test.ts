import type { PoolConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Policy } from '../../src/guardrails/index.js';
import { type Governed, startGoverned } from '../governed/index.js';

const database = inject('database');
const statements = [
  'CREATE TABLE orders (id VARCHAR(20) PRIMARY KEY)',
  "INSERT INTO orders VALUES ('1'), ('2')",
  "CREATE PROCEDURE set_it() SET @kept = 'NO_BACKSLASH_ESCAPES'",
  "CREATE FUNCTION set_by_function() RETURNS INT DETERMINISTIC BEGIN SET @kept = 'NO_BACKSLASH_ESCAPES'; RETURN 1; END",
  "CREATE TRIGGER set_by_trigger BEFORE INSERT ON orders FOR EACH ROW SET @kept = 'NO_BACKSLASH_ESCAPES'",
];
const NOT_KNOWN = /session-state.*only be set from a literal, or from a user variable that keeps one/;

describe('settings that are restored from user variables', () => {
  let governed: Governed;
  let connection: PoolConnection;
  beforeAll(async () => {
    const policy: Policy = { name: 'all', rules: [], otherwise: 'allow' };
    governed = await startGoverned(database, { statements, policy });
  });
  afterAll(() => governed.close());
  beforeEach(async () => {
    connection = await governed.pool().promise().getConnection();
  });
  afterEach(() => {
    connection.destroy();
  });
  const mode = async (): Promise<string> => {
    const [rows] = await connection.query('SELECT @@sql_mode AS mode');
    return (rows as { mode: string }[])[0]?.mode ?? '';
  };
  const restore = (): Promise<unknown> => connection.query('SET sql_mode = @kept');

  it('as a dump does it', async () => {
    const before = await mode();
    await connection.query("/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */");
    await connection.query('/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */');
    expect(await mode()).toBe('NO_AUTO_VALUE_ON_ZERO');
    await connection.query('/*!40101 SET SQL_MODE=@OLD_SQL_MODE */');
    await connection.query('/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */');
    expect(await mode()).toBe(before);
  });

  it('decide how the next text is read', async () => {
    await connection.query("SET @kept = 'NO_BACKSLASH_ESCAPES'");
    await restore();
    const [rows] = await connection.query("SELECT id FROM orders WHERE id = '\\' OR 1=1 -- '");
    expect(rows).toHaveLength(2);
    const record = await governed.recordOf(({ statement }) =>
      statement.text.startsWith("SELECT id FROM orders WHERE id = '\\'"),
    );
    expect(record.statement.fingerprint).toBe('select id from orders where id = ? or ? = ?');
  });

  it('from a copy of a copy, and prepared', async () => {
    await connection.query("SET @kept = 'ANSI_QUOTES'");
    await connection.query('SET @copy = @kept');
    const restoring = await connection.prepare('SET sql_mode = @copy');
    await restoring.execute([]);
    expect(await mode()).toBe('ANSI_QUOTES');
  });

  it('are refused where the character set would hide something', async () => {
    await connection.query("SET @kept = 'gbk'");
    await expect(connection.query('SET character_set_client = @kept')).rejects.toThrow(/session-state.*gbk would hide/);
  });

  it.each([
    ['nothing', []],
    ['a global variable', ['SET @kept = @@global.sql_mode']],
    ['a setting before it in the same SET', ["SET sql_mode = 'ANSI', @kept = @@sql_mode"]],
    ['a procedure', ["SET @kept = ''", 'CALL set_it()']],
    ['a function', ["SET @kept = ''", 'SELECT set_by_function()']],
    ['an assignment in a query', ["SET @kept = ''", "SELECT @kept := 'NO_BACKSLASH_ESCAPES'"]],
    ['the result of a query', ["SET @kept = ''", "SELECT 'NO_BACKSLASH_ESCAPES' INTO @kept"]],
    ['a SET that has failed', ["SET @kept = ''", "SET @kept = 'NO_BACKSLASH_ESCAPES', autocommit = 'nonsense'"]],
  ])('are refused where the variable was given its value by %s', async (_, texts) => {
    for (const text of texts) await connection.query(text).catch(() => undefined);
    await expect(restore()).rejects.toThrow(NOT_KNOWN);
  });

  it('are what the server says where a trigger has changed the variable', async () => {
    await connection.query("SET @kept = ''");
    await connection.query('INSERT INTO orders VALUES (UUID_SHORT())');
    await restore();
    expect(await mode()).toBe('NO_BACKSLASH_ESCAPES');
    await connection.query("SELECT id FROM orders WHERE id = '\\' OR 2=2 -- '");
    const record = await governed.recordOf(({ statement }) => statement.text.includes('2=2'));
    expect(record.statement.fingerprint).toBe('select id from orders where id = ? or ? = ?');
  });

  it('are refused in the SET that gives the variable its value, and in the same text', async () => {
    await connection.query("SET @kept = ''");
    await expect(connection.query("SET @kept = 'ANSI', sql_mode = @kept")).rejects.toThrow(NOT_KNOWN);
    const several = governed.pool({ multipleStatements: true }).promise();
    await expect(several.query("SET @kept = 'ANSI'; SET sql_mode = @kept")).rejects.toThrow('session-state');
  });

  it('are refused behind a reset', async () => {
    await connection.query("SET @kept = ''");
    await connection.reset();
    await expect(restore()).rejects.toThrow(NOT_KNOWN);
  });
});
