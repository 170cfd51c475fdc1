import { describe, expect, it } from 'vitest';
import { problems } from '../../src/sql/lexer/problem.js';
import { createAnalyser } from '../../src/sql/index.js';
import { analysisOf, FLAVOURS, scopeOf, statementsOf } from './analysed.js';

/** Statement, operation for the record, what its problem says. */
type UnknownRow = readonly [string, string, string | RegExp];

function refusesAll(rows: readonly UnknownRow[]): void {
  for (const [sql, operation, problem] of rows) {
    it(`refuses ${JSON.stringify(sql).slice(0, 100)}`, () => {
      for (const flavour of FLAVOURS) {
        const analysis = analysisOf(sql, scopeOf(flavour));
        expect(analysis, flavour).toMatchObject({ kind: 'unknown', operation, tables: [], columns: [] });
        if (typeof problem === 'string') expect(analysis.problem, flavour).toBe(problem);
        else expect(analysis.problem, flavour).toMatch(problem);
      }
    });
  }
}

describe('a table that is a door to others, or to a file', () => {
  const door = 'its table may be a door to others';
  const path = 'its table is kept where it says';
  refusesAll([
    ['CREATE TABLE m (id INT) ENGINE=MERGE UNION=(customers)', 'CREATE TABLE', door],
    ['CREATE TABLE m (id INT) UNION = (customers)', 'CREATE TABLE', door],
    ['CREATE TABLE m (id INT) ENGINE mrg_myisam UNION (customers)', 'CREATE TABLE', door],
    ["CREATE TABLE m (id INT) ENGINE='MERGE' UNION (customers)", 'CREATE TABLE', door],
    ['CREATE TABLE m (id INT) ENGINE=`FEDERATED` CONNECTION=1', 'CREATE TABLE', door],
    ['ALTER TABLE m UNION (customers)', 'ALTER TABLE', door],
    ['ALTER TABLE m ENGINE=CONNECT', 'ALTER TABLE', door],
    ['CREATE TABLE m (id INT) ENGINE=SPHINX', 'CREATE TABLE', door],
    ['CREATE TABLE m (id INT) ENGINE spider', 'CREATE TABLE', door],
    ['CREATE TABLE m (id INT) COMMENT=1 ENGINE tomorrows', 'CREATE TABLE', door],
    ['CREATE TABLE m (id INT) PARTITION BY HASH(id) (PARTITION p0 ENGINE=FEDERATED)', 'CREATE TABLE', door],
    ['CREATE TABLE m (id INT) PARTITION BY HASH(id) (PARTITION p0 STORAGE ENGINE CONNECT)', 'CREATE TABLE', door],
    ['CREATE TABLE m (id INT) PARTITION BY HASH(id) (PARTITION p0 ENGINE=SPIDER) SELECT 1', 'CREATE TABLE', door],
    [
      'CREATE TABLE m (id INT) PARTITION BY RANGE(id) SUBPARTITION BY HASH(id) (PARTITION p0 VALUES LESS THAN (1) (SUBPARTITION s ENGINE=SPIDER))',
      'CREATE TABLE',
      door,
    ],
    ['ALTER TABLE m ADD PARTITION (PARTITION p1 ENGINE=SPIDER)', 'ALTER TABLE', door],
    ['ALTER TABLE m REORGANIZE PARTITION p0 INTO (PARTITION p1 ENGINE = `SPIDER`)', 'ALTER TABLE', door],
    ['ALTER TABLE m TABLESPACE modify ENGINE SPIDER', 'ALTER TABLE', door],
    ['ALTER TABLE m ADD engine INT, ENGINE SPIDER', 'ALTER TABLE', door],
    ['CREATE SEQUENCE s ENGINE=CONNECT', 'CREATE SEQUENCE', door],
    ["CREATE TABLE m (id INT) DATA DIRECTORY='/srv'", 'CREATE TABLE', path],
    ["ALTER TABLE m INDEX DIRECTORY = '/srv'", 'ALTER TABLE', path],
  ]);

  it('is told from others', () => {
    for (const sql of [
      "CREATE TABLE m (engine VARCHAR(9), type INT, CHECK (engine = 'x')) ENGINE=InnoDB",
      'CREATE TABLE m AS SELECT 1 AS a UNION SELECT 2',
      'CREATE TABLE m AS SELECT 1 AS a UNION (SELECT 2)',
      'CREATE TABLE m (directory INT, INDEX directory (directory))',
      'ALTER TABLE m ADD INDEX directory (id)',
      'CREATE TABLE m (id INT) ENGINE=aria PARTITION BY HASH(id) (PARTITION p0 ENGINE = `InnoDB`, PARTITION engine)',
      'CREATE TABLE engine (engine INT, other INT) PARTITION BY RANGE COLUMNS (engine, other) (PARTITION engine VALUES LESS THAN (1, 2))',
      'CREATE TABLE m SELECT engine FROM parts UNION SELECT engine FROM engine AS engine ORDER BY engine DESC',
      'ALTER TABLE engine ADD engine VARCHAR(9), ADD COLUMN engine2 INT AFTER engine, MODIFY engine INT',
      'ALTER TABLE m MODIFY engine INT, CHANGE engine motor INT, CHANGE motor engine INT, CHANGE COLUMN engine engine INT',
      'ALTER TABLE shop.m DROP engine, RENAME COLUMN engine TO motor, ALTER engine SET DEFAULT 1, RENAME TO engine',
      'ALTER TABLE m ADD INDEX engine (engine), ADD FOREIGN KEY engine (a) REFERENCES engine (id), ENGINE InnoDB',
      'DROP TABLE a, engine RESTRICT',
    ]) {
      for (const flavour of FLAVOURS) expect(analysisOf(sql, scopeOf(flavour)).kind, sql).toBe('ddl');
    }
  });
});

