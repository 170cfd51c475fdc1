import { expect, test } from 'vitest';
import type { WhereFact } from '../../src/sql/analysis.js';
import { analysisOf, scopeOf } from './analysed.js';

const whereOf = (sql: string, sqlMode: string): WhereFact => analysisOf(sql, scopeOf('mariadb', sqlMode)).where;

test.each([
  'DELETE FROM orders WHERE id = 5 || 1',
  "DELETE FROM orders WHERE status = 'open' && id = 5 || 1=1",
  'UPDATE orders SET total = 0 WHERE 1 || id = 5',
])('%s bounds nothing where || is OR', (sql) => {
  expect(whereOf(sql, 'STRICT_TRANS_TABLES')).toBe('constant');
});

test('|| is concatenation under PIPES_AS_CONCAT, and two bounded arms are bounded', () => {
  expect(whereOf("DELETE FROM orders WHERE code = 'a' || 'b'", 'PIPES_AS_CONCAT,ANSI')).toBe('present');
  expect(whereOf('DELETE FROM orders WHERE id = 5 || id = 6', '')).toBe('present');
});
