import type { Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { boundedPolicy, defineRule, type Policy } from '../../src/guardrails/index.js';
import type { CatalogueSettings } from '../../src/session/index.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { createReader, type ReaderAccount } from './reader-account.js';

const statements = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40), region INT, secret VARCHAR(40), KEY (region))',
  'CREATE TABLE orders (id INT PRIMARY KEY, customer INT, total INT, CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE ON UPDATE CASCADE)',
  'CREATE TABLE order_lines (id INT PRIMARY KEY, order_id INT, CONSTRAINT lines_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)',
  'CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, customer INT, text VARCHAR(40))',
  'CREATE TABLE payroll (id INT PRIMARY KEY, amount INT)',
  "INSERT INTO customers VALUES (1, 'Ann', 1, 's'), (2, 'Bob', 1, 's'), (3, 'Cay', 2, 's')",
  'INSERT INTO orders VALUES (1, 1, 10), (2, 2, 20), (3, 3, 30)',
  'INSERT INTO payroll VALUES (1, 100)',
  'CREATE VIEW regions AS SELECT region, COUNT(*) AS people FROM customers GROUP BY region',
  'CREATE VIEW pay AS SELECT id, amount FROM payroll',
  'CREATE VIEW pay_of AS SELECT c.name, p.amount FROM customers c JOIN pay p ON p.id = c.id',
  'CREATE VIEW note_pairs AS SELECT n.text, c.id AS customer FROM notes n, customers c',
  'CREATE VIEW noted AS SELECT n.text, c.id AS customer FROM notes n JOIN customers c ON c.id = n.customer',
  'CREATE VIEW simple_notes AS SELECT id, text FROM notes',
  'CREATE PROCEDURE names() BEGIN DECLARE n INT DEFAULT 0; SELECT COUNT(*) INTO n FROM customers; SELECT name, n FROM customers; END',
  'CREATE PROCEDURE forget(IN wanted INT) BEGIN DELETE FROM notes WHERE id = wanted; END',
  'CREATE PROCEDURE forget_all(IN flag INT) BEGIN IF flag = 1 THEN DELETE FROM notes WHERE flag = 1; END IF; END',
  'CREATE PROCEDURE pays() BEGIN SELECT amount FROM payroll; END',
  'CREATE PROCEDURE through() BEGIN CALL pays(); END',
  'CREATE PROCEDURE again(IN n INT) BEGIN IF n > 0 THEN CALL again(n - 1); END IF; SELECT n; END',
  "CREATE PROCEDURE dynamic_text() BEGIN PREPARE s FROM 'SELECT 1'; EXECUTE s; DEALLOCATE PREPARE s; END",
  'CREATE PROCEDURE blinds() BEGIN SET NAMES latin1; SELECT 1; END',
  'CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC NO SQL RETURN n * 2',
  'CREATE FUNCTION note_down(t VARCHAR(40)) RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO notes (text) VALUES (t); RETURN 1; END',
  'CREATE FUNCTION pay_sum() RETURNS INT DETERMINISTIC READS SQL DATA RETURN (SELECT SUM(amount) FROM payroll)',
  'CREATE VIEW twin AS SELECT amount FROM payroll',
  'CREATE PROCEDURE twin() SELECT * FROM twin',
  'CREATE PROCEDURE leads_there() CALL forget_all(1)',
  'CREATE PROCEDURE leads_there_too() BEGIN CALL leads_there(); CALL forget_all(1); END',
  'CREATE TABLE counted (id INT PRIMARY KEY, n INT)',
  'CREATE TRIGGER counted_insert AFTER INSERT ON counted FOR EACH ROW UPDATE payroll SET amount = amount + NEW.n WHERE id = 1',
  'CREATE TRIGGER counted_delete AFTER DELETE ON counted FOR EACH ROW BEGIN DELETE FROM notes WHERE OLD.id = 1; END',
];

