import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { formsOf } from './secret-forms.js';
import { leakRows } from './leak-schema.js';
import { type Side, startSide } from './side.js';
import { type AgentView, view } from './agent-view.js';
import { sighting } from './sighting.js';

const { flavour } = inject('database');
let side: Side;
beforeAll(async () => {
  side = await startSide();
});
afterAll(() => side.close());

async function seenOf(sql: string): Promise<AgentView> {
  const seen = await view(side.stock, { sql, values: [] }, 'query');
  expect(seen.error).toBeUndefined();
  expect(seen.rows).not.toHaveLength(0);
  return seen;
}

// MySQL 9.6 has taken MD5 and SHA1 out.
const isThere = (expressions: string): boolean => flavour === 'mariadb' || !/MD5|SHA1/.test(expressions);

describe('a secret is recognised', () => {
  const expressions = [
    ...[
      'email',
      'UPPER(email)',
      'REVERSE(email)',
      "CONCAT('<', email, '>')",
      'SUBSTRING(email, 3, 6)',
      'RIGHT(email, 6)',
    ],
    ...['HEX(email)', 'LOWER(HEX(email))', 'HEX(UPPER(email))', 'CAST(email AS BINARY)', 'CONVERT(email USING ucs2)'],
    ...[
      'TO_BASE64(email)',
      "TO_BASE64(CONCAT('a', email))",
      "TO_BASE64(CONCAT('ab', email))",
      'MD5(email)',
      'SHA1(email)',
    ],
    ...['SHA2(email, 224)', 'SHA2(email, 256)', 'SHA2(email, 384)', 'SHA2(email, 512)', 'MD5(UPPER(email))'],
    ...["JSON_OBJECT('a', JSON_ARRAY(1, email))", 'JSON_OBJECT(email, 1)', "LPAD(email, 40, '*')", 'QUOTE(email)'],
    ...['GROUP_CONCAT(email)', 'MIN(email)', 'JSON_ARRAYAGG(email)', 'salary', 'salary + 1', '-salary', 'salary - 1'],
    ...['FORMAT(salary, 0)', 'CAST(salary AS CHAR)', 'CAST(salary AS DECIMAL(20,5))', 'REVERSE(salary)', 'HEX(salary)'],
    ...['MAX(salary)', "CONCAT('n', salary)", 'MD5(salary)', 'LEFT(salary, 7)', 'salary / 1', 'salary * 1e0', 'shout'],
    ...['born', 'born + INTERVAL 1 DAY', 'CAST(born AS CHAR)', 'CAST(born AS DATETIME)', 'born + 0', 'TO_DAYS(born)'],
    ...["DATE_FORMAT(born, '%d.%m.%Y')", 'YEAR(born)', 'LAST_DAY(born)', 'MAX(born)', 'MD5(born)', 'REVERSE(born)'],
  ].filter(isThere);

  it.each(expressions)('in %s', async (expression) => {
    const seen = await seenOf(`SELECT ${expression} AS x FROM people WHERE id = 1`);
    expect(sighting(side.finder, { sql: '', values: [] }, seen)?.place).toBe('a cell');
  });

  it('in the name of a column, in an error and in parts of JSON', () => {
    const [{ text } = { text: '' }] = leakRows('first').secrets;
    const see = (part: Partial<AgentView>): unknown =>
      sighting(side.finder, { sql: 'SELECT 1', values: [] }, { rows: [], names: [], error: undefined, ...part })?.place;
    expect(see({ names: ['id', `x = '${text}'`] })).toBe('the name of a column');
    expect(see({ error: { errno: 1105, message: `XPATH syntax error: '~${text}'` } })).toBe('an error');
    expect(see({ rows: [[1, { a: [null, { [text]: true }] }]] })).toBe('a cell');
  });

  it('and nothing else is taken for one', async () => {
    for (const list of [
      'id, name, city, joined, score, UPPER(name), TO_BASE64(name), HEX(city), SHA2(name, 512), score * 1000',
      'MD5(city), SHA1(name)',
      'COUNT(*), COUNT(email), COUNT(DISTINCT salary), MAX(joined), SUM(score), GROUP_CONCAT(name), AVG(score)',
    ].filter(isThere)) {
      const seen = await seenOf(`SELECT ${list} FROM people`);
      expect(sighting(side.finder, { sql: '', values: [] }, seen)).toBeUndefined();
    }
  });
});

describe('the twins', () => {
  it('have no part of a secret in common', () => {
    const [first, second] = [formsOf(leakRows('first').secrets), formsOf(leakRows('second').secrets)];
    for (const form of ['parts', 'hex', 'base64'] as const) {
      expect([...first[form].keys()].filter((part) => second[form].has(part))).toEqual([]);
    }
    expect([...first.numbers.keys()].filter((number) => second.numbers.has(number))).toEqual([]);
  });
});
