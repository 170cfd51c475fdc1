import type { Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../../governed/index.js';
import { VIAS } from './answers.js';
import { type RawCell, rawRows } from './raw-rows.js';

/** How many columns: those around the sizes at which the bitmap, which begins at its third bit, grows by a byte. */
const WIDTHS = [1, 2, 5, 6, 7, 8, 9, 13, 14, 15, 17];
const TYPES = ['VARCHAR(20)', 'INT', 'BIGINT', 'DATETIME(6)', 'DOUBLE', 'BLOB', 'TINYINT', 'TIME', 'DECIMAL(10,2)'];
const VALUES = [
  ...[
    "'text'",
    '2147483647',
    '-9007199254740993',
    "'2024-02-29 12:30:05.123456'",
    '0.1',
    "x'00fb'",
    '-1',
    "'-25:00:01'",
  ],
  '12.50',
];
/** Which of the columns are NULL: none, all, and every second or third one, from different ones on. */
const PATTERNS: readonly ((column: number) => boolean)[] = [
  () => false,
  () => true,
  (column) => column % 2 === 0,
  (column) => column % 2 === 1,
  (column) => column % 3 === 0,
  (column) => column === 0,
  (column) => column > 0,
];
const MASKS = ['redact', 'null'] as const;
const SECRETS = ['VARCHAR(20)', 'INT', 'DATE'] as const;
const SECRET_VALUES = ["'hidden'", '739152811', "'2107-03-04'"];

const shapes = WIDTHS.flatMap((width) =>
  [...new Set([0, width >> 1, width - 1])].flatMap((place) => MASKS.map((mask) => ({ width, place, mask }))),
);
let governed: Governed;
let pool: Pool;
let stock: Pool;

interface Shape {
  readonly width: number;
  readonly place: number;
  readonly mask: (typeof MASKS)[number];
}

const tableOf = ({ width, place, mask }: Shape, secret: number): string =>
  ['nulls', width, place, mask, secret].join('_');

function definitionOf(shape: Shape, secret: number): readonly string[] {
  const { width, place, mask } = shape;
  const columns = Array.from({ length: width }, (_, column) =>
    column === place
      ? `${mask}_me ${SECRETS[secret] ?? ''}`
      : `c${String(column)} ${TYPES[column % TYPES.length] ?? ''}`,
  );
  const rows = PATTERNS.map((isNull) =>
    Array.from({ length: width }, (_, column) => {
      const value = column === place ? SECRET_VALUES[secret] : VALUES[column % VALUES.length];
      return isNull(column) ? 'NULL' : (value ?? '');
    }),
  );
  const table = tableOf(shape, secret);
  return [
    `CREATE TABLE ${table} (${columns.join(', ')})`,
    `INSERT INTO ${table} VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`,
  ];
}

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: shapes.flatMap((shape) => SECRETS.flatMap((_type, secret) => definitionOf(shape, secret))),
    masks: { '*.redact_me': 'redact', '*.null_me': 'null' },
  });
  pool = governed.pool().promise();
  stock = governed.stockPool().promise();
});
afterAll(() => governed.close());

/** A row as it should come: the masked cell is a text or NULL, and no other cell differs. */
function maskedRow(row: readonly RawCell[], { place, mask }: Shape, type: string): readonly RawCell[] {
  const isText = mask === 'redact' && type === 'VARCHAR(20)';
  const masked = (cell: RawCell): RawCell => (cell !== null && isText ? Buffer.from('[masked]') : null);
  return row.map((cell, column) => (column === place ? masked(cell) : cell));
}

describe.each(shapes)('of $width columns, the one at $place masked by $mask', (shape) => {
  it.each(SECRETS.map((type, secret) => [type, secret] as const))(
    'and a %s, leaves the others as they are',
    async (type, secret) => {
      const sql = `SELECT * FROM ${tableOf(shape, secret)}`;
      for (const via of VIAS) {
        const [seen, plain] = await Promise.all([pool, stock].map((each) => rawRows(each, via, sql)));
        expect(plain).toHaveLength(PATTERNS.length);
        expect(seen).toEqual(plain?.map((row) => maskedRow(row, shape, type)));
      }
    },
  );
});
