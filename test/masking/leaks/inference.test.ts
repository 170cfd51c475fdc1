import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentView, textOf, view } from './agent-view.js';
import { LETTERS } from './secret-values.js';
import { type Side, startSide } from './side.js';

let side: Side;
beforeAll(async () => {
  side = await startSide();
});
afterAll(() => side.close());

/** Ways to ask whether an expression holds (`{}`), of which none may be answered: with one, a value is found out letter by letter. */
const QUESTIONS = [
  'SELECT id, {} AS x FROM people',
  "SELECT id, IF({}, 'y', NULL) AS x FROM people",
  "SELECT id, CASE WHEN {} THEN 'y' END AS x FROM people",
  "SELECT id, NULLIF(IF({}, 'y', 'n'), 'n') AS x FROM people",
  "SELECT id, ELT({}, 'y') AS x FROM people",
  "SELECT id, CONCAT('a', IF({}, 'y', NULL)) AS x FROM people",
  "SELECT id, MAX(IF({}, 'y', NULL)) AS x FROM people GROUP BY id",
  "SELECT id, FIRST_VALUE(IF({}, 'y', NULL)) OVER (PARTITION BY id) AS x FROM people",
  "SELECT id, (SELECT IF({}, 'y', NULL) FROM people AS p WHERE p.id = e.id) AS x FROM events AS e",
  "SELECT x FROM (SELECT IF({}, 'y', NULL) AS x FROM people) AS t",
  'SELECT {} AS x FROM people WHERE id = 1 UNION SELECT 1',
  "SELECT IF({}, 'y', 'n') AS x FROM people WHERE id = 1 UNION SELECT 'y'",
  'SELECT COUNT(*) AS n FROM (SELECT {} AS x FROM people WHERE id = 1 UNION SELECT 1) AS t',
  'SELECT DISTINCT {} AS x FROM people WHERE id IN (1, 2)',
  'SELECT COUNT(*) AS n FROM (SELECT DISTINCT {} AS x FROM people WHERE id IN (1, 2)) AS t',
  'SELECT 1 AS n FROM (SELECT DISTINCT {} AS x FROM people WHERE id IN (1, 2)) AS t LIMIT 1, 1',
  'WITH RECURSIVE r (x) AS (SELECT {} FROM people WHERE id = 1 UNION SELECT 1 FROM r) SELECT COUNT(*) AS n FROM r',
  'SELECT COUNT(DISTINCT {}) AS n FROM people WHERE id IN (1, 2)',
  "SELECT COUNT(DISTINCT IF({}, 'y', NULL), 'z') AS n FROM people",
  "SELECT COUNT(IF({}, 'y', NULL)) AS n FROM people",
  "SELECT COUNT(x) AS n FROM (SELECT IF({}, 'y', NULL) AS x FROM people) AS t",
  "SELECT id, x IS NULL AS n FROM (SELECT id, IF({}, 'y', NULL) AS x FROM people) AS t",
  "SELECT id FROM (SELECT id, IF({}, 'y', NULL) AS x FROM people) AS t WHERE x IS NOT NULL",
  "SELECT id FROM (SELECT id, IF({}, 'y', NULL) AS x FROM people) AS t WHERE x = 'y'",
  'SELECT id FROM people WHERE {}',
  'SELECT id FROM people WHERE id = 1 AND NOT ({})',
  'SELECT id FROM people WHERE id = IF({}, 1, 2)',
  'SELECT id FROM people ORDER BY {}, id',
  'SELECT COUNT(*) AS n FROM people GROUP BY {}',
  'SELECT id FROM people GROUP BY id HAVING MAX({})',
  'SELECT id, RANK() OVER (ORDER BY {}) AS n FROM people',
  'SELECT e.id FROM events AS e JOIN people AS p ON p.id = e.id AND {}',
  'SELECT e.id FROM events AS e WHERE EXISTS (SELECT 1 FROM people AS p WHERE p.id = e.id AND {})',
  'SELECT e.id FROM events AS e WHERE 1 IN (SELECT {} FROM people AS p WHERE p.id = e.id)',
  'SELECT e.id FROM events AS e WHERE (SELECT {} FROM people AS p WHERE p.id = e.id)',
  'SELECT e.id FROM events AS e JOIN (SELECT id, {} AS x FROM people) AS t ON t.id = e.id AND t.x',
  'SELECT {} AS x FROM people WHERE id = 1 INTERSECT SELECT 1',
  'SELECT id FROM events WHERE id = 1 / (SELECT {} FROM people WHERE id = 1)',
  'SELECT id, 1 + IF({}, 9223372036854775807, 0) AS x FROM people',
  'SELECT JSON_ARRAYAGG(IF({}, id, NULL)) AS x FROM people',
];

async function answers(pool: Side['pool'], statements: readonly string[]): Promise<readonly string[]> {
  const views: AgentView[] = [];
  for (const sql of statements) views.push(await view(pool, { sql, values: [] }, 'query'));
  return views.map(({ rows, error }) => (error === undefined ? textOf(rows) : `error ${String(error.errno)}`));
}

/** Statements that answer something else where the secrets are others, but not to an agent. */
async function expectNoAnswer(statements: readonly string[]): Promise<void> {
  const [plain, seen] = [await answers(side.stock, statements), await answers(side.pool, statements)];
  await side.become('second');
  try {
    expect(await answers(side.stock, statements)).not.toEqual(plain);
    expect(await answers(side.pool, statements)).toEqual(seen);
  } finally {
    await side.become('first');
  }
}

it.each(QUESTIONS)('a masked value is not asked after by %s', (question) =>
  expectNoAnswer([...LETTERS].map((letter) => question.replace('{}', `email LIKE 'zq${letter}%'`))),
);

const NUMBERS = Array.from({ length: 900 }, (_, at) => String(100 + at));

it.each([
  ...['= %s', 'IN (%s)', "IN ('a', %s)", '<> %s', '= (%s)', "= '%s' + 0", "= CAST('%s' AS SIGNED)", '= 0 + %s'],
  '= - - %s',
])('the digits that a masked text begins with are not asked after by %s', (comparison) =>
  expectNoAnswer(
    NUMBERS.map((number) => `SELECT id FROM accounts WHERE \`next of kin\` ${comparison.replace('%s', number)}`),
  ),
);

it.each([
  'SELECT id FROM accounts WHERE %s = `next of kin`',
  'SELECT id FROM accounts a WHERE (a.`next of kin`) = (%s)',
  'SELECT id FROM accounts a WHERE LOWER(a.`Next of kin`) = %s',
  'SELECT id FROM (SELECT id, `next of kin` AS kin FROM accounts) AS d WHERE kin = %s',
  'SELECT id, `next of kin` AS kin FROM accounts HAVING kin IN (%s)',
  "SELECT a.id FROM accounts a JOIN accounts b ON b.id = a.id AND b.`next of kin` = 'x' OR b.`next of kin` = %s",
])('the digits that a masked text begins with are not asked after by %s', (question) =>
  expectNoAnswer(NUMBERS.map((number) => question.replace('%s', number))),
);
