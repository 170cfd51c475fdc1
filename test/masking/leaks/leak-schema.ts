/**
 * Tables with masked columns, views over them, and tables without secrets. Names are chosen to be mistaken for each other.
 *
 * @module
 */
import { type Secret, SecretValues, type Twin, type Type } from './secret-values.js';

/** A column as the writer of statements knows it. */
export interface Column {
  /** Empty where nobody can name it. */
  readonly name: string;
  readonly type: Type;
  /** Its values are masked ones, or made of them. */
  readonly secret: boolean;
}

/** A table or view. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** The rows of a twin. */
export interface LeakRows {
  /** Fill the tables, and replace the rows of the other twin. */
  readonly statements: readonly string[];
  readonly secrets: readonly Secret[];
}

const column = (type: Type, secret: boolean, names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ name, type, secret }));
const text = (...names: string[]): readonly Column[] => column('text', false, names);
const number = (...names: string[]): readonly Column[] => column('number', false, names);
const date = (...names: string[]): readonly Column[] => column('date', false, names);
const secret = (type: Type, ...names: string[]): readonly Column[] => column(type, true, names);

/** The tables, with their columns in order. */
export const TABLES: readonly Table[] = [
  {
    name: 'people',
    columns: [
      ...[...number('id'), ...text('name'), ...secret('text', 'email'), ...secret('number', 'salary')],
      ...[
        ...secret('date', 'born'),
        ...text('city'),
        ...date('joined'),
        ...number('score'),
        ...secret('text', 'shout'),
      ],
    ],
  },
  {
    name: 'events',
    columns: [...number('id', 'person_id'), ...text('kind'), ...date('made'), ...number('amount'), ...text('city')],
  },
  {
    name: 'cards',
    columns: [
      ...[...number('id', 'person_id'), ...secret('text', 'pan'), ...secret('number', 'ceiling')],
      ...[...secret('date', 'valid'), ...text('label'), ...date('opened')],
    ],
  },
  {
    name: 'notes',
    columns: [
      ...[...number('id', 'person_id'), ...text('title'), ...secret('text', 'body'), ...secret('number', 'weight')],
      ...date('made'),
    ],
  },
  {
    name: 'accounts',
    columns: [
      ...[...number('id'), ...secret('text', 'email'), ...text('Owner'), ...secret('number', 'balance')],
      ...[...secret('date', 'since'), ...text('city'), ...secret('text', 'next of kin')],
    ],
  },
];

/** The views. */
export const VIEWS: readonly Table[] = [
  {
    name: 'contacts',
    columns: [
      ...[...number('id'), ...text('name'), ...secret('text', 'contact'), ...secret('number', 'pay')],
      ...[...secret('date', 'day'), ...text('city')],
    ],
  },
  {
    name: 'ring',
    columns: [...number('k'), ...secret('text', 'label', 'word'), ...secret('number', 'total'), ...text('kind')],
  },
  {
    name: 'totals',
    columns: [
      ...[...text('city'), ...number('n'), ...secret('text', 'top'), ...secret('number', 'paid')],
      ...secret('date', 'earliest'),
    ],
  },
];

/** The columns that a mask is on. What is made of them has none of its own. */
export const MASKED: readonly string[] = [
  ...['people.email', 'people.salary', 'people.born', 'cards.pan', 'cards.ceiling', 'cards.valid', 'notes.body'],
  ...['notes.weight', 'accounts.email', 'accounts.balance', 'accounts.since', 'accounts.next of kin'],
];

/** Makes tables and views. */
export const DEFINITIONS: readonly string[] = [
  `CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(80), salary BIGINT, born DATE, city VARCHAR(40), joined DATE,
    score INT, shout VARCHAR(80) GENERATED ALWAYS AS (UPPER(email)) VIRTUAL)`,
  'CREATE TABLE events (id INT PRIMARY KEY, person_id INT, kind VARCHAR(40), made DATE, amount INT, city VARCHAR(40))',
  `CREATE TABLE cards (id INT PRIMARY KEY, person_id INT, pan VARCHAR(80), ceiling BIGINT, valid DATETIME, label VARCHAR(40), opened DATE)`,
  'CREATE TABLE notes (id INT PRIMARY KEY, person_id INT, title VARCHAR(40), body TEXT, weight DECIMAL(12,2), made DATE)',
  `CREATE TABLE accounts (id INT PRIMARY KEY, email VARCHAR(80), \`Owner\` VARCHAR(40), balance BIGINT, since DATE, city VARCHAR(40),
    \`next of kin\` VARCHAR(80))`,
  'CREATE VIEW contacts AS SELECT id, name, email AS contact, salary AS pay, born AS day, city FROM people',
  `CREATE VIEW ring (k, label, word, total, kind) AS SELECT c.id, c.contact, CONCAT(c.name, '/', c.contact), c.pay, e.kind
    FROM contacts c JOIN events e ON e.person_id = c.id`,
  `CREATE VIEW totals AS SELECT city, COUNT(*) AS n, MAX(email) AS top, SUM(salary) AS paid, MIN(born) AS earliest FROM people GROUP BY city`,
];

/** The rows of a twin. */
export function leakRows(twin: Twin): LeakRows {
  const make = new SecretValues(twin);
  const t = (): string => `'${make.text().text}'`;
  const c = (): string => `'${make.code().text}'`;
  const n = (digits: number): string => make.whole(digits).text;
  const d = (): string => `'${make.date().text}'`;
  const shared = t();
  const statements = [
    `REPLACE INTO people (id, name, email, salary, born, city, joined, score) VALUES
      (1, 'Alice', ${shared}, ${n(9)}, ${d()}, 'Lisbon', '2021-03-05', 3), (2, 'Bert', ${t()}, ${n(9)}, ${d()}, 'Rome', '2022-11-30', 5),
      (3, 'Cleo', ${t()}, ${n(9)}, NULL, 'Rome', '2021-03-05', NULL), (4, 'Dora', NULL, ${n(9)}, ${d()}, 'Oslo', NULL, 1)`,
    `REPLACE INTO events VALUES (1, 1, 'login', '2024-01-02', 10, 'Rome'), (2, 2, 'order', '2024-02-03', 25, 'Oslo'),
      (3, 1, 'order', '2024-02-03', 40, 'Lisbon'), (4, 3, 'leave', '2025-06-01', NULL, NULL)`,
    `REPLACE INTO cards VALUES (1, 1, ${t()}, ${n(15)}, '${make.moment().text}', 'gold', '2020-01-01'),
      (2, 2, ${t()}, NULL, '${make.moment().text}', 'plain', '2019-05-06'), (3, 1, NULL, ${n(15)}, NULL, 'gold', '2020-01-01')`,
    `REPLACE INTO notes VALUES (1, 1, 'call', ${t()}, ${make.decimal().text}, '2024-01-02'),
      (2, 2, 'mail', ${t()}, ${make.decimal().text}, '2024-07-08'), (3, 4, 'call', ${t()}, NULL, NULL)`,
    `REPLACE INTO accounts VALUES (1, ${shared}, 'Alice', ${n(12)}, ${d()}, 'Lisbon', ${c()}),
      (2, ${t()}, 'Bert', ${n(12)}, ${d()}, 'Rome', NULL), (3, ${t()}, 'Egon', NULL, ${d()}, 'Oslo', ${c()})`,
  ];
  return { statements, secrets: make.all };
}
