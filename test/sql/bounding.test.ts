import { describe, expect, it } from 'vitest';
import { analysisOf, scopeOf } from './analysed.js';

const whereOf = (condition: string): string =>
  analysisOf(`DELETE FROM t WHERE ${condition}`, scopeOf('mysql', '')).where;

describe('a WHERE bounds nothing', () => {
  it.each([
    '1',
    'id = 10 OR 1',
    '(id = 10 OR 1) IS TRUE',
    '(id = 10 OR 1) = 1',
    '(id = 10 AND 0) IS NOT TRUE',
    'NOT (id = 10 AND 0)',
    'NOT (NOT (id = 10 OR 1))',
    'NOT NOT (id = 10 OR 1)',
    '!(id = 10 AND 0)',
    'id = 99 XOR 1',
    '1 IN (id = 10, 1)',
    '1 IN (id, 1)',
    'id IN (id)',
    'id BETWEEN id AND id',
    'id BETWEEN id AND 5',
    'id = id',
    'id = id + 0',
    'id <=> t.ID',
    'IF(id, 1, 1)',
    'COALESCE(id, 1)',
    'CASE WHEN id = 1 THEN 1 ELSE 1 END',
    "'a' LIKE '%'",
    '1 = 1 AND 2 = 2',
    'EXISTS (SELECT 1 FROM u)',
    'EXISTS (SELECT 1 FROM u WHERE u.id = 1)',
    'EXISTS (SELECT 1 FROM u WHERE u.id = t.id OR 1)',
    '1 IN (SELECT 1 FROM u)',
    't.id IN (SELECT t.id FROM t)',
    't.id IN (SELECT t.id FROM t WHERE 1)',
    't.id IN (SELECT t.id FROM t WHERE t.id = t.id)',
    't.id IN (SELECT * FROM (SELECT t.id FROM t) AS x)',
    '@a = 1',
    '? = ?',
    '1 = 1 OR name = ? AND id = 20',
    'name = ? AND id = 20 OR 1 = 1',
    '1 OR 1 && id = 5',
    '1 || 1 && id = 5',
    'id = 20 AND NOT name = ? OR id IN (1) AND 1 OR NOT 0',
    'id = 20 AND 0 XOR 1',
    '1 XOR 0 AND id = 20',
    'id = 1 XOR name = 2',
    'id = 1 AND id BETWEEN 1 AND 2 XOR 1',
    'EXISTS (SELECT 1 FROM u WHERE 1 OR 1 AND u.id = t.id)',
  ])('by %s', (condition) => {
    expect(whereOf(condition)).toBe('constant');
  });
});

describe('a WHERE bounds', () => {
  it.each([
    'id = 10',
    '10 = id',
    'NOT id = 10',
    'NOT (id = 10 OR id = 11)',
    'id = 10 OR name = ?',
    'id = 10 AND (1 OR 2)',
    'id = 10 AND (1 XOR 2)',
    '(1 OR 2) AND id = 10 AND (3 OR 4)',
    'id = 10 && name = ? || id = 11',
    'id = 10 OR id = 11 AND (name = ? OR 1)',
    '(id = 10 OR id = 11) IS TRUE',
    'archived',
    'NOT archived',
    'archived IS TRUE',
    'archived_at IS NOT NULL',
    'flags & 4',
    'id % 10 = 3',
    'id IN (1, 2)',
    'id NOT IN (1, 2)',
    '5 IN (id, parent_id)',
    'id IN (SELECT id FROM u WHERE done = 1)',
    't.id IN (SELECT t.id FROM t WHERE t.done = 1)',
    't.id IN (SELECT * FROM (SELECT t.id FROM t WHERE t.done = 1 LIMIT 2) AS x)',
    'created_at < NOW() - INTERVAL 30 DAY',
    'created_at BETWEEN ? AND ?',
    'started_at > ended_at',
    "name LIKE 'tmp%'",
    "LOWER(name) = 'x'",
    'email <> LOWER(email)',
    'IFNULL(archived, 0) = 1',
    "JSON_EXTRACT(data, '$.a') = 1",
    "FIND_IN_SET('a', tags)",
    '(a, b) = (1, 2)',
    'EXISTS (SELECT 1 FROM u WHERE u.id = t.id)',
    'NOT EXISTS (SELECT 1 FROM u WHERE u.id = t.id)',
    'EXISTS (SELECT 1 FROM u JOIN v ON v.id = t.id)',
    '(SELECT COUNT(*) FROM u WHERE u.id = t.id) > 3',
  ])('by %s', (condition) => {
    expect(whereOf(condition)).toBe('present');
  });
});
