import type { Connection, Pool, PoolOptions, QueryOptions } from 'mysql2-newest';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { govern } from '../../../adapters/mysql2/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';
import { connectionOptions } from './options/connection-options.js';
import { connectionOptionNames, queryOptionNames } from './options/declared-options.js';
import { Front, type OptionCase, outcomeOf, type Place, sendByQuery, sendEachWay } from './options/option-case.js';
import { queryOptions } from './options/query-options.js';

let governed: Governed;
let place: Place;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: [
      `CREATE TABLE kinds (id INT PRIMARY KEY, big BIGINT, amount DECIMAL(20,4), ratio DOUBLE, day DATE, moment DATETIME, stamp TIMESTAMP NULL, span TIME,
        flag BIT(1), label VARCHAR(40), bytes VARBINARY(8), doc JSON, place POINT) CHARACTER SET utf8mb4`,
      `INSERT INTO kinds VALUES (1, 9007199254740993, 12.5, 0.1, '2024-02-29', '2024-02-29 12:30:00', '2024-02-29 12:30:00', '-01:30:00',
        b'1', 'ä one', x'00ff', '{"n": [1, "x"]}', POINT(1, 2))`,
      "INSERT INTO kinds (id, big, label) VALUES (2, 7, 'two')",
      'CREATE TABLE loaded (id INT, label VARCHAR(40))',
      'CREATE TABLE secrets (text VARCHAR(20))',
      "INSERT INTO secrets VALUES ('plain')",
      'CREATE TABLE numbers (n INT)',
      'INSERT INTO numbers VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)',
    ],
    allow: { localInfile: true },
    masks: { 'secrets.text': 'redact' },
  });
  const { socketPath } = inject('database');
  place = { connection: governed.schema.connection, socketPath };
  // A stream that is given serves one connection, and none that reads the schema.
  await governed.pool().promise().query('SELECT id FROM kinds');
});
afterAll(() => governed.close());

const stock = (): Front => new Front(place, () => undefined);
const governedFront = (): Front =>
  new Front(place, (target: Pool | Connection) => void govern(target as never, governed.governor));
const givenOf = ({ given = {} }: OptionCase): object =>
  typeof given === 'function' ? (given as (at: Place) => object)(place) : given;

const send = (each: OptionCase, ...sent: Parameters<typeof sendEachWay>): Promise<unknown> =>
  (each.queryOnly === true ? sendByQuery : sendEachWay)(...sent);

/** What a case shows with options of its connection. */
async function ofConnection(each: OptionCase, front: Front): Promise<unknown> {
  const given = givenOf(each) as PoolOptions;
  return each.run === undefined ? send(each, front.pool(given), each.sends ?? {}) : each.run(front, given);
}

/** What a case shows with options of its statement. */
async function ofQuery(each: OptionCase, front: Front): Promise<unknown> {
  const given = { ...each.sends, ...givenOf(each) } as QueryOptions;
  return each.run === undefined ? send(each, front.pool({}), given) : each.run(front, {});
}

async function shown(show: typeof ofQuery, each: OptionCase, front: Front): Promise<unknown> {
  try {
    return await show(each, front);
  } finally {
    await front.close();
  }
}

/** Whatever a connection is given: it reads no masked value, and deletes nothing. */
async function lookForWayAround(each: OptionCase): Promise<void> {
  const front = governedFront();
  const pool = front.pool({ ...givenOf(each), debug: false }).promise();
  const plain = { rowsAsArray: true, typeCast: true, nestTables: false };
  const read = await outcomeOf(async () => (await pool.query({ sql: 'SELECT text FROM secrets', ...plain }))[0]);
  const deleted = await outcomeOf(() => pool.query({ sql: 'DELETE FROM secrets', ...plain }));
  const isConnected = Array.isArray(read);
  if (isConnected) expect(read).toEqual([['[masked]']]);
  expect(deleted).toMatchObject({ error: isConnected ? { errno: 1227 } : {} });
  await front.close();
}

function compare(
  table: Readonly<Record<string, readonly OptionCase[]>>,
  show: typeof ofQuery,
  also?: (each: OptionCase) => Promise<void>,
): void {
  for (const [option, cases] of Object.entries(table)) {
    describe(option, () => {
      for (const each of cases) {
        it(`${each.as}${each.governed === undefined ? '' : ` differs: ${each.governed.why}`}`, async () => {
          const expected = await shown(show, each, stock());
          if (each.shows !== undefined) expect(expected).toMatchObject(each.shows as object);
          const seen = await shown(show, each, governedFront());
          if (each.governed === undefined) expect(seen).toEqual(expected);
          else expect(seen).toMatchObject(each.governed.shows as object);
          await also?.(each);
        });
      }
    });
  }
}

describe('options of connections and pools', () => {
  it('are all in the table', () => {
    expect(Object.keys(connectionOptions).sort()).toEqual(connectionOptionNames());
  });
  compare(connectionOptions, ofConnection, lookForWayAround);
});

describe('options of statements', () => {
  it('are all in the table', () => {
    expect(Object.keys(queryOptions).sort()).toEqual(queryOptionNames());
  });
  compare(queryOptions, ofQuery);
});
