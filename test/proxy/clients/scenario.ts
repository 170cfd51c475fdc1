import type { ProxiedOptions } from '../index.js';

const BIG_ROWS = 2_000;
const FILLER_LENGTH = 1_000;

/** What the scenario of the clients talks about. */
export const SCENARIO: ProxiedOptions = {
  statements: [
    'CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(40))',
    "INSERT INTO items VALUES (1, 'naïve'), (2, 'two')",
    'CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(40))',
    `CREATE TABLE big (id INT PRIMARY KEY, filler VARCHAR(${FILLER_LENGTH}))`,
    `INSERT INTO big VALUES ${Array.from({ length: BIG_ROWS }, (_, id) => `(${id}, REPEAT('x', ${FILLER_LENGTH}))`).join(',')}`,
    'CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(80))',
    "INSERT INTO customers VALUES (1, 'ada@example.test')",
  ],
  masks: { 'customers.email': 'redact' },
};

/** What every client has to see. */
export interface Seen {
  readonly text: readonly (readonly [number, string])[];
  readonly prepared: string;
  readonly rolledBack: number;
  /** Error number of a table that is not there. */
  readonly error: number;
  /** Characters of a large result. */
  readonly big: number;
  readonly masked: string;
  /** Error number of what a rule refuses. */
  readonly refused: number;
}

/** What every client has to see. */
export const EXPECTED: Seen = {
  text: [
    [1, 'naïve'],
    [2, 'two'],
  ],
  prepared: 'two',
  rolledBack: 0,
  error: 1146,
  big: BIG_ROWS * FILLER_LENGTH,
  masked: '[masked]',
  refused: 1227,
};
