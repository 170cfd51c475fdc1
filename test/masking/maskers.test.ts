import type { Pool, RowDataPacket } from 'mysql2';
import { describe, expect, inject, it } from 'vitest';
import { defineMask, maskColumn, type MaskerChoice } from '../../src/masking/index.js';
import type { ColumnDefinition } from '../../src/wire/column-definition.js';
import { PacketBuffer } from '../../src/wire/packet-buffer.js';
import { FieldType } from '../../src/wire/constants.js';
import { type Governed, startGoverned } from '../governed/index.js';

const KEY = 'base64:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

function masked(mask: MaskerChoice, text: string, type: number = FieldType.VAR_STRING): string | null {
  return maskedBytes(mask, Buffer.from(text), type)?.toString() ?? null;
}

/** What becomes of the first bytes of a row. */
function maskedBytes(mask: MaskerChoice, bytes: Buffer, type: number, end = bytes.length): Buffer | undefined {
  const column: ColumnDefinition = {
    ...{
      schema: '',
      table: '',
      orgTable: '',
      name: '',
      orgName: '',
      characterSet: 224,
      isJson: false,
      unsigned: false,
    },
    type,
  };
  const out = new PacketBuffer(Buffer.alloc(1));
  const isWritten = maskColumn('s.t.c', mask).masker({ bytes, start: 0, end, column, binary: false }, out);
  return isWritten ? out.written : undefined;
}

