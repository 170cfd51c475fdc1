import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { view, type Via } from './agent-view.js';
import { type Side, startSide } from './side.js';
import { sighting } from './sighting.js';

let side: Side;
beforeAll(async () => {
  side = await startSide();
});
afterAll(() => side.close());

const VIAS: readonly Via[] = ['query', 'execute'];

// Behind a FROM that nothing follows, node-sql-parser takes such an arm for a derived table, joined by the word UNION.
describe('a set operation whose last arm stands in parentheses', () => {
  it.each([
    'SELECT label FROM cards UNION (SELECT body FROM notes)',
    'SELECT label FROM cards UNION ALL (SELECT body FROM notes)',
    'SELECT label FROM cards UNION DISTINCT (SELECT body FROM notes) ORDER BY 1',
    'SELECT label, id FROM cards JOIN events USING (id) UNION (SELECT email, salary FROM people)',
    'SELECT label FROM cards UNION (SELECT title FROM notes) UNION (SELECT email FROM people)',
    '(SELECT label FROM cards UNION (SELECT body FROM notes))',
    'SELECT x FROM (SELECT label AS x FROM cards UNION (SELECT email FROM people)) AS t',
    'WITH t AS (SELECT label AS x FROM cards UNION (SELECT email FROM people)) SELECT UPPER(x) FROM t',
    'SELECT (SELECT label FROM cards WHERE id > 9 UNION (SELECT email FROM people WHERE id = 1)) AS x',
    'SELECT (SELECT MAX(label) FROM cards UNION (SELECT email FROM people) LIMIT 1, 1) AS x',
    'SELECT 753 AS x FROM events UNION (SELECT salary FROM people)',
  ])('gives no secret away: %s', async (sql) => {
    for (const via of VIAS) {
      expect(
        sighting(side.finder, { sql, values: [] }, await view(side.pool, { sql, values: [] }, via)),
      ).toBeUndefined();
    }
  });

  it.each([
    'SELECT kind FROM events INTERSECT (SELECT email FROM people)',
    'SELECT kind FROM events EXCEPT (SELECT email FROM people)',
    "SELECT x FROM (SELECT kind AS x FROM events UNION (SELECT email FROM people)) AS t WHERE x LIKE 'z%'",
    'SELECT x FROM (SELECT kind AS x FROM events UNION (SELECT email FROM people)) AS t ORDER BY x',
    'INSERT INTO events (id, kind) SELECT 100 + id, kind FROM events UNION (SELECT 200 + id, email FROM people)',
  ])('neither compares nor copies one: %s', async (sql) => {
    for (const via of VIAS) expect((await view(side.pool, { sql, values: [] }, via)).error?.errno).toBe(1227);
  });
});
