import type { Flavour } from '../../database/types.js';

/** A column type with values of it, as SQL expressions. */
export interface TypeCase {
  readonly type: string;
  readonly values: readonly string[];
}

const INTEGERS: readonly (readonly [type: string, bits: number])[] = [
  ['TINYINT', 8],
  ['SMALLINT', 16],
  ['MEDIUMINT', 24],
  ['INT', 32],
  ['BIGINT', 64],
];

const integers: readonly TypeCase[] = INTEGERS.flatMap(([type, bits]) => {
  const half = 2n ** BigInt(bits - 1);
  return [
    { type, values: [-half, -1n, 0n, 1n, half - 1n].map(String) },
    { type: `${type} UNSIGNED`, values: [0n, 1n, half, 2n * half - 1n].map(String) },
  ];
});

const LONG_DECIMAL = `${'9'.repeat(35)}.${'9'.repeat(30)}`;

const numbers: readonly TypeCase[] = [
  ...integers,
  { type: 'INT(6) ZEROFILL', values: ['0', '42'] },
  { type: 'BOOLEAN', values: ['TRUE', 'FALSE'] },
  { type: 'FLOAT', values: ['0', '-1.5', '0.1', '3.402823e38', '-3.402823e38', '1.175494e-38'] },
  { type: 'DOUBLE', values: ['0', '0.1', '-2.5e-300', '1.7976931348623157e308', '2.2250738585072014e-308'] },
  { type: 'DECIMAL(65,30)', values: ['0', '-1', LONG_DECIMAL, `-${LONG_DECIMAL}`, `0.${'0'.repeat(29)}1`] },
  { type: 'DECIMAL(10)', values: ['0', '-9999999999', '9999999999'] },
  { type: 'YEAR', values: ['0', '1901', '2026', '2155'] },
  ...[1, 7, 8, 9, 16, 17, 33, 63, 64].map((bits) => ({
    type: `BIT(${String(bits)})`,
    values: ["b'0'", "b'1'", `b'${'1'.repeat(bits)}'`],
  })),
];

const FRACTIONS = [0, 1, 2, 3, 4, 5, 6];
const quoted = (text: string): string => `'${text}'`;

/** With as many digits behind the second as fit. */
const fraction = (text: string, digits: number): string =>
  quoted(digits === 0 ? text : `${text}.${'987654'.slice(0, digits)}`);

const times: readonly TypeCase[] = [
  { type: 'DATE', values: ['0000-00-00', '1000-01-01', '1970-01-01', '2024-02-29', '9999-12-31'].map(quoted) },
  ...FRACTIONS.flatMap((digits) => [
    {
      type: `DATETIME(${String(digits)})`,
      values: [
        ...['0000-00-00 00:00:00', '1000-01-01 00:00:00', '2024-02-29 23:59:59'].map(quoted),
        ...['1969-12-31 23:59:59', '9999-12-31 23:59:59'].map((text) => fraction(text, digits)),
      ],
    },
    {
      type: `TIMESTAMP(${String(digits)}) NULL`,
      values: [
        ...['0000-00-00 00:00:00', '2024-02-29 00:00:00', '2026-11-21 12:30:05'].map(quoted),
        ...['1971-01-01 00:00:01', '2037-12-31 03:14:07'].map((text) => fraction(text, digits)),
      ],
    },
    {
      type: `TIME(${String(digits)})`,
      values: [
        ...['00:00:00', '-00:00:01', '23:59:59', '24:00:00', '-100:20:30', '838:59:59', '-838:59:59'].map(quoted),
        ...['00:00:00', '-00:00:00', '100:20:30', '-837:00:00'].map((text) => fraction(text, digits)),
      ],
    },
  ]),
];

const FOUR_BYTES = '\u{1f600}\u{10fff0}';
/** Lengths at which the length in front of a value grows. */
const LENGTHS = [1, 250, 251, 252, 255];
const LONG_LENGTHS = [...LENGTHS, 256, 65_534, 65_535];
const repeated = (lengths: readonly number[]): readonly string[] =>
  lengths.map((length) => `REPEAT('x', ${String(length)})`);
const TEXTS = ["''", "'0'", "' a '", `'${FOUR_BYTES}'`, "'d\u00e9j\u00e0 \u6f22'", "'\\0\\n\\\\'", "'NULL'"];

