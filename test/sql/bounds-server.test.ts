import fc from 'fast-check';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createSchema, type TestSchema } from '../database/schema.js';
import { analysisOf, scopeOf } from './analysed.js';

const database = inject('database');
const COLUMNS = ['c1', 'c2', 'c3', 'c4'];
const ROWS = 2 ** COLUMNS.length;

let schema: TestSchema;
let connection: Connection;

/** A row for each way that the columns may be 0 or 1: a condition that names each once holds for all of them by its constants only. */
beforeAll(async () => {
  const rows = Array.from({ length: ROWS }, (_, row) => `(${COLUMNS.map((_name, bit) => (row >> bit) & 1).join()})`);
  schema = await createSchema(database, [
    `CREATE TABLE t (${COLUMNS.map((name) => `${name} INT`).join()})`,
    `INSERT INTO t VALUES ${rows.join()}`,
    'CREATE TABLE one (id INT)',
    'INSERT INTO one VALUES (1)',
    'CREATE TABLE people (id INT, n INT, note INT)',
    'INSERT INTO people VALUES (1, 10, 0), (2, 20, 0), (3, 30, 0), (4, 40, 0)',
    'CREATE TABLE vip (id INT, n INT)',
    'INSERT INTO vip VALUES (1, 10), (2, 20)',
  ]);
  connection = await createConnection(schema.connection);
});

afterAll(async () => {
  await connection.end();
  await schema.drop();
});

/** Draws whatever decides what a condition looks like. */
type Draw = (limit: number) => number;

const BOUNDING: readonly ((column: string) => string)[] = [
  (column) => `${column} = 1`,
  (column) => `0 = ${column}`,
  (column) => `${column} IN (1)`,
  (column) => `${column} NOT IN (1)`,
  (column) => `${column} BETWEEN 1 AND 1`,
  (column) => `${column} LIKE 1`,
  (column) => column,
  (column) => `${column} IS TRUE`,
  (column) => `t.${column} <> 0`,
  (column) => `EXISTS (SELECT 1 FROM one WHERE one.id = t.${column})`,
  (column) => `NOT EXISTS (SELECT 1 FROM one WHERE one.id = t.${column})`,
  (column) => `${column} IN (SELECT id FROM one)`,
  (column) => `1 IN (SELECT one.id FROM one WHERE one.id = t.${column})`,
];
const CONSTANTS = ['1 = 1', '0', '1', 'TRUE', 'FALSE', 'NULL', 'c1 = c1', 'ROW(c1, 1) = ROW(c1, 1)', '1 IN (0)'];
const WRAPPED: readonly ((inner: string) => string)[] = [
  (inner) => `(${inner})`,
  (inner) => `(${inner})`,
  (inner) => `NOT (${inner})`,
  (inner) => `!(${inner})`,
  (inner) => `(${inner}) IS TRUE`,
  (inner) => `(${inner}) IS NOT TRUE`,
  (inner) => `(${inner}) IS FALSE`,
  (inner) => `(${inner}) IS NOT FALSE`,
  (inner) => `NOT ((${inner}) IS NOT FALSE)`,
  (inner) => `(${inner}) = 0`,
  (inner) => `IF(${inner}, 1, 0)`,
  (inner) => `CASE WHEN ${inner} THEN 1 ELSE 1 END = 1`,
  (inner) => `COALESCE(${inner}, 1)`,
  (inner) => `CONCAT((${inner}) IS TRUE, 1)`,
  (inner) => `ABS(${inner}) = 0`,
  (inner) => `EXISTS (SELECT 1 FROM one WHERE ${inner})`,
  (inner) => `NOT EXISTS (SELECT 1 FROM one WHERE ${inner})`,
  (inner) => `EXISTS (SELECT COUNT(*) FROM one WHERE ${inner})`,
  (inner) => `EXISTS (SELECT 1 FROM one LEFT JOIN one AS other ON ${inner})`,
  (inner) => `1 IN (SELECT one.id FROM one WHERE ${inner})`,
  (inner) => `1 NOT IN (SELECT one.id FROM one WHERE ${inner})`,
  (inner) => `(SELECT ${inner})`,
  (inner) => `(SELECT COUNT(*) FROM one WHERE ${inner}) = 0`,
];
const OPERATORS = ['AND', 'OR', 'AND', 'OR', '&&', '||', 'XOR'];

