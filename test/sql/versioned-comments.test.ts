import { describe, expect, it } from 'vitest';
import { analysisOf, scopeOf, statementsOf, tablesOf, type Flavour } from './analysed.js';
import { problems } from '../../src/sql/lexer/problem.js';

/** Statement, server, the tables that it touches. */
type Row = readonly [string, Flavour, string];

describe('the content of a comment that the server runs is read', () => {
  it.each<Row>([
    ['SELECT /*!40001 SQL_NO_CACHE */ * FROM t', 'mysql', 'shop.t read'],
    ['SELECT /*!40001 SQL_NO_CACHE */ * FROM t', 'mariadb', 'shop.t read'],
    ['SELECT a /*!80013 , b */ FROM t', 'mysql', 'shop.t read'],
    ['SELECT a FROM t /*!50000 , secret */', 'mariadb', 'shop.t read, shop.secret read'],
    ['SELECT a FROM t /*! , secret */', 'mysql', 'shop.t read, shop.secret read'],
    ['SELECT a FROM t /*M!100510 , secret */', 'mariadb', 'shop.t read, shop.secret read'],
    ["SELECT a /*!50000 , 'it''s' */ FROM t", 'mysql', 'shop.t read'],
    ['CREATE TABLE t (id INT) /*! ENGINE = innodb */', 'mysql', 'shop.t write'],
  ])('%s on %s', (sql, flavour, tables) => {
    expect(tablesOf(analysisOf(sql, scopeOf(flavour)).tables)).toBe(tables);
  });

  it('and tells what a session sets in it', () => {
    const { kind, sets } = analysisOf("/*!40101 SET sql_mode='ANSI' */", scopeOf('mysql'));
    expect({ kind, sets }).toEqual({ kind: 'session', sets: [{ variable: 'sql_mode', value: 'ANSI' }] });
  });

  it('and gives a text the fingerprint of the one without the comment', () => {
    const [commented] = statementsOf('SELECT /*!40001 a */ FROM t', scopeOf('mysql'));
    const [plain] = statementsOf('SELECT a FROM t', scopeOf('mysql'));
    expect(commented?.fingerprint).toBe(plain?.fingerprint);
  });
});

describe('a comment is refused', () => {
  it.each<readonly [string, string, Flavour]>([
    ['that only a later version runs', 'SELECT a /*!80037 , b */ FROM t', 'mysql'],
    ['that MariaDB skips, since it is of MySQL 5.7 or later', 'SELECT a /*!50700 , b */ FROM t', 'mariadb'],
    ['that only a later MariaDB runs', 'SELECT a /*M!110000 , b */ FROM t', 'mariadb'],
    ["that is MariaDB's, on MySQL", 'SELECT a /*M!100100 , b */ FROM t', 'mysql'],
    ['with a quote that it does not close', "SELECT a /*!50000 , 'b */ FROM t", 'mysql'],
    ['with a semicolon', 'SELECT a /*!50000 ; DROP TABLE t */', 'mysql'],
    ['in a statement that changes rows', 'DELETE FROM t /*!50000 WHERE id = 1 */', 'mysql'],
  ])('%s', (_, sql, flavour) => {
    expect(analysisOf(sql, scopeOf(flavour)).problem).toBe(problems.versionedComment);
  });
});
