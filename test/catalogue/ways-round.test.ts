import { createConnection, type Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { defineRule, migrationPolicy, type Policy } from '../../src/guardrails/index.js';
import { connectionOptions } from '../database/readiness.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { createReader, type ReaderAccount } from './reader-account.js';

const database = inject('database');
const statements = [
  "CREATE TABLE customers (id INT PRIMARY KEY, region INT, pub VARCHAR(40), secret VARCHAR(40), g1 VARCHAR(50) AS (CONCAT(secret)), g2 VARCHAR(60) AS (CONCAT(g1)), g3 VARCHAR(60) AS (CONCAT(pub, ' ', region)))",
  'CREATE TABLE log (t VARCHAR(60))',
  'CREATE TABLE payroll (id INT PRIMARY KEY, amount INT)',
  "INSERT INTO customers (id, region, secret) VALUES (1, 1, 'TOPSECRET')",
  'INSERT INTO payroll VALUES (1, 100)',
  'CREATE TRIGGER copied AFTER UPDATE ON customers FOR EACH ROW INSERT INTO log (t) VALUES (OLD.secret)',
  'CREATE TABLE counted (id INT PRIMARY KEY, n INT)',
  'INSERT INTO counted VALUES (1, 1)',
  'CREATE TRIGGER counted_update AFTER UPDATE ON counted FOR EACH ROW UPDATE payroll SET amount = amount + 1 WHERE id = 1',
  'CREATE VIEW counting AS SELECT id, n FROM counted',
  'CREATE VIEW pay AS SELECT amount FROM payroll',
  'CREATE TABLE parent (id INT PRIMARY KEY, name VARCHAR(20))',
  'CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id) ON UPDATE CASCADE)',
  'CREATE VIEW parents AS SELECT id AS number, name FROM parent',
  'CREATE TABLE shifted (id INT PRIMARY KEY, name VARCHAR(20))',
  'CREATE TABLE shifted_child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES shifted (id) ON UPDATE CASCADE)',
  'CREATE TRIGGER shifting BEFORE UPDATE ON shifted FOR EACH ROW SET NEW.id = OLD.id + 1000',
  'CREATE TABLE wide (a INT, b INT, PRIMARY KEY (a, b))',
  'CREATE TABLE wide_child (id INT PRIMARY KEY, a INT, b INT, UNIQUE KEY (b), FOREIGN KEY (a, b) REFERENCES wide (a, b) ON UPDATE CASCADE)',
  'CREATE TABLE wide_grandchild (id INT PRIMARY KEY, b INT, FOREIGN KEY (b) REFERENCES wide_child (b) ON UPDATE CASCADE)',
  'CREATE PROCEDURE `zz.p`() SELECT * FROM payroll',
  'CREATE VIEW hidden AS SELECT amount FROM payroll',
  'CREATE PROCEDURE renames() BEGIN RENAME TABLE hidden TO shown; SELECT * FROM shown; END',
  'CREATE PROCEDURE renames_by_call() BEGIN CALL renaming(); CALL reading(); END',
  'CREATE PROCEDURE renaming() ALTER TABLE counted RENAME TO counted3',
  'CREATE PROCEDURE reading() INSERT INTO counted3 VALUES (8, 8)',
  'CREATE TABLE plain (id INT)',
  'CREATE PROCEDURE renames_only() BEGIN CALL renames_plain(); END',
  'CREATE PROCEDURE renames_plain() RENAME TABLE plain TO plainer',
  'CREATE PROCEDURE makes() BEGIN CREATE TABLE made (id INT); INSERT INTO made VALUES (1); DROP TABLE made; END',
  'CREATE PROCEDURE siblings() BEGIN BEGIN DECLARE secret INT DEFAULT 1; SET secret = 2; END; SELECT secret FROM customers; END',
  'CREATE PROCEDURE own_name() BEGIN DECLARE secret VARCHAR(40) DEFAULT (SELECT secret FROM customers LIMIT 1); SELECT secret; END',
  'CREATE PROCEDURE no_log() BEGIN BEGIN DECLARE sql_log_bin INT; END; SET sql_log_bin = 0; END',
];
const base = migrationPolicy();
const DATA = ['select', 'insert', 'update', 'delete'] as const;
const policy: Policy = {
  ...base,
  rules: [
    defineRule({ name: 'no-payroll', effect: 'deny', match: { tables: ['*.payroll'], kinds: DATA } }),
    defineRule({
      name: 'no-children-written',
      effect: 'deny',
      match: { tables: ['*.child', '*.shifted_child', '*.wide_grandchild'], access: 'write', kinds: DATA },
    }),
    ...base.rules,
  ],
};

describe('ways round what a catalogue tells', () => {
  let governed: Governed;
  let reader: ReaderAccount;
  let pool: Pool;
  beforeAll(async () => {
    reader = await createReader(database);
    const catalogue = { account: { user: reader.user, password: reader.password } };
    governed = await startGoverned(database, {
      statements,
      policy,
      catalogue,
      masks: { 'customers.secret': 'redact' },
    });
    pool = governed.pool({ connectionLimit: 1, multipleStatements: true }).promise();
  });
  afterAll(async () => {
    await governed.close();
    await reader.drop();
  });

  it.each([
    ['a trigger that copies a masked column', 'UPDATE customers SET region = 2 WHERE id = 1', 'masking'],
    ['an upsert through a view', 'INSERT INTO counting VALUES (1, 1) ON DUPLICATE KEY UPDATE n = 2', 'no-payroll'],
    ['a key that is changed through a view', 'UPDATE parents SET number = 12 WHERE number = 2', 'no-children-written'],
    ['a key that a trigger changes', "UPDATE shifted SET name = 'n' WHERE id = 1", 'no-children-written'],
    ['the second column of a key', 'UPDATE wide SET b = 7 WHERE a = 1', 'no-children-written'],
    ['a dot in a name', 'CALL `zz.p`()', 'no-unknown-statements'],
    ['a name that gets another meaning', 'RENAME TABLE pay TO pay2; SELECT * FROM pay2', 'session-state'],
    [
      'a table that is renamed',
      'ALTER TABLE counted RENAME TO counted2; INSERT INTO counted2 VALUES (9, 9)',
      'session-state',
    ],
    ['a view that a procedure renames', 'CALL renames()', 'session-state'],
    ['a table that a procedure of a procedure renames', 'CALL renames_by_call()', 'session-state'],
    [
      'a table that a procedure renames before another statement',
      'CALL renaming(); SELECT * FROM log',
      'session-state',
    ],
    ['a letter that a server may fold', 'SELECT * FROM `\u212Ait`.v', 'only-listed-routines'],
  ])('are shut: %s', async (_what, sql, rule) => {
    await expect(pool.query(sql)).rejects.toThrow(`(rule ${rule})`);
  });

  it('are shut: a column that has the name of a variable of another block', async () => {
    const stock = governed.stockPool().promise();
    for (const name of ['siblings', 'own_name']) {
      const [answer] = await stock.query(`CALL ${name}()`);
      expect(JSON.stringify(answer)).toContain('TOPSECRET');
      await expect(pool.query(`CALL ${name}()`)).rejects.toThrow('(rule masking)');
    }
    await expect(pool.query('CALL no_log()')).rejects.toThrow(/no_log: it is not understood/);
  });

  it('are shut: a copy of what gets another name, also where nothing is masked', async () => {
    const plain = await startGoverned(database, { statements, policy });
    const naming = plain.pool({ connectionLimit: 1, multipleStatements: true }).promise();
    try {
      const copy = 'RENAME TABLE pay TO pay2; CREATE TABLE copied AS SELECT * FROM pay2';
      await expect(naming.query(copy)).rejects.toThrow('(rule session-state)');
      await expect(naming.query('RENAME TABLE log TO log2; CREATE TABLE log (t INT)')).resolves.toBeDefined();
    } finally {
      await plain.close();
    }
  });

  it('do not lead round a mask by a generated column over another', async () => {
    const [rows] = await pool.query('SELECT g2 FROM customers');
    expect(rows).toEqual([{ g2: null }]);
    await expect(pool.query("SELECT id FROM customers WHERE g2 LIKE 'a%'")).rejects.toThrow('(rule masking)');
  });

  it('leave what is harmless alone', async () => {
    for (const sql of [
      'SELECT g3 FROM customers WHERE id = 1',
      "UPDATE parent SET name = 'n' WHERE id = 1",
      'CREATE TABLE fresh (id INT); INSERT INTO fresh VALUES (1)',
      'DROP TABLE fresh',
      'CALL makes()',
      'CALL renames_only()',
    ]) {
      await expect(pool.query(sql)).resolves.toBeDefined();
    }
  });

  it.runIf(database.flavour === 'mariadb')(
    'are shut: tables whose rows are elsewhere, and schemas that look like the server’s',
    async () => {
      const admin = await createConnection({ ...connectionOptions(database), database: governed.schema.name });
      const twin = `Sys`;
      await admin.query('CREATE TABLE part (id INT) ENGINE=MyISAM');
      await admin.query('CREATE TABLE merged (id INT) ENGINE=MERGE UNION=(part)');
      await admin.query(`CREATE DATABASE IF NOT EXISTS ${twin}`);
      await admin.query(`CREATE OR REPLACE VIEW ${twin}.v AS SELECT * FROM ${governed.schema.name}.payroll`);
      await admin.query(`GRANT SELECT ON ${twin}.* TO '${governed.schema.name}'@'%'`);
      try {
        await expect(pool.query('SELECT * FROM merged')).rejects.toThrow('only-listed-routines');
        await expect(pool.query(`SELECT * FROM ${twin}.v`)).rejects.toThrow('no-payroll');
      } finally {
        await admin.query(`DROP DATABASE ${twin}`);
        await admin.end();
      }
    },
  );

  it('are shut: an account that another one has become', async () => {
    const mighty = await startGoverned(database, { statements, policy, catalogue: { maxAgeMs: 1_000 } });
    const low = await createReader(database, `SELECT ON ${mighty.schema.name}.log`);
    try {
      const changing = await mighty.pool({ connectionLimit: 1 }).promise().getConnection();
      await changing.query('SELECT * FROM log');
      const other = mighty.pool({ connectionLimit: 1 }).promise();
      await expect(other.query('SELECT * FROM pay')).rejects.toThrow('no-payroll');
      await changing.changeUser({ user: low.user, password: low.password });
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await expect(other.query('SELECT * FROM pay')).rejects.toThrow('no-payroll');
      changing.destroy();
    } finally {
      await mighty.close();
      await low.drop();
    }
  });
});