/** What a procedure may do to the schema. */
const definitions = [
  'CREATE TABLE made (id INT)',
  'CREATE TABLE made AS SELECT id FROM notes',
  'CREATE TEMPORARY TABLE made (id INT)',
  'CREATE INDEX by_text ON notes (text)',
  'CREATE OR REPLACE VIEW made AS SELECT id FROM notes',
  'ALTER TABLE notes ADD COLUMN more INT',
  'RENAME TABLE notes TO others',
  'TRUNCATE notes',
  'DROP TABLE IF EXISTS notes',
  'DROP VIEW IF EXISTS simple_notes',
  'BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION DROP TABLE notes; SELECT 1; END',
  'BEGIN DECLARE notes INT DEFAULT 1; WHILE notes DO TRUNCATE TABLE notes; SET notes = 0; END WHILE; END',
  'IF FALSE THEN SELECT 1; ELSE CASE WHEN TRUE THEN ALTER TABLE notes DROP COLUMN text; END CASE; END IF',
];

const protectedPayroll: Policy = {
  ...boundedPolicy(),
  name: 'protected-payroll',
  rules: [
    defineRule({ name: 'no-payroll', effect: 'deny', match: { tables: ['*.payroll'] } }),
    defineRule({ name: 'no-lines-written', effect: 'deny', match: { tables: ['*.order_lines'], access: 'write' } }),
    defineRule({ name: 'notes-slow-deletes', effect: 'warn', match: { facts: ['without-key'] } }),
    ...boundedPolicy().rules,
  ],
};

