import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { migrationPolicy } from '../../src/guardrails/index.js';
import { maskColumn } from '../../src/masking/index.js';
import { MaskPolicy } from '../../src/masking/mask-policy.js';
import type { AnalysedStatement } from '../../src/sql/analysis.js';
import { createAnalyser } from '../../src/sql/index.js';
import type { ColumnDefinition } from '../../src/wire/column-definition.js';
import { FieldType } from '../../src/wire/constants.js';
import { connectionOptions } from '../database/readiness.js';
import { type Governed, startGoverned } from '../governed/index.js';

const database = inject('database');
const statements = [
  'CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(40))',
  'CREATE TABLE orders (id INT PRIMARY KEY)',
  "INSERT INTO customers VALUES (1, 'alice@example.test'), (2, 'bob@example.test')",
];

describe('a masked column whose origin the server does not tell', () => {
  let governed: Governed;
  beforeAll(async () => {
    governed = await startGoverned(database, {
      statements,
      masks: { 'customers.email': 'redact' },
      policy: migrationPolicy(),
      catalogue: false,
    });
  });
  afterAll(() => governed.close());

  it('is not told where it is grouped with a rollup, by whatever name', async () => {
    const pool = governed.pool().promise();
    for (const [alias, name] of [
      ["'k'", 'k'],
      ['`İ`', 'i'],
    ]) {
      const sql = `SELECT email AS ${alias}, COUNT(*) AS n FROM customers GROUP BY ${name} WITH ROLLUP`;
      const told = await pool.query(sql).catch(String);
      expect(JSON.stringify(told)).not.toContain('@example.test');
    }
    // Nothing else loses its values.
    expect(await pool.query('SELECT id, COUNT(*) AS n FROM customers GROUP BY id WITH ROLLUP')).toMatchObject([
      [
        { id: 1, n: 1 },
        { id: 2, n: 1 },
        { id: null, n: 2 },
      ],
      {},
    ]);
  });

  it.each([
    "SELECT id, email AS 'e' FROM customers HAVING e LIKE 'b%'",
    "SELECT id, email AS 'e' FROM customers ORDER BY e DESC",
    'SELECT id, email AS `İ` FROM customers ORDER BY i',
    "SELECT id, email e, COUNT(*) OVER (PARTITION BY e LIKE 'b%') FROM customers",
    'SELECT id, email e, RANK() OVER (ORDER BY CONCAT(e)) FROM customers',
    "SELECT id, email e, RANK() OVER w FROM customers WINDOW w AS (PARTITION BY e LIKE 'b%')",
  ])('is not asked after by an alias: %s', async (sql) => {
    await expect(governed.pool().promise().query(sql)).rejects.toThrow(/\(rule masking\).*email is masked/);
  });

  it('is masked where a trigger that nobody sees has set in which characters it is told', async () => {
    const admin = await createConnection({ ...connectionOptions(database), database: governed.schema.name });
    await admin.query("CREATE TRIGGER blind BEFORE INSERT ON orders FOR EACH ROW SET character_set_results = 'ucs2'");
    await admin.end();
    const connection = await governed.pool({ connectionLimit: 1 }).promise().getConnection();
    await connection.query('INSERT INTO orders VALUES (1)');
    const [rows] = await connection.query({ sql: 'SELECT email FROM customers', rowsAsArray: true });
    expect(rows).toEqual([[null], [null]]);
    connection.destroy();
  });

  it.each([
    'CREATE TRIGGER copied AFTER UPDATE ON customers FOR EACH ROW INSERT INTO orders VALUES (OLD.id + 100)',
    'CREATE EVENT copying ON SCHEDULE EVERY 1 DAY DO INSERT INTO orders SELECT id FROM customers',
    'CREATE FUNCTION told() RETURNS INT DETERMINISTIC READS SQL DATA RETURN (SELECT COUNT(email) FROM customers)',
    'CREATE PROCEDURE told() SELECT CONCAT(email) FROM customers',
  ])('has no body defined around it: %s', async (sql) => {
    await expect(governed.pool().promise().query(sql)).rejects.toThrow(/\(rule masking\).*is not followed/);
  });
});

describe('the masks of a result', () => {
  const policy = new MaskPolicy([maskColumn('shop.customers.email', 'email')]);
  const analyser = createAnalyser();
  const scope = analyser.scope({ flavour: 'mysql', version: 90_700 }, 'shop', '');
  const statementOf = (sql: string): AnalysedStatement | undefined =>
    analyser.analyse(Buffer.from(sql), 0, sql.length, scope).statements[0];
  const column = (orgTable: string, orgName: string): ColumnDefinition => ({
    schema: orgTable === '' ? '' : 'shop',
    table: orgTable,
    orgTable,
    name: orgName,
    orgName,
    characterSet: 255,
    isJson: false,
    unsigned: false,
    type: FieldType.VAR_STRING,
  });

  it('cover what has no origin, where a masked column is missing', () => {
    const statement = statementOf('SELECT email, COUNT(*) FROM customers GROUP BY id');
    expect(policy.maskFor([column('', ''), column('', '')], statement)).toMatchObject({
      columns: ['shop.customers.email'],
      mask: [expect.any(Function), undefined],
    });
    expect(policy.maskFor([column('customers', 'email'), column('', '')], statement)?.mask[1]).toBeUndefined();
    expect(policy.maskFor([column('', '')], statementOf('SELECT COUNT(*) FROM customers'))).toBeUndefined();
  });

  it('cover what has an origin that cannot be read', () => {
    const wide = (text: string): string => Buffer.from(text, 'utf16le').toString('latin1');
    expect(policy.maskFor([column(wide('customers'), wide('email'))], undefined)?.columns).toEqual(['?']);
  });
});
