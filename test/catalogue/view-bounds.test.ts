import type { Pool, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { boundedPolicy } from '../../src/guardrails/index.js';
import { type Governed, startGoverned } from '../governed/index.js';
import { createReader, type ReaderAccount } from './reader-account.js';

const database = inject('database');

const statements = [
  'CREATE TABLE people (id INT PRIMARY KEY, n INT, note INT)',
  'INSERT INTO people VALUES (1, 10, 0), (2, 20, 0), (3, 30, 0)',
  'CREATE TABLE vip (id INT PRIMARY KEY, n INT)',
  'INSERT INTO vip VALUES (1, 10)',
  'CREATE TABLE hits (person INT, note INT)',
  "CREATE VIEW marked AS SELECT id, n, note, 1 AS one, 'x' AS kind, id = id AS same FROM people",
  'CREATE VIEW marked_twice AS SELECT id, note, one AS uno, n + 0 AS m FROM marked',
  'CREATE VIEW all_people AS SELECT * FROM people',
  'CREATE VIEW named_anew (number, value, fixed) AS SELECT id, n, 7 FROM people',
  'CREATE VIEW shifted (id, n, fixed) AS SELECT 7, id, n FROM people',
  'CREATE VIEW mixed AS SELECT id, n FROM vip UNION ALL SELECT id, 1 FROM people',
  'CREATE VIEW counted AS SELECT n, COUNT(*) AS people FROM people GROUP BY n',
  'CREATE VIEW with_hits AS SELECT people.id, people.note, hits.person, 5 AS five FROM people JOIN hits ON hits.person = people.id',
  'CREATE PROCEDURE fix() UPDATE marked SET note = 9 WHERE one = 1',
  'CREATE PROCEDURE fix_one(IN wanted INT) UPDATE marked SET note = 0 WHERE id = wanted',
  'CREATE TRIGGER hit AFTER INSERT ON hits FOR EACH ROW UPDATE marked SET note = NEW.note WHERE kind = NEW.person',
];

describe('a write with a view in it', () => {
  let governed: Governed;
  let pool: Pool;
  let reader: ReaderAccount;
  beforeAll(async () => {
    reader = await createReader(database);
    const catalogue = { account: { user: reader.user, password: reader.password } };
    governed = await startGoverned(database, { statements, policy: boundedPolicy(), catalogue });
    pool = governed.pool({ connectionLimit: 1 }).promise();
  });
  afterAll(async () => {
    await governed.close();
    await reader.drop();
  });

  const rowsOf = async (): Promise<readonly RowDataPacket[]> =>
    (await pool.query<RowDataPacket[]>('SELECT id, n, note FROM people ORDER BY id'))[0];

  it.each([
    'UPDATE marked SET note = 9 WHERE one = 1',
    "DELETE FROM marked WHERE kind = 'x'",
    'DELETE FROM marked WHERE kind IN (1, 2) OR id = 1',
    'UPDATE marked SET note = 9 WHERE same',
    'UPDATE marked m SET m.note = 9 WHERE m.one = 1',
    'UPDATE marked SET note = 9 WHERE `ONE` = 1 AND n = n',
    'UPDATE marked_twice SET note = 9 WHERE uno = 1',
    'UPDATE named_anew SET value = 9 WHERE fixed = 7',
    'UPDATE named_anew SET value = 9 WHERE `7` = 7',
    'UPDATE shifted SET fixed = 9 WHERE id = 7',
    'UPDATE with_hits SET note = 9 WHERE five = 5',
    ...(database.flavour === 'mariadb' ? ['ANALYZE UPDATE marked SET note = 9 WHERE one = 1'] : []),
    'UPDATE people p JOIN marked m ON m.id = p.id SET p.note = 9 WHERE m.one = 1',
    'UPDATE people p JOIN mixed m ON m.id = p.id SET p.note = 9 WHERE m.n = 1',
    'DELETE p FROM people p, marked m WHERE m.one = 1',
    'DELETE FROM people WHERE id IN (SELECT id FROM all_people)',
    'DELETE FROM all_people WHERE id IN (SELECT id FROM people)',
    'DELETE FROM people WHERE EXISTS (SELECT 1 FROM marked WHERE marked.id = people.id AND one = 1)',
    'DELETE FROM people WHERE EXISTS (SELECT 1 FROM all_people WHERE all_people.id = people.id)',
    'WITH d AS (SELECT id, one FROM marked) DELETE p FROM people p JOIN d ON d.id = p.id WHERE d.one = 1',
    'CALL fix()',
    'INSERT INTO hits VALUES (1, 9)',
  ])('bounds nothing by what the view makes: %s', async (sql) => {
    const before = await rowsOf();
    await expect(pool.query(sql)).rejects.toThrow(/no-unbounded-writes.*bounds (?:nothing|no row)/);
    expect(await rowsOf()).toEqual(before);
  });

  it.each([
    'UPDATE marked SET note = 1 WHERE id = 1',
    'UPDATE marked SET note = 1 WHERE one = 1 AND id = 1',
    'UPDATE marked m SET m.note = 1 WHERE m.id = 1',
    'UPDATE marked_twice SET note = 1 WHERE m = 10',
    'UPDATE named_anew SET value = 10 WHERE number = 1',
    'UPDATE all_people SET note = 1 WHERE id = 1',
    'UPDATE with_hits SET note = 1 WHERE person = 1',
    'UPDATE people p JOIN marked m ON m.id = p.id SET p.note = 1 WHERE m.id = 1',
    'UPDATE people p JOIN counted c ON c.n = p.n SET p.note = 1 WHERE c.people > 5',
    'UPDATE shifted SET fixed = 10 WHERE n = 1',
    'UPDATE hits SET note = 1 WHERE person IN (SELECT id FROM all_people WHERE n = 10)',
    'CALL fix_one(1)',
  ])('is bounded by what is in its rows: %s', async (sql) => {
    await expect(pool.query(sql)).resolves.toBeDefined();
  });
});