function pick<T>(draw: Draw, items: readonly T[]): T {
  const item = items[draw(items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

function condition(draw: Draw, unused: string[], depth: number): string {
  const terms = Array.from({ length: 1 + draw(4) }, () => term(draw, unused, depth));
  return terms.reduce((text, next) => `${text} ${pick(draw, OPERATORS)} ${next}`);
}

function term(draw: Draw, unused: string[], depth: number): string {
  const prefix = draw(5) === 0 ? 'NOT ' : '';
  const kind = draw(depth > 0 ? 4 : 2);
  if (kind >= 2) return `${prefix}${pick(draw, WRAPPED)(condition(draw, unused, depth - 1))}`;
  const column = kind === 0 ? unused.pop() : undefined;
  return `${prefix}${column === undefined ? pick(draw, CONSTANTS) : pick(draw, BOUNDING)(column)}`;
}

const conditions = fc.array(fc.nat(1_000_000), { minLength: 60, maxLength: 60 }).map((numbers) => {
  let at = 0;
  const draw: Draw = (limit) => (numbers[at++ % numbers.length] ?? 0) % limit;
  return condition(draw, [...COLUMNS], 3);
});

it('holds no condition for bounded that holds for every row by its constants', async () => {
  const scope = scopeOf(database.flavour, '');
  let bounded = 0;
  await fc.assert(
    fc.asyncProperty(conditions, async (where) => {
      if (analysisOf(`DELETE FROM t WHERE ${where}`, scope).where !== 'present') return;
      bounded += 1;
      const [rows] = await connection.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM t WHERE ${where}`);
      expect(Number(rows[0]?.['n']), where).toBeLessThan(ROWS);
    }),
    { numRuns: 3_000 },
  );
  expect(bounded).toBeGreaterThan(300);
}, 120_000);

/** What may stand beside the table that is written. Each has the columns `id` and `n`; none has 3 but for all rows of the table. */
const BESIDE = [
  'vip',
  'people',
  '(SELECT 1 AS id, 1 AS n)',
  '(SELECT id, 1 AS n FROM people)',
  '(SELECT n AS id, id AS n FROM people)',
  '(SELECT id, n FROM people WHERE id = 2)',
  '(SELECT MAX(id) AS id, 1 AS n FROM people)',
  '(SELECT id, n FROM (SELECT *, id = id AS one FROM people) e WHERE one)',
  '(SELECT id, n FROM vip UNION ALL SELECT id, 1 FROM people)',
  '(SELECT id, n FROM people UNION ALL SELECT id, 1 FROM vip)',
  '(SELECT id, CASE WHEN 1 THEN n END AS n FROM people)',
  '(SELECT id, one + 0 AS n FROM (SELECT id, 1 AS one FROM people) e)',
  '(SELECT * FROM vip UNION ALL SELECT id, 1 FROM people)',
  '(SELECT * FROM vip UNION ALL SELECT * FROM (SELECT id, 1 AS one FROM people) f)',
];
const JOINS = ['JOIN', 'JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'CROSS JOIN', 'STRAIGHT_JOIN'];

function joinLeaf(draw: Draw, aliases: readonly string[]): string {
  const column = (): string => `${pick(draw, aliases)}.${pick(draw, ['id', 'id', 'n'])}`;
  const leaves = [
    () => `${column()} = ${column()}`,
    () => `${column()} = ${column()}`,
    () => `${column()} = ${String(pick(draw, [1, 2, 4]))}`,
    () => `${column()} = 1`,
    () => `${column()} IN (1, 2)`,
    () => `${column()} IN (SELECT ${pick(draw, ['id', 'n', 'MAX(id)'])} FROM ${pick(draw, BESIDE)} q)`,
    () => `EXISTS (SELECT 1 FROM ${pick(draw, BESIDE)} q WHERE q.id = ${column()})`,
    () => `${column()} = (SELECT MAX(id) FROM people)`,
    () => pick(draw, ['1 = 1', '1', '0']),
  ];
  return pick(draw, leaves)();
}

function joinCondition(draw: Draw, aliases: readonly string[]): string {
  const leaves = Array.from({ length: 1 + draw(3) }, () => joinLeaf(draw, aliases));
  return leaves.reduce((text, leaf) => `${text} ${pick(draw, ['AND', 'AND', 'OR'])} ${leaf}`);
}

const joins = fc.array(fc.nat(1_000_000), { minLength: 60, maxLength: 60 }).map((numbers) => {
  let at = 0;
  const draw: Draw = (limit) => (numbers[at++ % numbers.length] ?? 0) % limit;
  const aliases = ['p'];
  let from = 'people p';
  for (const alias of ['a', 'b'].slice(0, 1 + draw(2))) {
    const join = pick(draw, JOINS);
    aliases.push(alias);
    from += ` ${join} ${pick(draw, BESIDE)} ${alias}`;
    if (join === 'CROSS JOIN') continue;
    from += alias === 'a' && draw(6) === 0 ? ' USING (id)' : ` ON ${joinCondition(draw, aliases)}`;
  }
  return { from, where: joinCondition(draw, aliases) };
});

it('holds no table for bounded of which a row is written that no condition means', async () => {
  const scope = scopeOf(database.flavour, '');
  let bounded = 0;
  await fc.assert(
    fc.asyncProperty(joins, async ({ from, where }) => {
      const analysis = analysisOf(`UPDATE ${from} SET p.note = 1 WHERE ${where}`, scope);
      if (analysis.where !== 'present' || analysis.unboundedTable !== undefined) return;
      bounded += 1;
      const sql = `SELECT COUNT(*) AS n FROM ${from} WHERE (${where}) AND p.id = 3`;
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      expect(Number(rows[0]?.['n']), sql).toBe(0);
    }),
    { numRuns: 3_000 },
  );
  expect(bounded).toBeGreaterThan(300);
}, 120_000);
