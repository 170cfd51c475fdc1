import type { GovernorExtent } from './client-stage.js';
import type { RoundOrder } from './round.js';

/** One point of a curve. */
export interface GrowthPoint {
  /** What grows, and how far. */
  readonly name: string;
  readonly order: RoundOrder;
  /** What both clients run once before, where it takes long until code that it needs is compiled. */
  readonly warmUp?: RoundOrder;
  /** Of the governor, where that is what grows. */
  readonly extent?: GovernorExtent;
}

const ROWS = 10_000;
/** Columns of text beside the id. */
const COLUMNS = 20;
const names = Array.from({ length: COLUMNS }, (_, no) => `c${no}`);
const wideRows = Array.from(
  { length: 200 },
  (_, id) => `(${id}, ${names.map((name) => `'${name}.${id}@example.test'`).join()})`,
);

/** The tables that the curves ask for. */
export const GROWTH_SCHEMA: readonly string[] = [
  'CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), price DECIMAL(10,2))',
  `INSERT INTO items VALUES ${Array.from({ length: ROWS + 100 }, (_, id) => `(${id}, 'item ${id}', ${id}.50)`).join()}`,
  `CREATE TABLE wide (id INT PRIMARY KEY, ${names.map((name) => `${name} VARCHAR(60)`).join()})`,
  `INSERT INTO wide VALUES ${wideRows.join()}`,
  'CREATE TABLE staff (id INT PRIMARY KEY, email VARCHAR(128))',
];
/** Masked in all curves but that of masked columns: in the schema, and in no answer. */
export const GROWTH_MASK = 'staff.email';

const SELECT = 'SELECT id, label, price FROM items';
const POINT_SELECT = `${SELECT} WHERE id = ?`;
const WIDE = 'SELECT * FROM wide WHERE id >= ? ORDER BY id LIMIT 100';
const base = { method: 'query', inFlight: 1 } as const;
const number = new Intl.NumberFormat('en-US');

/** All curves, one after the other. */
export function growthPoints(): readonly GrowthPoint[] {
  return [...rows(), ...sizes(), ...rules(), ...maskedColumns(), ...connections(), ...misses()];
}

function rows(): readonly GrowthPoint[] {
  const times = { 1: 800, 10: 800, 100: 400, 1_000: 150, 10_000: 16 };
  return Object.entries(times).map(([count, statements]) => {
    const order = { ...base, sql: `${SELECT} WHERE id >= ? ORDER BY id LIMIT ${count}`, statements };
    // The first one is the first that the clients run at all.
    return { name: `rows: ${number.format(Number(count))}`, order, warmUp: { ...order, statements: statements * 4 } };
  });
}

function sizes(): readonly GrowthPoint[] {
  const times = { '100 B': [100, 800], '1 kB': [1e3, 800], '10 kB': [1e4, 300], '100 kB': [1e5, 40], '1 MB': [1e6, 8] };
  return Object.entries(times).map(([size, [bytes = 0, statements = 0]]) => ({
    name: `statement size: ${size}`,
    order: { ...base, sql: statementOf(bytes), statements },
  }));
}

/** As programs make them: a list of values. */
function statementOf(bytes: number): string {
  const values = Array.from({ length: Math.max(1, Math.floor((bytes - 75) / 8)) }, (_, no) => 1_000_000 + no);
  return `${SELECT} WHERE id = ? AND id NOT IN (${values.join()})`;
}

function rules(): readonly GrowthPoint[] {
  return [1, 10, 100, 1_000].map((count) => ({
    name: `rules: ${number.format(count)}`,
    order: { ...base, sql: POINT_SELECT, statements: 800 },
    warmUp: { ...base, sql: POINT_SELECT, statements: 3_000 },
    extent: { rules: count },
  }));
}

function maskedColumns(): readonly GrowthPoint[] {
  return [0, 1, 5, 10, 20].map((count) => ({
    name: `masked columns, 100 rows of 21: ${count}`,
    order: { ...base, sql: WIDE, statements: 120 },
    warmUp: { ...base, sql: WIDE, statements: 400 },
    extent: { maskedColumns: names.slice(0, count).map((name) => `wide.${name}`) },
  }));
}

function connections(): readonly GrowthPoint[] {
  return [1, 2, 4, 8, 16, 32, 64].map((inFlight) => ({
    name: `connections: ${inFlight}`,
    order: { ...base, sql: POINT_SELECT, statements: 1_500, inFlight },
  }));
}

function misses(): readonly GrowthPoint[] {
  // A name that stands in no answer: mysql2 has a cache of its own, by the columns of answers.
  const order = { ...base, sql: `${SELECT} WHERE id = (SELECT ? AS seen)`, statements: 300 };
  return [0, 10, 25, 50, 100].map((percent) => ({
    name: `cache misses: ${percent} %`,
    order: { ...order, unseen: percent / 100 },
    ...(percent === 0 && { warmUp: { ...order, statements: 4_000, unseen: 1 } }),
  }));
}