describe('what cannot be read', () => {
  refusesAll([
    ['', 'UNKNOWN', 'it is empty'],
    [' \n ', 'UNKNOWN', 'it is empty'],
    [';', 'UNKNOWN', 'it is empty'],
    ['-- nothing', 'UNKNOWN', 'it is empty'],
    ["SELECT 'a", 'UNKNOWN', problems.string],
    ['SELECT "a', 'UNKNOWN', problems.string],
    ["SELECT 'a\\'", 'UNKNOWN', problems.string],
    ['SELECT `a', 'UNKNOWN', problems.identifier],
    ['SELECT 1 /* a', 'UNKNOWN', problems.comment],
    ['SELECT 1 /*! - 1 */', 'UNKNOWN', problems.versionedComment],
    ['SELECT 1 /*!99999 + 1 */', 'UNKNOWN', problems.versionedComment],
    ['SELECT 1 /*M! - 1 */', 'UNKNOWN', problems.versionedComment],
    ['SELECT 1 /*M!990000 + 1 */', 'UNKNOWN', problems.versionedComment],
    ['/*!40101 SET @a = "x" */', 'UNKNOWN', problems.versionedComment],
    ['SELECT 1 /*!501 + 1 */', 'UNKNOWN', problems.versionedComment],
    ['SELECT 1 /*!50000+ 1 */', 'UNKNOWN', problems.versionedComment],
    ["SELECT 1 /*!50000 + 'a */ + 'b'", 'UNKNOWN', problems.versionedComment],
    ['SELECT 1 /*!50000 + /* 1 */ */', 'UNKNOWN', problems.versionedComment],
    ['SELECT 1 /*!50000 + 1', 'UNKNOWN', problems.versionedComment],
    ['DELETE FROM t /*!50000 WHERE id = 1 */', 'UNKNOWN', problems.versionedComment],
    ['WITH a AS (SELECT 1) DELETE FROM t /*!50000 WHERE id = 1 */', 'UNKNOWN', problems.versionedComment],
    [
      'SET STATEMENT max_statement_time=1 FOR DELETE FROM orders /*!50000 WHERE id=10 */',
      'UNKNOWN',
      problems.versionedComment,
    ],
    [
      '/*!50000 SET */ /**/ STATEMENT max_statement_time=1 FOR DELETE FROM orders',
      'UNKNOWN',
      problems.versionedComment,
    ],
    ['/*!50000 UPDATE t SET a = 1 WHERE id = 1 */', 'UNKNOWN', problems.versionedComment],
    ['SELECT /*!50000 1 */; DELETE FROM t WHERE id = 1', 'UNKNOWN', problems.versionedComment],
    ["SELECT /*+ SET_VAR(sql_mode='') */ 1", 'UNKNOWN', problems.hint],
    ['SELECT 1\0', 'UNKNOWN', problems.control],
    ['SELECT\0 1', 'UNKNOWN', problems.control],
    ['SELECT 1 -- \0', 'UNKNOWN', problems.control],
    ['SELECT 1; SELECT 2 \\G', 'UNKNOWN', problems.control],
    ["SELECT X'4'", 'UNKNOWN', problems.literal],
    ['SELECT @', 'UNKNOWN', problems.variable],
    ["SET @a = 'x\u0001y'", 'UNKNOWN', problems.control],
    ['SELECT * FROM `\u{1f600}`', 'UNKNOWN', problems.encoding],
  ]);

  it('is a name that is not UTF-8, but not a string', () => {
    const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
    expect(analysisOf(bytes('SELECT caf\xe9'), scopeOf('mysql')).problem).toBe(problems.encoding);
    expect(analysisOf(bytes("SELECT 'caf\xe9'"), scopeOf('mysql')).kind).toBe('select');
  });

  it('is a name that begins with a dollar, where newer servers read a quote', () => {
    expect(analysisOf('SELECT * FROM $orders', scopeOf('mysql')).problem).toBe(problems.dollar);
    expect(analysisOf('SELECT * FROM $orders', scopeOf('mariadb')).kind).toBe('select');
  });

  it('is anything under a sql_mode that is not known', () => {
    for (const mode of ['ORACLE', 'MSSQL', 'UNHEARD_OF,ANSI_QUOTES']) {
      expect(analysisOf('SELECT 1', scopeOf('mariadb', mode)).problem).toContain(mode.split(',')[0]);
    }
  });

  it('keeps the beginning for the record, without a literal', () => {
    const [statement] = statementsOf("DELETE FROM orders WHERE note = 'secret' AND `x", scopeOf('mysql'));
    expect(statement?.fingerprint).toBe('delete from orders where note = ? and …');
  });

  it('is a canonical text that is too long, however long its literals may be', () => {
    const analyser = createAnalyser({ maxCanonicalBytes: 100 });
    const problemOf = (text: string): string | undefined => {
      const bytes = Buffer.from(text);
      return analyser.analyse(bytes, 0, bytes.length, scopeOf('mysql')).statements[0]?.analysis.problem;
    };
    expect(problemOf(`SELECT '${'x'.repeat(100_000)}'`)).toBeUndefined();
    expect(problemOf(`SELECT a FROM t WHERE b IN (${'1, '.repeat(10_000)}1)`)).toBeUndefined();
    expect(problemOf(`SELECT ${'a, '.repeat(50)}a FROM t`)).toBe(problems.tooLong);
    const long = analysisOf(`SELECT ${'a, '.repeat(50_000)}a FROM t`, scopeOf('mysql'));
    expect(long.problem).toBe(problems.tooLong);
  });
});

