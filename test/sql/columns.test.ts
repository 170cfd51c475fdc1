import { describe, expect, it } from 'vitest';
import type { ColumnUse } from '../../src/sql/analysis.js';
import { analysisOf, FLAVOURS, scopeOf } from './analysed.js';

function columnOf({ table, column, clause, bare, nested }: ColumnUse): string {
  return [`${table ?? '?'}.${column}`, clause, ...(bare ? ['bare'] : []), ...(nested ? ['nested'] : [])].join(' ');
}

const rows: readonly (readonly [string, readonly string[]])[] = [
  ['SELECT id, email FROM customers', ['customers.id output bare', 'customers.email output bare']],
  ['SELECT * FROM customers', ['customers.* output bare']],
  [
    'SELECT c.* FROM customers c JOIN orders o ON o.customer_id = c.id',
    ['orders.customer_id join', 'customers.id join', 'customers.* output bare'],
  ],
  ['SELECT UPPER(email) FROM customers', ['customers.email output']],
  [
    'SELECT email AS e FROM customers ORDER BY e',
    ['customers.email output bare', 'customers.e order', 'customers.email order'],
  ],
  [
    'SELECT id, email FROM customers ORDER BY 2',
    ['customers.id output bare', 'customers.email output bare', 'customers.id order', 'customers.email order'],
  ],
  [
    'SELECT email FROM customers WHERE id = 1 AND name IN (?, ?)',
    ['customers.email output bare', 'customers.id where bare', 'customers.name where bare'],
  ],
  [
    "SELECT id FROM customers WHERE email LIKE 'a%' OR NOT name = 'x'",
    ['customers.id output bare', 'customers.email where', 'customers.name where'],
  ],
  [
    'SELECT id FROM customers WHERE email = name',
    ['customers.id output bare', 'customers.email where', 'customers.name where'],
  ],
  [
    'SELECT COUNT(*) FROM customers GROUP BY email HAVING MAX(name) > 1',
    ['customers.email group', 'customers.name having'],
  ],
  ['SELECT email FROM customers, orders', ['?.email output bare']],
  [
    'SELECT x.e FROM (SELECT email AS e FROM customers) AS x',
    ['customers.email output bare nested', '?.e output bare'],
  ],
  ['SELECT (SELECT email FROM customers) AS e', ['customers.email output bare nested']],
  [
    'SELECT id FROM orders UNION SELECT email FROM customers',
    ['orders.id output bare nested', 'customers.email output bare nested'],
  ],
  ['SELECT id FROM customers JOIN orders USING (id)', ['?.id join', '?.id output bare']],
  ['INSERT INTO customers (id, email) VALUES (1, ?)', ['customers.id set bare', 'customers.email set bare']],
  ['INSERT INTO orders (id) SELECT email FROM customers', ['orders.id set bare', 'customers.email output bare nested']],
  [
    'INSERT INTO orders (id, a) VALUES (1, 2) ON DUPLICATE KEY UPDATE a = VALUES(a), b = a',
    [
      'orders.id set bare',
      'orders.a set bare',
      'orders.a set bare',
      'orders.a set bare',
      'orders.b set bare',
      'orders.a value',
    ],
  ],
  [
    'UPDATE customers SET name = email WHERE id = 1',
    ['customers.name set bare', 'customers.email value', 'customers.id where bare'],
  ],
  ['DELETE FROM customers WHERE email = ?', ['customers.email where bare']],
  ['SELECT BINARY email FROM customers', ['customers.email output']],
  ['SELECT email COLLATE utf8mb4_bin FROM customers', ['customers.email output']],
  ["SELECT data->>'$.email' FROM customers", ['customers.data output']],
  ['SELECT ROW_NUMBER() OVER (PARTITION BY email) FROM customers', ['customers.email output']],
  ['DELETE FROM customers WHERE id = 1 RETURNING email', ['customers.id where bare', 'customers.email output']],
];

describe('the columns of a statement', () => {
  for (const [sql, columns] of rows) {
    it(`are told for ${sql}`, () => {
      for (const flavour of FLAVOURS) {
        expect(analysisOf(sql, scopeOf(flavour)).columns.map(columnOf), flavour).toEqual(columns);
      }
    });
  }
});