describe('maskers of text', () => {
  it.each<[MaskerChoice, string, string | null]>([
    [
      { detect: { kinds: ['email', 'card'] } },
      'ask ada@example.test for 4111 1111 1111 1111',
      'ask [email] for [card]',
    ],
    [{ detect: { kinds: ['email'] } }, '{"to": ["ada@example.test"], "n": 1.50}', '{"to": ["[email]"], "n": 1.50}'],
    ['redact', 'anything', '[masked]'],
    ['null', 'anything', null],
    ['email', 'alice@example.test', 'a***@example.test'],
    ['email', '\u{1f600}lice@münchen.test', '\u{1f600}***@münchen.test'],
    ['email', '', '[masked]'],
    ['email', 'no address', '[masked]'],
    ['email', '@example.test', '[masked]'],
    ['name', 'Ada de Souza', 'A*** d*** S***'],
    ['phone', '+49 (30) 123-4567', '+** (**) ***-**67'],
    ['phone', '12345', '[masked]'],
    ['phone', '+49 30 1234567 ask for Ada', '[masked]'],
    ['card', '4111-1111-1111-1234', '****-****-****-1234'],
    ['card', '4111 1111', '[masked]'],
    [{ card: { bin: true } }, '4111111111111234', '411111******1234'],
    [{ partial: { last: 4 } }, 'DE89370400440532', '************0532'],
    [{ partial: { first: 1, last: 1, filler: 'x' } }, '\u{1f600}bc\u{1f601}', '\u{1f600}xx\u{1f601}'],
    [{ partial: { first: 2, last: 2 } }, 'abcd', '****'],
    [{ date: 'month' }, '1984-05-17', '1984-05-01'],
    [{ date: 'year' }, '1984-05-17 10:11:12', '1984-01-01 00:00:00'],
    [{ date: 'year' }, 'May 1984', '[masked]'],
    [{ bucket: 1000 }, '73915.28', '73000.00'],
    [{ bucket: 10 }, 'seven', '[masked]'],
    [(text: string) => text.length.toString(), 'four', '4'],
  ])('%o makes of %s: %s', (mask, text, result) => {
    expect(masked(mask, text)).toBe(result);
  });

  it.each([
    ['\xf0@a.b\x06secret', 5, '***@a.b'],
    ['\xe9ric@x.de', 9, '***@x.de'],
    ['\xf0abc@x.de', 9, '***@x.de'],
    ['\xc3\xa9ric@x.de', 10, '\xc3\xa9***@x.de'],
  ])('show no more of %j than a first character that is whole', (row, end, result) => {
    const bytes = Buffer.from(row, 'latin1');
    expect(maskedBytes('email', bytes, FieldType.VAR_STRING, end)?.toString('latin1')).toBe(result);
  });

  it('never give the value where they throw', () => {
    const failing = (): string => {
      throw new Error('no');
    };
    expect(masked(failing, 'secret')).toBeNull();
  });

  it('give equal tokens for equal values only, under the same key only', () => {
    const token: MaskerChoice = { token: { key: KEY, keyId: 'k1' } };
    expect(masked(token, 'alice')).toBe(masked(token, 'alice'));
    expect(masked(token, 'alice')).toMatch(/^tok_k1_[\w-]{22}$/);
    expect(masked(token, 'alice')).not.toBe(masked(token, 'Alice'));
    expect(masked(token, 'alice')).not.toBe(masked({ token: { key: 'hex:' + 'ab'.repeat(16), keyId: 'k1' } }, 'alice'));
  });

  it('keep the format', () => {
    const mask: MaskerChoice = { formatPreserving: { key: KEY } };
    const result = masked(mask, '4111-1111 AbCdE 1111');
    expect(result).toMatch(/^\d{4}-\d{4} [A-Z][a-z][A-Z][a-z][A-Z] \d{4}$/);
    expect(result).not.toContain('4111');
    expect(masked(mask, '4111-1111 AbCdE 1111')).toBe(result);
    for (const short of ['12345', 'abcd 123456', 'straße 1234567', '---']) expect(masked(mask, short)).toBe('[masked]');
  });

  it('of FF1 are those of the standard', () => {
    // NIST SP 800-38G, FF1 sample 1.
    const mask: MaskerChoice = { formatPreserving: { key: 'hex:2b7e151628aed2a6abf7158809cf4f3c' } };
    expect(masked(mask, '0123456789')).toBe('2433477484');
  });

  it.each<[MaskerChoice, string]>([
    ['nonsense' as MaskerChoice, 'there is no masker "nonsense" for s.t.c'],
    ['toString' as MaskerChoice, 'there is no masker "toString"'],
    [{}, 'exactly one member'],
    [{ bucket: 1, date: 'year' }, 'exactly one member'],
    [{ nonsense: 1 } as MaskerChoice, 'there is no masker "nonsense"'],
    [{ bucket: 0 }, 'must be a number from 0.000001'],
    [{ detect: { kinds: [] } }, 'kinds'],
    [{ date: 'day' as 'year' }, 'must be month or year'],
    [{ partial: { first: -1 } }, 'whole numbers'],
    [{ token: {} }, 'key or keyEnv is missing'],
    [{ token: { keyEnv: 'NO_SUCH_KEY_OF_A_MASK' } }, 'the environment has no NO_SUCH_KEY_OF_A_MASK'],
    [{ token: { key: 'short' } }, 'has 5 bytes; it needs 16'],
    [{ token: { key: KEY, keyId: 'a b' } }, 'keyId'],
    [{ formatPreserving: { key: 'x'.repeat(17) } }, '16, 24 or 32 bytes'],
  ])('refuse %o', (mask, message) => {
    expect(() => maskColumn('s.t.c', mask)).toThrow(message);
  });

  it('are refused without columns, or with a wrong filter', () => {
    expect(() => defineMask({})).toThrow('needs columns or tags');
    expect(() => defineMask({ columns: ['a.b'] })).toThrow('a mask needs schema.table.column');
    expect(() => defineMask({ columns: ['a.b.c'], filter: 'some' as 'any' })).toThrow(
      'must be one of lookup, any, none',
    );
  });
});

