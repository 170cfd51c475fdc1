import { describe, expect, it } from 'vitest';
import { factOf } from '../../src/guardrails/facts.js';
import { FLAVOURS, scopeOf, statementsOf } from './analysed.js';

/** Why a statement is refused as one that bounds nothing, on any server. */
function refusalOf(sql: string): string | undefined {
  const refusals = FLAVOURS.map((flavour) => {
    const [statement] = statementsOf(sql, scopeOf(flavour));
    if (statement === undefined) throw new Error('no statement');
    const subject = { statement, statementCount: 1, environment: undefined };
    return (['unknown', 'constant-where', 'unbounded-table'] as const)
      .map((name) => factOf(name, subject))
      .find(Boolean);
  });
  return refusals.find((refusal) => refusal !== undefined);
}

describe('a write of several tables bounds no row of one', () => {
  it.each([
    // What a query makes is not the table.
    'UPDATE customers JOIN (SELECT 1 AS one) d SET balance = 0 WHERE d.one = 1',
    'UPDATE customers JOIN (SELECT 1 AS one) d SET balance = 0 WHERE one = 1',
    'UPDATE customers JOIN (SELECT 1 AS one) d ON d.one = 1 SET balance = 0 WHERE d.one = 1',
    'DELETE customers FROM customers, (SELECT 1 x) d WHERE d.x = 1',
    "UPDATE customers JOIN JSON_TABLE('[1]', '$[*]' COLUMNS (x INT PATH '$')) d SET balance = 0 WHERE d.x = 1",
    "UPDATE customers c JOIN JSON_TABLE(c.id, '$' COLUMNS (x INT PATH '$')) d SET balance = 0 WHERE d.x = c.id",
    'WITH d AS (SELECT 1 AS x) UPDATE customers JOIN d SET balance = 0 WHERE x = 1',
    'WITH d (x) AS (SELECT 1) UPDATE customers JOIN d SET balance = 0 WHERE d.x = 1',
    'UPDATE customers c JOIN (SELECT id, 1 AS one FROM customers) d ON d.id = c.id SET c.balance = 0 WHERE d.one = 1',
    'UPDATE customers c JOIN (SELECT id, one FROM (SELECT *, 1 AS one FROM customers) e) d ON d.id = c.id SET c.balance = 0 WHERE one = 1',
    'UPDATE customers c JOIN (SELECT id, id = id AS one FROM customers) d ON d.id = c.id SET c.balance = 0 WHERE d.one',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders) AS n FROM customers) d ON d.id = c.id WHERE d.n > 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders WHERE total > 5) + 1 AS n FROM customers) d ON d.id = c.id WHERE d.n > 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT (SELECT MAX(v.id) FROM vip v) FROM orders LIMIT 1) AS n FROM customers) d ON d.id = c.id WHERE d.n > 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o WHERE k.id = k.id) AS n FROM customers k) d ON d.id = c.id WHERE d.n > 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o WHERE NOT (k.id <> k.id)) AS n FROM customers k) d ON d.id = c.id WHERE d.n > 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = k.id OR 1) AS n FROM customers k) d ON d.id = c.id WHERE d.n > 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o ORDER BY k.id) AS n FROM customers k) d ON d.id = c.id WHERE d.n > 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o LEFT JOIN vip v ON v.id = k.id) AS n FROM customers k) d ON d.id = c.id WHERE d.n > 0',
    'DELETE c FROM customers c JOIN (SELECT 1, id FROM customers) d ON d.id = c.id WHERE d.`1` = 1',
    "DELETE c FROM customers c JOIN (SELECT 'x', o.* FROM orders o) d ON d.id = c.id WHERE d.x = 'x'",
    'DELETE c FROM customers c JOIN (SELECT id, 2 FROM vip UNION ALL SELECT id, 1 FROM customers) d ON d.id = c.id WHERE d.`2` = 1',
    'DELETE c FROM customers c JOIN (SELECT * FROM vip UNION ALL SELECT id, 1 FROM customers) d ON d.id = c.id WHERE d.n = 1',
    'DELETE c FROM customers c JOIN (SELECT v.*, id AS k FROM vip v UNION ALL SELECT id, n, 1 FROM customers) d ON d.id = c.id WHERE d.k = 1',
    'DELETE c FROM customers c JOIN (SELECT * FROM vip UNION ALL SELECT * FROM (SELECT id, 1 AS z FROM customers) e) d ON d.id = c.id WHERE d.n = 1',
    'WITH d (a, b, k) AS (SELECT v.*, 1 FROM vip v) DELETE c FROM customers c JOIN d ON d.a = c.id WHERE d.k = 1',
    'UPDATE customers NATURAL JOIN (SELECT 1 AS zz) d SET balance = 0 WHERE zz = 1',
    'UPDATE customers c JOIN (SELECT id AS x FROM customers) d SET c.balance = 0 WHERE c.id = d.x',
    // Another row of the table is not the row.
    'UPDATE customers c1, customers c2 SET c1.balance = 0 WHERE c2.id = 1',
    'DELETE c1 FROM customers c1 JOIN customers c2 WHERE c2.id = 1',
    'DELETE c1 FROM customers c1, customers c2 WHERE c1.id = c2.id',
    'DELETE c1 FROM customers c1, customers c2 WHERE c1.id <=> c2.id',
    'DELETE c1 FROM customers c1, customers c2 WHERE NOT (c1.id > c2.id)',
    // A table that is named is not yet bounded.
    'UPDATE orders, customers SET customers.balance = 0 WHERE total > 100',
    "UPDATE orders JOIN customers SET orders.note = 'x', customers.balance = 0 WHERE customer_id = 1",
    'UPDATE orders, customers SET customers.balance = 0 WHERE total > 100 AND customers.id = customers.id',
    'UPDATE orders, customers SET customers.balance = 0 WHERE orders.total > 100 AND (customers.id = 1 OR 1)',
    'UPDATE orders, customers SET customers.balance = 0 WHERE orders.total > 100 OR customers.id = 1',
    'DELETE customers FROM customers JOIN orders ON 1 = 1 OR orders.customer_id = customers.id WHERE orders.id = 1',
    'DELETE customers FROM customers LEFT JOIN orders ON orders.customer_id = customers.id AND 0 WHERE orders.id IS NULL',
    'DELETE c FROM customers c LEFT JOIN (SELECT * FROM orders WHERE 0) o ON o.customer_id = c.id WHERE o.id IS NULL',
    'DELETE c FROM customers c JOIN orders o LEFT JOIN vip v ON c.id = o.customer_id WHERE o.id = 1',
    'DELETE c FROM customers c JOIN orders o LEFT JOIN vip v ON v.id = c.id AND v.id = o.id WHERE o.id = 1',
    'DELETE c FROM customers c LEFT JOIN (orders o JOIN items i ON i.order_id = o.id AND i.id = 1) ON o.customer_id = c.id JOIN vip v WHERE v.id = 1',
    'DELETE customers, orders FROM customers JOIN orders WHERE customers.id = 1 AND orders.id = orders.id',
    'DELETE c FROM customers c JOIN orders o ON o.customer_id = c.id JOIN vip v WHERE v.id = 1',
    'DELETE c FROM customers c JOIN orders o JOIN vip v USING (id) WHERE v.id = 1',
    'UPDATE customers c JOIN orders o ON o.customer_id = c.id JOIN vip v SET c.balance = 0 WHERE status = 1',
    // Only the second parser reads these.
    'UPDATE shop.t JOIN shop.u SET shop.t.a = 1 WHERE u.id = 1',
    'UPDATE shop.t JOIN (SELECT 1 AS x) d ON d.x = t.id SET shop.t.a = 1 WHERE d.x = 1',
  ])('%s', (sql) => {
    expect(refusalOf(sql)).toMatch(/bounds no row of|bounds nothing/);
  });
});

