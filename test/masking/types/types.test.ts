import type { Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../../governed/index.js';
import { answer, READINGS, shortened, streamed, VIAS } from './answers.js';
import { rawRows } from './raw-rows.js';
import { type TypeCase, typeCases } from './type-cases.js';

const database = inject('database');
const cases = typeCases(database.flavour);
let governed: Governed;
let pool: Pool;
let stock: Pool;

beforeAll(async () => {
  governed = await startGoverned(database, {
    statements: ["SET SESSION sql_mode = ''", ...cases.flatMap(tableOf)],
    masks: { '*.hidden': 'redact', '*.secret': 'redact' },
  });
  pool = governed.pool().promise();
  stock = governed.stockPool().promise();
});
afterAll(() => governed.close());

const nameOf = (at: number): string => `values_${String(at)}`;

/** Columns of the type around a masked one of the same type and a masked text, so that what is before and behind a mask is looked at. */
function tableOf({ type, values }: TypeCase, at: number): readonly string[] {
  const name = nameOf(at);
  const rows = [
    ...values.map((value) => [value, value, value, "'secret'", value]),
    ...values.slice(0, 2).map((value) => ['NULL', value, 'NULL', "''", value]),
    ...values.slice(0, 2).map((value) => [value, 'NULL', value, 'NULL', 'NULL']),
    ['NULL', 'NULL', 'NULL', 'NULL', 'NULL'],
  ];
  return [
    `CREATE TABLE ${name} (id INT AUTO_INCREMENT PRIMARY KEY, a ${type}, hidden ${type}, b ${type}, secret VARCHAR(40), c ${type})`,
    ...rows.map((row) => `INSERT INTO ${name} (a, hidden, b, secret, c) VALUES (${row.join(', ')})`),
  ];
}

const STATEMENTS = (table: string): readonly string[] => [
  `SELECT * FROM ${table} ORDER BY id`,
  `SELECT secret, c, b, a FROM ${table} ORDER BY id`,
  `SELECT hidden, a, secret FROM ${table} ORDER BY id`,
];

/** Leaves out masked columns, wherever rows are arrays, objects, or objects with the table in their names. */
function unmasked(row: unknown, masked: readonly number[]): unknown {
  if (Array.isArray(row)) return row.filter((_cell, column) => !masked.includes(column));
  return Object.fromEntries(Object.entries(row as object).filter((_entry, column) => !masked.includes(column)));
}

function maskedOf(sql: string): readonly number[] {
  const list = sql.startsWith('SELECT *')
    ? 'id, a, hidden, b, secret, c'
    : sql.slice('SELECT '.length, sql.indexOf(' FROM'));
  return list.split(', ').flatMap((name, column) => (name === 'hidden' || name === 'secret' ? [column] : []));
}

/** All of a governed row but what is masked is as it is where nobody governs, and nothing that is masked is. */
function expectMasked(seen: readonly unknown[], plain: readonly unknown[], masked: readonly number[]): void {
  expect(seen.map((row) => unmasked(row, masked))).toEqual(plain.map((row) => unmasked(row, masked)));
  for (const [at, row] of seen.entries()) {
    const cells: unknown[] = Object.values(row as object);
    const others: unknown[] = Object.values(plain[at] as object);
    for (const column of masked) {
      const [cell, other] = [cells[column], others[column]];
      // NULL stays NULL. JSON may be the word null.
      if (isNull(other)) expect(isNull(cell) || cell === '[masked]').toBe(true);
      else if (!isNull(cell)) expect(cell).not.toEqual(other);
    }
  }
}

/** In the text protocol, mysql2 takes NULL for a vector without elements. */
function isNull(cell: unknown): boolean {
  return cell === null || (Array.isArray(cell) && cell.length === 0);
}

describe.each(cases.map(({ type }, at) => [type, nameOf(at)] as const))('%s beside masked columns', (_type, table) => {
  it.each(Object.keys(READINGS))('is the same in both protocols, read as %s', async (name) => {
    for (const sql of STATEMENTS(table)) {
      for (const via of VIAS) {
        const [seen, plain] = await Promise.all([pool, stock].map((each) => answer(each, via, sql, READINGS[name])));
        expect(plain?.rows.length).toBeGreaterThan(2);
        expect(seen?.fields).toEqual(plain?.fields);
        expectMasked(seen?.rows ?? [], plain?.rows ?? [], maskedOf(sql));
      }
    }
  });

  it('is the same byte for byte', async () => {
    for (const sql of STATEMENTS(table)) {
      for (const via of VIAS) {
        const [seen, plain] = await Promise.all([pool, stock].map((each) => rawRows(each, via, sql)));
        expect(plain?.length).toBeGreaterThan(2);
        expectMasked((seen ?? []).map(shortened), (plain ?? []).map(shortened), maskedOf(sql));
      }
    }
  });

  it('is the same in a stream', async () => {
    const [sql = ''] = STATEMENTS(table);
    for (const via of VIAS) {
      const [seen, plain] = await Promise.all([pool, stock].map((each) => streamed(each, via, sql)));
      expectMasked(seen ?? [], plain ?? [], maskedOf(sql));
    }
  });
});

describe('what has no table beside masked columns', () => {
  const literals = [
    ...['NULL', '1', '-1.50', '1e300', "'x'", "x'00ff'", 'TRUE', "DATE '2024-02-29'", "TIME '-100:20:30.5'"],
    ...["TIMESTAMP '2024-02-29 23:59:59.123456'", "b'101'", "''", 'CAST(18446744073709551615 AS UNSIGNED)'],
  ].map((text, at) => `${text} AS l${String(at)}`);

  it.each(Object.keys(READINGS))('is the same in both protocols, read as %s', async (name) => {
    const columns = [...literals.slice(0, 6), 'secret', ...literals.slice(6), 'hidden'];
    const sql = `SELECT ${columns.join(', ')} FROM ${nameOf(0)} ORDER BY id`;
    for (const via of VIAS) {
      const [seen, plain] = await Promise.all([pool, stock].map((each) => answer(each, via, sql, READINGS[name])));
      expect(seen?.fields).toEqual(plain?.fields);
      expectMasked(seen?.rows ?? [], plain?.rows ?? [], [6, columns.length - 1]);
    }
  });
});