const texts: readonly TypeCase[] = [
  { type: 'CHAR(255)', values: [...TEXTS, ...repeated(LENGTHS)] },
  { type: 'VARCHAR(300)', values: [...TEXTS, ...repeated([...LENGTHS, 300]), `REPEAT('${FOUR_BYTES}', 120)`] },
  { type: 'VARCHAR(40) CHARACTER SET latin1', values: ["''", "'d\u00e9j\u00e0'"] },
  { type: 'VARCHAR(40) CHARACTER SET utf16', values: TEXTS },
  { type: 'VARCHAR(40) CHARACTER SET ucs2', values: ["''", "'\u6f22'"] },
  { type: 'VARCHAR(40) COLLATE utf8mb4_bin', values: TEXTS },
  { type: 'TINYTEXT', values: [...TEXTS, ...repeated(LENGTHS)] },
  { type: 'TEXT', values: [...TEXTS, ...repeated(LONG_LENGTHS)] },
  { type: 'MEDIUMTEXT', values: [...TEXTS, ...repeated([...LONG_LENGTHS, 65_536, 100_000])] },
  { type: 'LONGTEXT', values: [...TEXTS, `REPEAT('${FOUR_BYTES}', 10000)`] },
  {
    type: "ENUM('a', '', 'd\u00e9j\u00e0', 'a,b')",
    values: ["'a'", "''", "'d\u00e9j\u00e0'", "'a,b'", "'none of it'"],
  },
  { type: "SET('a', 'b', '\u6f22')", values: ["''", "'a'", "'a,b,\u6f22'"] },
  {
    type: 'JSON',
    values: [
      ...["'{}'", "'[]'", "'null'", "'1'", '\'"x"\'', `'{"a": [1, null, 1.5e10, "${FOUR_BYTES}"]}'`],
      "CONCAT('[\"', REPEAT('x', 70000), '\"]')",
    ],
  },
];

const BYTES = ["''", "x'00'", "x'fb'", "x'00ff80fe0d0a1a'", "x'fbfcfdfeff'"];

const bytes: readonly TypeCase[] = [
  { type: 'BINARY(9)', values: BYTES },
  { type: 'VARBINARY(300)', values: [...BYTES, ...repeated([...LENGTHS, 300])] },
  { type: 'TINYBLOB', values: [...BYTES, ...repeated(LENGTHS)] },
  { type: 'BLOB', values: [...BYTES, ...repeated(LONG_LENGTHS)] },
  { type: 'MEDIUMBLOB', values: [...BYTES, ...repeated([65_535, 65_536, 1_048_576])] },
  { type: 'LONGBLOB', values: [...BYTES, ...repeated([1_048_576])] },
];

const POINT = "ST_GeomFromText('POINT(1.5 -2)')";
const LINE = "ST_GeomFromText('LINESTRING(0 0, 1 1, 2 4)')";

const shapes: readonly TypeCase[] = [
  { type: 'POINT', values: [POINT, "ST_GeomFromText('POINT(0 0)')"] },
  { type: 'LINESTRING', values: [LINE] },
  { type: 'POLYGON', values: ["ST_GeomFromText('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 1))')"] },
  {
    type: 'GEOMETRY',
    values: [POINT, LINE, "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 1 1))')"],
  },
  { type: 'MULTIPOINT', values: ["ST_GeomFromText('MULTIPOINT(0 0, 20 20, 60 60)')"] },
];

const OF_ONE: Record<Flavour, readonly TypeCase[]> = {
  mariadb: [
    { type: 'INET6', values: ["'::'", "'2001:db8::ff00:42:8329'", "'::ffff:192.0.2.1'"] },
    { type: 'INET4', values: ["'0.0.0.0'", "'192.0.2.1'"] },
    { type: 'UUID', values: ["'123e4567-e89b-12d3-a456-426655440000'"] },
    { type: 'VARCHAR(300) COMPRESSED', values: [...TEXTS, ...repeated([300])] },
  ],
  mysql: [{ type: 'VECTOR(3)', values: ["STRING_TO_VECTOR('[1,2.5,-3]')", "STRING_TO_VECTOR('[0,0,0]')"] }],
};

/** Every column type of a server, with ordinary and extreme values. */
export function typeCases(flavour: Flavour): readonly TypeCase[] {
  return [...numbers, ...times, ...texts, ...bytes, ...shapes, ...OF_ONE[flavour]];
}