describe('a write of several tables is bounded', () => {
  it.each([
    'UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.note = ? WHERE c.email = ?',
    'UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.note = ? WHERE status = 1',
    'UPDATE orders o JOIN customers c ON c.id = o.customer_id SET note = ? WHERE o.id = 1 OR c.id = 2',
    'UPDATE orders o JOIN customers c USING (customer_id) SET o.note = ? WHERE c.email = ?',
    'UPDATE items, month SET items.price = month.price WHERE items.id = month.id',
    'UPDATE products p JOIN staging s ON s.sku = p.sku SET p.price = s.price WHERE p.price <> s.price',
    'DELETE o FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL',
    'DELETE o FROM orders o LEFT JOIN customers c USING (customer_id) WHERE c.email = ?',
    'DELETE o FROM customers c RIGHT JOIN orders o ON c.id = o.customer_id WHERE c.id IS NULL',
    'UPDATE orders o LEFT JOIN customers c ON c.id = o.customer_id SET o.note = ? WHERE status = 1',
    'DELETE o, i FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = 1',
    'DELETE a FROM a JOIN b ON b.a_id = a.id JOIN c ON c.b_id = b.id WHERE c.id = 1',
    'DELETE c1 FROM customers c1 JOIN customers c2 ON c1.email = c2.email WHERE c1.id > c2.id',
    'DELETE c FROM customers c JOIN (SELECT MIN(id) AS first, email FROM customers GROUP BY email) d ON d.email = c.email WHERE c.id <> d.first',
    'UPDATE staff s JOIN staff m ON m.id = s.manager_id SET s.level = 1 WHERE m.name = ?',
    'UPDATE customers c JOIN (SELECT customer_id, SUM(total) AS s FROM orders GROUP BY customer_id) d ON d.customer_id = c.id SET c.balance = d.s WHERE d.s > 10',
    "UPDATE customers c JOIN JSON_TABLE(?, '$[*]' COLUMNS (id INT PATH '$.id', v INT PATH '$.v')) d SET c.balance = d.v WHERE c.id = 5",
    'WITH old AS (SELECT id FROM orders WHERE total < 1) DELETE o FROM orders o JOIN old ON old.id = o.id WHERE old.id > 5',
    'UPDATE customers JOIN (SELECT 1 AS one) d SET balance = 0 WHERE id = 5',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = k.id) AS n FROM customers k) d ON d.id = c.id WHERE d.n = 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o WHERE o.total > 5 AND o.customer_id = k.id) AS n FROM customers k) d ON d.id = c.id WHERE d.n = 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = k.id OR o.payer_id = k.id) AS n FROM customers k) d ON d.id = c.id WHERE d.n = 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders o HAVING MAX(o.total) > k.balance) AS n FROM customers k) d ON d.id = c.id WHERE d.n = 0',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT COUNT(*) FROM orders) + id AS n FROM customers) d ON d.id = c.id WHERE d.n > 9',
    'DELETE c FROM customers c JOIN (SELECT id, (SELECT (SELECT v.id FROM vip v WHERE v.id = k.id) FROM orders LIMIT 1) AS n FROM customers k) d ON d.id = c.id WHERE d.n > 0',
    "DELETE c FROM customers c JOIN (SELECT *, 'a' AS source FROM vip UNION ALL SELECT *, 'b' FROM gone) d ON d.id = c.id WHERE d.id = 5",
    'DELETE c FROM customers c JOIN (SELECT v.*, g.*, 1 AS one FROM vip v JOIN gone g) d ON d.id = c.id WHERE d.n = 5',
    'DELETE c FROM customers c JOIN (SELECT id, COUNT(*) FROM vip GROUP BY id) d ON d.id = c.id WHERE d.`COUNT(*)` > 5',
    'WITH d (a, b) AS (SELECT id, 1 FROM vip UNION SELECT n, 2 FROM gone) DELETE c FROM customers c JOIN d ON d.a = c.id WHERE d.a = 5',
    'UPDATE shop.t JOIN shop.u ON u.id = t.id SET shop.t.a = 1 WHERE u.id = 1',
  ])('%s', (sql) => {
    expect(refusalOf(sql)).toBeUndefined();
  });
});

describe('what a derived table counts is no bound where no row of it is left out by the table around it', () => {
  it.each([
    '(k.id = k.id) = 1',
    '(k.id = k.id) IS TRUE',
    '!(k.id <> k.id)',
    'IF(k.id = k.id, 1, 0)',
    'IF(1, 1, k.id)',
    'COALESCE(1, k.id)',
    '5 IN (5, k.id)',
    '(o.customer_id = k.id OR 1) = 1',
    '(o.customer_id = k.id OR 1) IS TRUE',
    '!(o.customer_id <> k.id AND 0)',
    'CASE WHEN 1 THEN 1 ELSE k.id END',
    'EXISTS(SELECT k.id)',
    '(SELECT k.id = k.id)',
  ])('%s', (condition) => {
    const counted = `SELECT id, (SELECT COUNT(*) FROM orders o WHERE ${condition}) AS n FROM customers k`;
    const sql = `DELETE c FROM customers c JOIN (${counted}) d ON d.id = c.id WHERE d.n > 0`;
    expect(refusalOf(sql)).toMatch(/bounds no row of|bounds nothing|not understood/);
  });
});
