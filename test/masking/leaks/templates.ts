import type { Type } from './secret-values.js';

/** An expression with holes: `{t}` for a text, `{n}` for a number, `{d}` for a date, `{a}` for any of them. */
export interface Template {
  readonly text: string;
  /** It can fail or act in the light of its arguments, so that masked ones are refused. */
  readonly isTelling: boolean;
}

const total = (...texts: string[]): readonly Template[] => texts.map((text) => ({ text, isTelling: false }));
const telling = (...texts: string[]): readonly Template[] => texts.map((text) => ({ text, isTelling: true }));

const TEXT: readonly Template[] = [
  ...total('UPPER({t})', 'LOWER({t})', 'REVERSE({t})', 'CONCAT({t}, {t})', "CONCAT_WS('-', {t}, {n})", 'HEX({t})'),
  ...total('SUBSTRING({t}, 2, 12)', 'SUBSTR({t} FROM 2 FOR 12)', 'LEFT({t}, 9)', 'RIGHT({t}, 9)', 'MID({t}, 3)'),
  ...total('TO_BASE64({t})', 'MD5({t})', 'SHA1({t})', 'SHA2({t}, 256)', 'QUOTE({t})', "TRIM(BOTH 'q' FROM {t})"),
  ...total("REPLACE({t}, 'q', 'p')", "INSERT({t}, 1, 0, '~')", 'CAST({a} AS CHAR)', 'CONVERT({n}, CHAR)'),
  ...total("IFNULL({t}, '-')", 'COALESCE({t}, {t})', 'NULLIF({t}, {t})', 'GREATEST({t}, {t})', 'LEAST({t}, {t})'),
  ...total("JSON_OBJECT('k', {a}, 'l', {t})", 'JSON_ARRAY({a}, {a})', 'ELT(1, {t})', "SUBSTRING_INDEX({t}, 'x', 1)"),
  ...total("DATE_FORMAT({d}, '%d.%m.%Y')", 'FORMAT({n}, 0)', 'CAST({t} AS BINARY)', 'TRIM({t})', 'HEX({n})'),
  ...telling("LPAD({t}, 30, '*')", "RPAD({t}, 30, '*')", 'REPEAT({t}, 2)', "REGEXP_REPLACE({t}, '7', '8')"),
  ...telling('CONV({n}, 10, 36)', 'BIN({n})', "JSON_UNQUOTE(JSON_EXTRACT(JSON_OBJECT('a', {t}), '$.a'))"),
  ...telling('UNHEX(HEX({t}))', 'FROM_BASE64(TO_BASE64({t}))', 'UNCOMPRESS(COMPRESS({t}))', 'JSON_QUOTE({t})'),
  ...telling("EXTRACTVALUE(CONCAT('<a>', {t}, '</a>'), '/a')", "UPDATEXML('<a/>', CONCAT('~', {t}), 'x')"),
  ...telling(
    'CONVERT({t} USING ucs2)',
    '({t} COLLATE utf8mb4_bin)',
    "MAKE_SET(1, {t}, 'x')",
    "HEX(AES_ENCRYPT({t}, 'k'))",
  ),
  ...telling('@v', '(@v := {t})', 'INET_NTOA({n})', '(BINARY {t})', 'WEIGHT_STRING({t})', 'CHAR({n} USING utf8mb4)'),
];

const NUMBER: readonly Template[] = [
  ...total('LENGTH({t})', 'CHAR_LENGTH({t})', 'ASCII({t})', "LOCATE('q', {t})", "INSTR({t}, 'k')", 'ROUND({n}, 0)'),
  ...total(
    "FIELD({t}, 'Rome', {t})",
    'STRCMP({t}, {t})',
    'CAST({n} AS SIGNED)',
    'FLOOR({n})',
    'CEIL({n})',
    'SIGN({n})',
  ),
  ...total('IFNULL({n}, 0)', 'COALESCE({n}, {n})', 'GREATEST({n}, {n})', 'LEAST({n}, {n})', 'NULLIF({n}, {n})'),
  ...total('YEAR({d})', 'EXTRACT(YEAR FROM {d})', 'TO_DAYS({d})', "DATEDIFF({d}, '2000-01-01')", '({a} IS NULL)'),
  ...total(
    '({t} = {t})',
    "({t} LIKE 'z%')",
    '({n} > {n})',
    '({n} BETWEEN {n} AND {n})',
    '({t} IN ({t}, {t}))',
    'ORD({t})',
  ),
  ...telling('({n} + {n})', '({n} - 1)', '({n} * 1)', '(-{n})', 'ABS({n})', 'MOD({n}, 7)', '({n} DIV 2)', '({n} / 2)'),
  ...telling(
    '({n} ^ 0)',
    '({n} | 0)',
    '({n} & 255)',
    'CAST({n} AS DECIMAL(30,2))',
    'UNIX_TIMESTAMP({d})',
    'POW({n}, 2)',
  ),
  ...telling('LAST_INSERT_ID({n})', '({n} << 1)', 'BIT_COUNT({n})', "({t} REGEXP '^z')", 'EXP({n})', 'CRC32({t})'),
  ...telling(
    'INTERVAL({n}, 1, 2)',
    '(0 + {t})',
    '(~{n})',
    'JSON_LENGTH(JSON_ARRAY({a}))',
    '({n} <=> {n})',
    '(0 + {d})',
  ),
];

