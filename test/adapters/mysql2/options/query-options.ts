import { type QueryOptions } from 'mysql2-newest';
import { expect } from 'vitest';
import { byQuery, eachWay, fails, outcomeOf, type OptionCase } from './option-case.js';
import { resultOptions } from './result-options.js';

/** Every option that a statement can be given. */
export const queryOptions: Readonly<Record<keyof QueryOptions, readonly OptionCase[]>> = {
  ...resultOptions,
  sql: [
    { as: 'a text', given: { sql: 'SELECT label FROM kinds WHERE id = 2' }, shows: eachWay([{ label: 'two' }]) },
    { as: 'a text that the server refuses', given: { sql: 'SELECT nothing FROM kinds' } },
    {
      as: 'no text',
      given: { sql: '' },
      shows: fails({ errno: 1065 }),
      governed: { shows: fails({ errno: 1227 }), why: 'an empty text is not understood' },
    },
  ],
  values: [
    {
      as: 'of every kind that both take',
      given: {
        sql: 'SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f',
        values: [1, "it's", 2.5, null, true, Buffer.from([0, 255])],
      },
      shows: eachWay([{ b: "it's", d: null }]),
    },
    {
      as: 'lists and objects, of a query',
      given: {
        sql: 'UPDATE kinds SET ? WHERE id IN (?) AND ?? = ?',
        values: [{ label: 'two' }, [1, 2], 'label', 'two'],
      },
      queryOnly: true,
      shows: byQuery({ affectedRows: 1 }),
    },
    {
      as: 'too few',
      given: { sql: 'SELECT ? AS a, ? AS b', values: [1] },
      shows: { 'execute, callback': { error: { errno: 1210 } } },
      governed: {
        shows: {
          'execute, callback': {
            error: { errno: 1105, message: expect.stringContaining('do not fit the 2 placeholders') as string },
          },
        },
        why: 'an execution that cannot be read is not sent',
      },
    },
    { as: 'undefined', given: { sql: 'SELECT ? AS a', values: [undefined] } },
  ],
  attributes: [
    {
      as: 'of every kind',
      given: {
        sql: 'SELECT id FROM kinds WHERE id = ?',
        values: [2],
        attributes: { trace: 'abc', step: 3, last: false },
      },
      shows: eachWay([{ id: 2 }]),
    },
  ],
  timeout: [
    {
      as: 'that is over',
      run: async (front) =>
        outcomeOf(async () => {
          // The schema is read before the first statement.
          const connection = front.connection({});
          connection.on('error', () => undefined);
          await connection.promise().query('SELECT id FROM kinds');
          return connection.promise().query({ sql: `${SLOW} /* late */`, timeout: 50 });
        }),
      shows: { error: { code: 'PROTOCOL_SEQUENCE_TIMEOUT' } },
    },
    { as: 'that is not', given: { timeout: 10_000 }, shows: eachWay([{ id: 1 }, { id: 2 }]) },
  ],
};

/** Some 10 million comparisons. */
const SLOW = `SELECT COUNT(*) AS n FROM ${Array.from({ length: 7 }, (_, index) => `numbers n${index}`).join(', ')}`;