describe('a statement is judged by what it leads to', () => {
  let governed: Governed;
  let pool: Pool;
  let reader: ReaderAccount;
  let catalogue: CatalogueSettings;
  beforeAll(async () => {
    reader = await createReader(inject('database'));
    catalogue = { account: { user: reader.user, password: reader.password } };
    const defining = definitions.map((body, index) => `CREATE PROCEDURE defines_${index}() ${body}`);
    const all = [...statements, ...defining, 'CREATE PROCEDURE defines_there() BEGIN CALL defines_7(); END'];
    governed = await startGoverned(inject('database'), { statements: all, policy: protectedPayroll, catalogue });
    pool = governed.pool({ connectionLimit: 1 }).promise();
  });
  afterAll(async () => {
    await governed.close();
    await reader.drop();
  });

  it.each([
    ['a view', 'SELECT people FROM regions WHERE region = 1'],
    ['a view that is written', "UPDATE simple_notes SET text = 'x' WHERE id = 1"],
    ['a view of joined tables that is written', "UPDATE noted SET text = 'x' WHERE customer = 1"],
    ['a procedure', 'CALL names()'],
    ['a procedure with a bounded write', 'CALL forget(1)'],
    ['a procedure that calls itself', 'CALL again(0)'],
    ['a function', 'SELECT twice(21)'],
    ['a function that writes what may be written', "SELECT note_down('x')"],
    ['an insert without triggers', "INSERT INTO notes (text) VALUES ('x')"],
    ['an update that changes no referenced column', "UPDATE customers SET name = 'Abe' WHERE id = 1"],
  ])('lets %s run', async (_what, sql) => {
    await expect(pool.query(sql)).resolves.toBeDefined();
    await expect(pool.execute(sql)).resolves.toBeDefined();
  });

  it.each([
    ['a view over a view', 'SELECT name FROM pay_of', 'no-payroll', 'pay_of > .*pay: SELECT touches .*payroll'],
    ['a procedure', 'CALL pays()', 'no-payroll', 'pays: SELECT touches'],
    ['a procedure that calls another', 'CALL through()', 'no-payroll', 'through > .*pays: SELECT'],
    ['a view with the name of the procedure that reads it', 'CALL twin()', 'no-payroll', 'twin > .*twin: SELECT'],
    ['a function in a SELECT', 'SELECT pay_sum()', 'no-payroll', 'pay_sum: SELECT'],
    ['a function in a WHERE', 'SELECT id FROM notes WHERE id = pay_sum()', 'no-payroll', 'pay_sum: SELECT'],
    ['a parameter for a condition', 'CALL forget_all(1)', 'no-unbounded-writes', 'forget_all: DELETE has a WHERE that'],
    ['dynamic SQL', 'CALL dynamic_text()', 'no-dynamic-sql', 'dynamic_text: PREPARE'],
    ['a trigger', 'INSERT INTO counted VALUES (1, 1)', 'no-payroll', 'counted_insert: UPDATE touches'],
    ['REPLACE and its triggers', 'REPLACE INTO counted VALUES (1, 1)', 'no-payroll', 'counted_insert: UPDATE'],
    [
      'a trigger without bounds',
      'DELETE FROM counted WHERE id = 1',
      'no-unbounded-writes',
      'counted_delete: DELETE has a W',
    ],
    [
      'foreign keys in a row',
      'DELETE FROM customers WHERE id = 1',
      'no-lines-written',
      'orders_customer > .*lines_order: DELETE',
    ],
    [
      'a write of one table of a view by a condition on another',
      "UPDATE note_pairs SET text = 'y' WHERE customer = 1",
      'no-unbounded-writes',
      'note_pairs: UPDATE bounds no row of customers',
    ],
    ['a routine that is not there', 'CALL nowhere()', 'only-listed-routines', 'what nowhere does is not seen'],
    ['a character set that a routine sets', 'CALL blinds()', 'session-state', 'blinds sets character_set_client'],
  ])('refuses %s', async (_what, sql, rule, reason) => {
    for (const run of [() => pool.query(sql), () => pool.execute(sql)]) {
      await expect(run()).rejects.toMatchObject({
        errno: 1227,
        message: expect.stringMatching(new RegExp(`\\(rule ${rule}\\).*${reason}`)) as string,
      });
    }
    const record = await governed.recordOf(({ statement }) => statement.text === sql);
    expect(record.verdict).toMatchObject({ effect: 'deny', rule });
  });

  it.each(definitions.map((body, index) => [body, index]))('refuses a procedure that does %s', async (_body, index) => {
    await expect(pool.query(`CALL defines_${index}()`)).rejects.toThrow(/\(rule no-ddl\).*changes the schema/);
  });

  it('refuses a procedure that calls one which changes the schema', async () => {
    await expect(pool.query('CALL defines_there()')).rejects.toThrow(
      /\(rule no-ddl\).*there > .*TRUNCATE TABLE changes/,
    );
  });

  it('records the tables that are touched, and by what', async () => {
    const { name } = governed.schema;
    await expect(pool.query('SELECT name, amount FROM pay_of WHERE amount > 1')).rejects.toThrow('no-payroll');
    const record = await governed.recordOf(({ statement }) => statement.text.includes('amount > 1'));
    expect(record.statement.tables).toEqual([
      { schema: name, table: 'pay_of', access: 'read' },
      { schema: name, table: 'customers', access: 'read', via: `${name}.pay_of` },
      { schema: name, table: 'pay', access: 'read', via: `${name}.pay_of` },
      { schema: name, table: 'payroll', access: 'read', via: `${name}.pay_of > ${name}.pay` },
    ]);
  });

  it('knows a condition on no key', async () => {
    const notesOf = async (sql: string): Promise<unknown> => {
      await pool.query(sql);
      return (await governed.recordOf(({ statement }) => statement.text === sql)).verdict.notes;
    };
    expect(await notesOf("UPDATE customers SET secret = 't' WHERE region = 2")).toBeUndefined();
    expect(await notesOf("UPDATE customers SET secret = 't' WHERE name = 'Cay'")).toMatchObject([
      { rule: 'notes-slow-deletes', reason: 'UPDATE finds the rows of customers without a key' },
    ]);
  });

  it('takes a listed routine at its word', async () => {
    const listed = await startGoverned(inject('database'), {
      statements,
      catalogue,
      allow: { routines: ['leads_there', 'dynamic_text', 'counted_delete'] },
    });
    try {
      const listing = listed.pool().promise();
      for (const sql of ['CALL leads_there()', 'CALL dynamic_text()', 'DELETE FROM counted WHERE id = 1']) {
        await expect(listing.query(sql)).resolves.toBeDefined();
      }
      // Not where another one leads to the same.
      await expect(listing.query('CALL leads_there_too()')).rejects.toThrow('no-unbounded-writes');
    } finally {
      await listed.close();
    }
  });
});