const DATE: readonly Template[] = [
  ...total('DATE({d})', 'LAST_DAY({d})', 'CAST({d} AS DATETIME)', 'CAST({d} AS DATE)', 'COALESCE({d}, {d})'),
  ...total('GREATEST({d}, {d})', 'LEAST({d}, {d})', "IFNULL({d}, '2020-02-02')", 'NULLIF({d}, {d})'),
  ...telling('({d} + INTERVAL 1 DAY)', 'DATE_ADD({d}, INTERVAL 1 MONTH)', 'FROM_DAYS(TO_DAYS({d}))', 'TIMESTAMP({d})'),
  ...telling('MAKEDATE(YEAR({d}), DAYOFYEAR({d}))', "STR_TO_DATE({t}, '%Y-%m-%d')", 'ADDDATE({d}, 1)'),
];

/** Functions and operators by the type that they give. */
export const TEMPLATES: Record<Type, readonly Template[]> = { text: TEXT, number: NUMBER, date: DATE };

/** Aggregates by the type that they give; `{c}` is what decides about order. ANY_VALUE is MySQL's. */
export const AGGREGATES: Record<Type, readonly string[]> = {
  text: [
    ...['MIN({t})', 'MAX({t})', 'GROUP_CONCAT({t})', "GROUP_CONCAT(DISTINCT {a}, {t} ORDER BY {c} SEPARATOR '|')"],
    ...['MAX({t})', 'JSON_ARRAYAGG({t})', 'GROUP_CONCAT({t} ORDER BY {c})', 'ANY_VALUE({t})'],
  ],
  number: [
    ...['COUNT(*)', 'MIN({n})', 'MAX({n})', 'SUM({n})', 'COUNT({a})', 'COUNT(DISTINCT {a})', 'AVG({n})'],
    ...['BIT_XOR({n})', 'STDDEV({n})', 'SUM({a} IS NULL)', 'COUNT(DISTINCT {a}, {a})'],
  ],
  date: ['MIN({d})', 'MAX({d})'],
};

/** What names a window that a query defines. */
export const NAMED_WINDOW = 'OVER w';

/** Window functions by the type that they give. */
export const WINDOWS: Record<Type, readonly string[]> = {
  text: [
    ...['FIRST_VALUE({t}) OVER (ORDER BY {c})', 'LAG({t}) OVER (ORDER BY {c})', 'MAX({t}) OVER (PARTITION BY {c})'],
    ...['LEAD({t}, 1) OVER (PARTITION BY {c} ORDER BY {c} DESC)', 'LAST_VALUE({t}) OVER (ORDER BY {c})'],
    `LAG({t}) ${NAMED_WINDOW}`,
    'NTH_VALUE({t}, 2) OVER (ORDER BY {c} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)',
  ],
  number: [
    ...['ROW_NUMBER() OVER (ORDER BY {c})', 'RANK() OVER (ORDER BY {c})', 'SUM({n}) OVER (PARTITION BY {c})'],
    ...['LAG({n}, 1, 0) OVER (ORDER BY {c})', 'COUNT(*) OVER (PARTITION BY {c})', 'NTILE(2) OVER (ORDER BY {c})'],
    ...['SUM({n}) OVER ()', 'DENSE_RANK() OVER (PARTITION BY {c} ORDER BY {c})', 'COUNT({a}) OVER ()'],
    `RANK() ${NAMED_WINDOW}`,
  ],
  date: ['FIRST_VALUE({d}) OVER (ORDER BY {c})', 'LEAD({d}) OVER (ORDER BY {c})', 'MIN({d}) OVER ()'],
};
