import { describe, expect, it } from 'vitest';
import { createAnalyser } from '../../src/sql/index.js';

const analyser = createAnalyser();

function compared(text: string, sqlMode = ''): ReturnType<typeof analyser.comparedValues> {
  const bytes = Buffer.from(text);
  const scope = analyser.scope({ flavour: 'mysql', version: 80036 }, 'shop', sqlMode);
  return analyser.comparedValues(bytes, 0, bytes.length, scope, ['ssn']);
}

describe('a column is compared with texts alone in', () => {
  it.each([
    "SELECT a FROM t WHERE ssn = '7'",
    'SELECT a FROM t WHERE ssn = "7"',
    "SELECT a FROM t WHERE '7' = t.ssn AND b = 5",
    "SELECT a FROM t WHERE shop.t.`SSN` = '7'",
    "SELECT a FROM t WHERE (ssn) = ('7') OR b + 1",
    "SELECT a FROM t WHERE ssn IN ('7', 'a' 'b', LOWER('C')) LIMIT 5",
    "SELECT a FROM t WHERE ssn NOT IN (('7')) AND 5 = b",
    "SELECT a FROM t WHERE LOWER(ssn) = LOWER(CONCAT('a', 5))",
    "SELECT a FROM t WHERE ssn <> _utf8mb4'7' COLLATE utf8mb4_bin",
    "SELECT a, ssn FROM t WHERE ssn = BINARY '7'",
    "SELECT a FROM t WHERE ssn = '7' && b = 1 || ssn = 'c'",
    "UPDATE t SET a = 1, ssn = 5 WHERE ssn = '7'",
    "INSERT INTO t SELECT a FROM u WHERE ssn = '7' ON DUPLICATE KEY UPDATE ssn = 5",
    "SELECT a FROM t WHERE ssn = /* 5 */ '7' -- + 0",
    'SELECT a FROM t WHERE ssn = NULL',
    "SELECT a FROM t WHERE ssn IN (X'37', 0x37)",
  ])('%s', (text) => expect(compared(text)).toEqual({ areTexts: true, placeholders: [] }));
});

describe('a column is not compared with texts alone in', () => {
  it.each([
    'SELECT a FROM t WHERE ssn = 7',
    'SELECT a FROM t WHERE 7 = ssn',
    'SELECT a FROM t WHERE ssn = 7.5e1',
    'SELECT a FROM t WHERE ssn = 0x37 + 0',
    "SELECT a FROM t WHERE ssn = b'111'",
    "SELECT a FROM t WHERE ssn = '7' AND t.ssn != (7)",
    "SELECT a FROM t WHERE ssn IN ('7', 7)",
    'SELECT a FROM t WHERE ssn NOT IN (7)',
    'SELECT a FROM t WHERE TRIM(ssn) = 7',
    'SELECT a FROM t WHERE 7 = LOWER((ssn))',
    "SELECT a FROM t WHERE ssn = '7' + 0",
    "SELECT a FROM t WHERE ssn = ('7') * 1",
    "SELECT a FROM t WHERE ssn = '7' DIV 1",
    "SELECT a FROM t WHERE ssn = '7' COLLATE utf8mb4_bin MOD 8",
    "SELECT a FROM t WHERE ssn = LOWER('7') - 0",
    "SELECT a FROM t WHERE ssn = -'7'",
    "SELECT a FROM t WHERE 0 + '7' = ssn",
    "SELECT a FROM t WHERE ('7') = ssn",
    'SELECT a FROM t WHERE ssn = TRUE',
    'SELECT a FROM t WHERE ssn = @v',
    'SELECT a FROM t WHERE ssn = NOW()',
    "SELECT a FROM t WHERE ssn = CAST('7' AS SIGNED)",
    "SELECT a FROM t WHERE ssn = DATE '2020-01-01'",
    "SELECT a FROM t WHERE ssn = '7' /*! + 0 */",
    "UPDATE t SET ssn = 'a' WHERE ssn = 7",
    // It is not found at all.
    "SELECT a FROM t WHERE other = '7'",
  ])('%s', (text) => expect(compared(text).areTexts).toBe(false));
});

it('tells which placeholders it is compared with', () => {
  const text = "SELECT ? FROM t WHERE a = ? AND ssn IN (?, 'x', ?) AND ? = ssn AND LOWER(ssn) = LOWER(?)";
  expect(compared(text)).toEqual({ areTexts: true, placeholders: [2, 3, 4] });
});

it('reads quotes as sql_mode has them', () => {
  expect(compared('SELECT a FROM t WHERE "ssn" = \'7\'', 'ANSI_QUOTES').areTexts).toBe(true);
  expect(compared('SELECT a FROM t WHERE ssn = "b"', 'ANSI_QUOTES').areTexts).toBe(false);
});
