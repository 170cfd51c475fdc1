import { describe, expect, it } from 'vitest';
import { analysisOf, scopeOf } from './analysed.js';
import { readsAll, type StatementRow } from './statement-table.js';

const rows: readonly StatementRow[] = [
  [
    'SELECT SUBSTRING(a FROM 1 FOR 2), SUBSTR(b FROM 3), MID((SELECT c FROM u) FROM 1) FROM t',
    'select',
    'SELECT',
    'shop.t read, shop.u read nested',
    'absent',
    { functions: ['substring', 'substr', 'mid'], compound: true },
  ],
  [
    'SELECT CONVERT(a, UNSIGNED INTEGER), CAST(b AS SIGNED INT), CONVERT(c USING utf8mb4) FROM t',
    'select',
    'SELECT',
    'shop.t read',
    'absent',
    { functions: ['cast', 'convert'] },
  ],
  [
    "SELECT jt.k FROM t, JSON_TABLE(JSON_KEYS(t.data), '$[*]' COLUMNS (k VARCHAR(255) PATH '$', n FOR ORDINALITY)) AS jt",
    'select',
    'SELECT',
    'shop.t read',
    'absent',
    { functions: ['json_table', 'json_keys'], compound: true },
  ],
  [
    "SELECT * FROM JSON_TABLE((SELECT secret FROM u), '$' COLUMNS (NESTED PATH '$.a' COLUMNS (b INT EXISTS PATH '$.b'), c INT)) jt",
    'select',
    'SELECT',
    'shop.u read nested',
    'absent',
    { functions: ['json_table'], compound: true },
  ],
  ['SHOW CREATE PROCEDURE shop.p', 'show', 'SHOW CREATE PROCEDURE', '', 'absent'],
  ['SHOW CREATE TRIGGER `t`', 'show', 'SHOW CREATE TRIGGER', '', 'absent'],
  ["SHOW PACKAGE BODY STATUS WHERE Db = 'shop'", 'show', 'SHOW PACKAGE BODY STATUS', '', 'absent'],
  ['SHOW BINARY LOG STATUS', 'show', 'SHOW BINARY LOG STATUS', '', 'absent'],
  [
    'SET STATEMENT max_statement_time=30 FOR SELECT * FROM orders WHERE id = 5',
    'select',
    'SELECT',
    'shop.orders read',
    'present',
  ],
  [
    'SET STATEMENT max_statement_time=30, lock_wait_timeout=1 FOR DELETE FROM orders',
    'delete',
    'DELETE',
    'shop.orders write',
    'absent',
  ],
  [
    'CREATE ALGORITHM = UNDEFINED SQL SECURITY DEFINER VIEW `w` AS (SELECT `id` FROM `authors`)',
    'ddl',
    'CREATE VIEW',
    'shop.w write, shop.authors read nested',
    'absent',
    { compound: true },
  ],
  [
    'CREATE TABLE c AS (SELECT id FROM a) UNION (SELECT id FROM b)',
    'ddl',
    'CREATE TABLE',
    'shop.c write, shop.a read nested, shop.b read nested',
    'absent',
    { compound: true },
  ],
  [
    'CREATE TABLE c (id INT, d INT GENERATED ALWAYS AS (id + 1) STORED) SELECT id FROM a',
    'ddl',
    'CREATE TABLE',
    'shop.c write, shop.a read nested',
    'absent',
    { compound: true },
  ],
];

describe('what libraries and programs send', () => {
  readsAll(rows);

  it.each(['@@sql_mode', '@@session.sql_mode', '@@SQL_MODE'])(
    'knows the whole mode once one is added to %s',
    (name) => {
      const scope = scopeOf('mariadb', 'IGNORE_SPACE,ANSI_QUOTES');
      const { sets } = analysisOf(`set autocommit=1, sql_mode = concat(${name},',STRICT_TRANS_TABLES')`, scope);
      const value = 'IGNORE_SPACE,ANSI_QUOTES,STRICT_TRANS_TABLES';
      expect(sets).toEqual([
        { variable: 'autocommit', value: '1' },
        { variable: 'sql_mode', value },
      ]);
    },
  );

  it('does not guess the mode where one statement changes it twice', () => {
    const sql = "SET sql_mode = '', sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')";
    expect(analysisOf(sql, scopeOf('mysql')).sets?.at(-1)).toEqual({ variable: 'sql_mode', value: undefined });
  });
});