describe('what is not understood', () => {
  refusesAll([
    ['nonsense', 'NONSENSE', /near "nonsense": a statement that is known was expected/],
    ['SELECT', 'SELECT', /^not understood/],
    ['SELECT FROM WHERE', 'SELECT', /^not understood/],
    ['SELECT * FROM', 'SELECT', /^not understood/],
    ['SELECT (1', 'SELECT', /^not understood/],
    ['SELECT 1)', 'SELECT', /^not understood/],
    ['DELETE orders', 'DELETE', /^not understood/],
    ['DELETEFROMorders', 'DELETEFROMORDERS', /^not understood/],
    ['1', 'UNKNOWN', /near a literal/],
    ["'a'", 'UNKNOWN', /near a literal/],
    ['`SELECT` 1', 'UNKNOWN', /^not understood/],
    ['TABLE orders', 'TABLE', /^not understood/],
    ['VALUES ROW(1, 2)', 'VALUES', /^not understood/],
    ['HANDLER orders OPEN', 'HANDLER', /^not understood/],
    ['SELECT * FROM {OJ a LEFT JOIN b ON 1}', 'SELECT', /^not understood/],
    ['SELECT 1 FROM orders PROCEDURE ANALYSE()', 'SELECT', /^not understood/],
    ['DO', 'DO', /^not understood/],
    ['DO (SELECT', 'DO', /^not understood/],
    ["PREPARE s FROM 'DELETE FROM orders'", 'PREPARE', /^not understood/],
    ['EXECUTE s', 'EXECUTE', /^not understood/],
    ["EXECUTE IMMEDIATE 'DELETE FROM orders'", 'EXECUTE IMMEDIATE', /^not understood/],
    ['BEGIN NOT ATOMIC DELETE FROM orders; END', 'BEGIN', /near "NOT": the end was expected/],
    ['IF 1 THEN DELETE FROM orders; END IF', 'IF', /^not understood/],
    ['CALL p(1, SELECT 1)', 'CALL', /not understood/],
    ['CALL p(1) CALL p(2)', 'CALL', /the end was expected/],
    ['GRANT ALL ON *.* TO x', 'GRANT', /^not understood/],
    ['CREATE USER x', 'CREATE USER', /^not understood/],
    ["ALTER USER x IDENTIFIED BY 'y'", 'ALTER USER', /^not understood/],
    ['DROP ROLE x', 'DROP ROLE', /^not understood/],
    ['KILL (SELECT 1)', 'KILL', /^not understood/],
    ['KILL CONNECTION_ID() + 1', 'KILL', /^not understood/],
    ['SHUTDOWN', 'SHUTDOWN', /^not understood/],
    ['FLUSH PRIVILEGES', 'FLUSH', /^not understood/],
    ['LOCK TABLES orders', 'LOCK TABLES', /^not understood/],
    ['LOCK TABLES orders WRITE SELECT 1', 'LOCK TABLES', /^not understood/],
    ['LOCK INSTANCE FOR BACKUP', 'LOCK INSTANCE', /^not understood/],
    ["XA START 'x'", 'XA', /^not understood/],
    ['OPTIMIZE TABLE orders', 'OPTIMIZE TABLE', /^not understood/],
    ["INSTALL PLUGIN x SONAME 'y'", 'INSTALL PLUGIN', /^not understood/],
    ['SET GLOBAL max_connections = 1', 'SET GLOBAL', /not among the session settings/],
    ['SET PERSIST max_connections = 1', 'SET PERSIST', /not among the session settings/],
    ['SET @@global.general_log = 1', 'SET', /not among the session settings/],
    ['SET autocommit = 1, GLOBAL general_log = 1', 'SET', /not among the session settings/],
    ["SET PASSWORD = 'x'", 'SET PASSWORD', /not among the session settings/],
    ['SET ROLE admin', 'SET ROLE', /not among the session settings/],
    ['SET sql_log_bin = 0', 'SET', /not among the session settings/],
    ["SET STATEMENT sql_mode = 'ANSI_QUOTES' FOR SELECT 1", 'SET STATEMENT', /a setting of one statement/],
    ['SET STATEMENT max_statement_time = 1, sql_mode = "" FOR SELECT 1', 'SET STATEMENT', /a setting of one statement/],
    ['SET STATEMENT max_statement_time = (SELECT 1) FOR SELECT 1', 'SET STATEMENT', /a literal/],
    ['SET STATEMENT max_statement_time = 1 FOR SET @a = 1', 'SET STATEMENT', /a query/],
    ["SET sql_mode = CONCAT(@@sql_mode, (SELECT 'ANSI'))", 'SET', /a literal/],
    ["SET sql_mode = CONCAT(@@version, ',ANSI')", 'SET', /@@sql_mode/],
    ["SET sql_mode = CONCAT(@@global.sql_mode, ',ANSI')", 'SET', /@@sql_mode/],
    ["SET time_zone = CONCAT(@@sql_mode, ',ANSI')", 'SET', /a literal alone/],
    [
      "SELECT * FROM JSON_TABLE(a, '$' COLUMNS (b INT DEFAULT (SELECT 1) ON EMPTY)) AS t",
      'SELECT',
      /the length of a type/,
    ],
    ["SELECT * FROM JSON_TABLE(a, '$') AS t", 'SELECT', /COLUMNS/],
    ['SET @a = (SELECT 1)', 'SET', /a literal was expected/],
    ['SET @a = 1 + 1', 'SET', /a literal alone was expected/],
    ['SHOW BINLOG EVENTS', 'SHOW BINLOG', /a form of SHOW that is known to be harmless/],
    ['SHOW GRANTS FOR root', 'SHOW GRANTS', /CURRENT_USER was expected/],
    ['SHOW TABLES WHERE (SELECT 1)', 'SHOW TABLES', /\) was expected/],
    ['SHOW COLUMNS FROM orders WHERE f()', 'SHOW COLUMNS', /only compares columns with literals/],
    ['SHOW TABLES WHERE NEXT VALUE FOR s > 0', 'SHOW TABLES', /the end was expected/],
    ['SHOW COLUMNS FROM orders WHERE Field = NEXT VALUE FOR s', 'SHOW COLUMNS', /the end was expected/],
    ['SHOW VARIABLES WHERE (PREVIOUS VALUE FOR s)', 'SHOW VARIABLES', /\) was expected/],
    ['SHOW VARIABLES WHERE 1 IN (1, NEXT VALUE FOR s)', 'SHOW VARIABLES', /\) was expected/],
    ['SHOW TABLES WHERE a = `f`(1)', 'SHOW TABLES', /only compares columns with literals/],
    ['SHOW TABLES WHERE a IN (SELECT b)', 'SHOW TABLES', /\) was expected/],
    ['SHOW TABLES WHERE a = @b', 'SHOW TABLES', /only compares columns with literals/],
    ['SHOW TABLES WHERE a = 1 + SLEEP(1)', 'SHOW TABLES', /the end was expected/],
    ['SHOW TABLES WHERE CASE WHEN 1 THEN f() END', 'SHOW TABLES', /the end was expected/],
    [`SHOW TABLES WHERE ${'('.repeat(40)}a${')'.repeat(40)}`, 'SHOW TABLES', /nests less deeply/],
    ["LOAD DATA INFILE 'x' INTO TABLE t SET a = (SELECT b FROM c)", 'LOAD', /no subquery/],
    ["LOAD DATA INFILE 'x' INTO TABLE t SET a = NEXT VALUE FOR s", 'LOAD', /not understood/],
    ["LOAD DATA INFILE 'x' INTO TABLE t (a, (SELECT 1))", 'LOAD', /a list of columns/],
    ["LOAD DATA INFILE 'x' INTO TABLE t PARALLEL = 4", 'LOAD', /the end/],
    ['CREATE TABLE t AS VALUES (f())', 'CREATE TABLE', /a SELECT was expected/],
    ['CREATE TABLE t (VALUES ROW(SLEEP(9)))', 'CREATE TABLE', /a SELECT was expected/],
    ["SET sql_mode = CONCAT(@@sql_mode, '_QUOTES')", 'SET', /begins with a comma/],
    ["SET sql_mode = CONCAT(@@sql_mode, '')", 'SET', /begins with a comma/],
    ['EXPLAIN FOR CONNECTION 1', 'EXPLAIN', /^not understood/],
    ['EXPLAIN ANALYZE TABLE orders', 'EXPLAIN', /a statement was expected/],
    ['EXPLAIN TABLE orders', 'EXPLAIN', /near "TABLE": a table was expected/],
    ['DESC TABLE orders', 'DESC', /a table was expected/],
    ['EXPLAIN FORMAT=TREE TABLE orders', 'EXPLAIN', /a table was expected/],
    ['EXPLAIN VALUES ROW(1)', 'EXPLAIN', /a table was expected/],
    ['EXPLAIN FORMAT=JSON INTO @x SELECT 1', 'EXPLAIN', /a table was expected/],
    ['EXPLAIN nonsense nonsense nonsense', 'EXPLAIN', /^not understood/],
    ['COMMIT x', 'COMMIT', /near "x": the end was expected/],
    ['CREATE PROCEDURE p() BEGIN SELECT 1; END; DELETE FROM orders', 'CREATE PROCEDURE', /"DELETE": the end was/],
    ['CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2', 'CREATE PROCEDURE', /its end: ; was expected/],
    ['ALTER PROCEDURE p COMMENT 1; SELECT 1', 'ALTER PROCEDURE', /no semicolon was expected.* sent on its own/],
    ['CREATE TABLE event (id INT); DELETE FROM orders', 'CREATE TABLE', /statements follow/],
  ]);

  it('is not told with its literals', () => {
    for (const sql of [
      "SELECT 's3cret' 1 FROM",
      "SET nonsense = 's3cret'",
      "nonsense 's3cret'",
      "SET @a = @b 's3cret'",
    ]) {
      expect(analysisOf(sql, scopeOf('mysql')).problem).not.toContain('s3cret');
    }
  });
});
