import { Readable } from 'node:stream';
import { expect } from 'vitest';
import { byQuery, eachWay, failsByQuery, type OptionCase } from './option-case.js';

const first = (row: object): Record<string, unknown> => eachWay([row, {}]);
const LEAP_DAY = '2024-02-29';
const EXACT = '9007199254740993';

/** What the types do not narrow to where a field is read: mysql2's own is enough here. */
interface Field {
  readonly name: string;
  string(): string | null;
}

const bracketed = (field: Field, next: () => unknown): unknown =>
  field.name === 'label' ? `<${field.string() ?? ''}>` : next();

type ForResults =
  | 'bigNumberStrings'
  | 'supportBigNumbers'
  | 'dateStrings'
  | 'infileStreamFactory'
  | 'namedPlaceholders'
  | 'nestTables'
  | 'rowsAsArray'
  | 'timezone'
  | 'typeCast';

/** Options of connections and of statements alike: how rows are given, and what a statement takes. */
export const resultOptions: Readonly<Record<ForResults, readonly OptionCase[]>> = {
  bigNumberStrings: [
    {
      as: 'with supportBigNumbers',
      given: { supportBigNumbers: true, bigNumberStrings: true },
      shows: eachWay([{ big: EXACT }, { big: '7' }]),
    },
    { as: 'alone', given: { bigNumberStrings: true } },
  ],
  supportBigNumbers: [
    { as: 'true', given: { supportBigNumbers: true }, shows: eachWay([{ big: EXACT }, { big: 7 }]) },
    { as: 'false', given: { supportBigNumbers: false }, shows: first({ big: 9007199254740992 }) },
  ],
  dateStrings: [
    {
      as: 'true',
      given: { dateStrings: true },
      shows: first({ day: LEAP_DAY, moment: `${LEAP_DAY} 12:30:00`, stamp: expect.any(String) as string }),
    },
    { as: 'false', given: { dateStrings: false }, shows: first({ day: expect.any(Date) as Date }) },
    ...(['DATE', 'DATETIME', 'TIMESTAMP'] as const).map((type) => ({
      as: type,
      given: { dateStrings: [type] },
      shows: first({ day: expect.any(type === 'DATE' ? String : Date) as unknown }),
    })),
    { as: 'two types', given: { dateStrings: ['DATE', 'DATETIME'] }, shows: first({ moment: `${LEAP_DAY} 12:30:00` }) },
  ],
  infileStreamFactory: [
    {
      as: 'a stream of the program',
      given: {
        infileStreamFactory: (path: string) => Readable.from([Buffer.from(`1,${path}\n`), Buffer.from('2,second\n')]),
      },
      sends: { sql: "LOAD DATA LOCAL INFILE 'any' INTO TABLE loaded FIELDS TERMINATED BY ','" },
      queryOnly: true,
      shows: byQuery({ affectedRows: 2 }),
    },
  ],
  namedPlaceholders: [
    {
      as: 'true',
      given: { namedPlaceholders: true },
      sends: { sql: 'SELECT label FROM kinds WHERE id = :id OR label = :label', values: { id: 1, label: 'ä one' } },
      shows: eachWay([{ label: 'ä one' }]),
    },
    {
      as: 'true, with ?',
      given: { namedPlaceholders: true },
      sends: { sql: 'SELECT label FROM kinds WHERE id = ?', values: [2] },
      shows: eachWay([{ label: 'two' }]),
    },
    {
      as: 'false',
      given: { namedPlaceholders: false },
      sends: { sql: 'SELECT :id', values: { id: 1 } },
      shows: failsByQuery({ errno: 1064 }),
      governed: {
        shows: failsByQuery({ errno: 1227 }),
        why: 'what is not understood is refused before the server says why',
      },
    },
  ],
  nestTables: [
    { as: 'true', given: { nestTables: true }, shows: eachWay([{ kinds: { id: 1 } }, { kinds: { id: 2 } }]) },
    { as: 'a separator', given: { nestTables: '_' }, shows: eachWay([{ kinds_id: 1 }, { kinds_id: 2 }]) },
    { as: 'false', given: { nestTables: false }, shows: first({ id: 1 }) },
  ],
  rowsAsArray: [
    {
      as: 'true',
      given: { rowsAsArray: true },
      sends: { sql: 'SELECT id, id, label FROM kinds ORDER BY id' },
      shows: eachWay([
        [1, 1, 'ä one'],
        [2, 2, 'two'],
      ]),
    },
    { as: 'false', given: { rowsAsArray: false }, shows: first({ id: 1 }) },
  ],
  timezone: ['Z', '+05:30', '-11:00', 'local'].map((timezone) => ({
    as: timezone,
    given: { timezone },
    sends: {
      sql: 'SELECT moment, ? AS sent, CAST(? AS CHAR) AS text FROM kinds WHERE id = 1',
      values: [new Date(1_700_000_000_000), new Date(1_700_000_000_000)],
    },
    shows: eachWay([{ moment: expect.any(Date) as Date }]),
  })),
  typeCast: [
    { as: 'true', given: { typeCast: true }, shows: first({ id: 1 }) },
    { as: 'false', given: { typeCast: false }, shows: byQuery([{ label: Buffer.from('ä one') }, {}]) },
    { as: 'a function', given: { typeCast: bracketed }, shows: first({ label: '<ä one>', id: 1 }) },
    {
      as: 'a function that makes everything a string',
      given: { typeCast: (field: Field) => field.string() },
      shows: byQuery([{ id: '1', big: EXACT }, {}]),
    },
  ],
};