const statements = [
  `CREATE TABLE typed (id INT PRIMARY KEY, tiny TINYINT, small SMALLINT UNSIGNED, medium MEDIUMINT, whole INT, big BIGINT,
    huge BIGINT UNSIGNED, amount DECIMAL(20,4), single_ FLOAT, double_ DOUBLE, y YEAR, d DATE, dt DATETIME(3), ts TIMESTAMP NULL,
    t TIME, bits BIT(9), doc JSON, note TEXT, bytes VARBINARY(40))`,
  `INSERT INTO typed VALUES (1, -77, 65000, -8000000, 2147483646, -9007199254740993, 18446744073709551615, -1234567.8901, 1234.5,
    -98765.4321, 1984, '1984-05-17', '1984-05-17 10:11:12.345', '2001-02-03 04:05:06', '10:11:12', b'101010101', '{"a": 1}',
    'a note', 'some bytes')`,
  "INSERT INTO typed (id, d, dt) VALUES (2, '0000-00-00', '0000-00-00')",
];
const COLUMNS = 'tiny small medium whole big huge amount single_ double_ y d dt ts t bits doc note bytes'.split(' ');

describe('masked values keep their types', () => {
  let governed: Governed;
  const open = async (mask: MaskerChoice): Promise<Pool> => {
    governed = await startGoverned(inject('database'), {
      statements: ["SET sql_mode = ''", ...statements],
      masks: Object.fromEntries(COLUMNS.map((column) => [`typed.${column}`, mask])),
    });
    return governed.pool({ supportBigNumbers: true, bigNumberStrings: true, dateStrings: true });
  };
  const read = async (mask: MaskerChoice): Promise<[RowDataPacket, RowDataPacket][]> => {
    const pool = (await open(mask)).promise();
    try {
      const sql = `SELECT id, ${COLUMNS.join(', ')} FROM typed ORDER BY id`;
      const [text] = await pool.query<RowDataPacket[]>(sql);
      const [binary] = await pool.execute<RowDataPacket[]>(sql);
      expect(text.map(({ id }) => id as number)).toEqual([1, 2]);
      return text.map((row, index) => [row, binary[index] as RowDataPacket]);
    } finally {
      await governed.close();
    }
  };

  it('by buckets', async () => {
    const [[text, binary] = []] = await read({ bucket: 100 });
    for (const row of [text, binary]) {
      expect(row).toMatchObject({
        ...{ tiny: -100, small: 65000, medium: -8000000, whole: 2147483600, big: '-9007199254741000' },
        ...{ huge: '18446744073709551600', amount: '-1234600.0000', single_: 1200, double_: -98800, y: 1900 },
        ...{ d: null, dt: null, t: null, bits: null, note: '[masked]' },
      });
    }
  });

  it('by months', async () => {
    const [first = [], second = []] = await read({ date: 'month' });
    for (const row of first) {
      expect(row).toMatchObject({ d: '1984-05-01', ts: '2001-02-01 00:00:00', whole: null, note: '[masked]' });
      expect(String(row['dt'])).toMatch(/^1984-05-01 00:00:00(\.000)?$/);
    }
    for (const row of second) expect(row).toMatchObject({ d: '0000-00-00' });
  });

  it('by tokens and by format', async () => {
    const [[text, binary] = []] = await read({ token: { key: KEY } });
    expect(text).toMatchObject({
      whole: expect.any(Number) as number,
      big: expect.anything() as string,
      tiny: null,
      amount: null,
    });
    expect(binary).toEqual(text);
    expect(text?.['whole']).not.toBe(2147483646);
    const [[kept, keptBinary] = []] = await read({ formatPreserving: { key: KEY } });
    expect(keptBinary).toEqual(kept);
    expect(String(kept?.['medium'])).toMatch(/^-\d{7}$/);
    expect(String(kept?.['big'])).toMatch(/^-\d{16}$/);
    expect(kept).toMatchObject({ tiny: null, note: expect.stringMatching(/^[a-z] [a-z]{4}$/) as string });
  });

  it('by a function, and become NULL where it gives another type', async () => {
    const [[text, binary] = []] = await read((value) => (value.startsWith('1984') ? '1999-01-01' : '7'));
    for (const row of [text, binary]) {
      expect(row).toMatchObject({
        tiny: 7,
        huge: '7',
        amount: '7',
        double_: 7,
        d: '1999-01-01',
        ts: null,
        note: '7',
        t: null,
      });
    }
  });
});
