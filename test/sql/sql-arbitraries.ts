import fc from 'fast-check';
import type { AnalysisScope } from '../../src/sql/analysis.js';

const PIECES = [
  ...[
    'SELECT',
    'INSERT INTO',
    'UPDATE',
    'DELETE FROM',
    'SET',
    'CREATE',
    'PROCEDURE',
    'event',
    'TABLE',
    'BEGIN',
    'END',
    'IF',
    'NOT',
  ],
  ...[
    'a',
    't.b',
    '`c d`',
    '"e"',
    '@v',
    '@@x',
    '@',
    '*',
    '1',
    '.5',
    '1e3',
    '0x1',
    "X'41'",
    "'s'",
    "N's'",
    "''",
    '?',
    'é',
    '$q',
  ],
  ...[
    'FROM',
    'WHERE',
    'IN',
    'VALUES',
    'VALUE',
    '(',
    ')',
    '((',
    '))',
    ',',
    '.',
    ';',
    ';;',
    '=',
    '-',
    '+',
    '--',
    '-- ',
    '#',
    '\n',
    '\\',
  ],
  ...[
    '/*',
    '*/',
    '/*!',
    '/*+',
    '/**/',
    "'",
    '"',
    '`',
    'NULL',
    'UNION',
    'AS',
    'ON',
    'FOR UPDATE',
    'INTO',
    'EXPLAIN',
    'USE',
    'CALL',
  ],
];

/** Text of the pieces that SQL is made of, in any order. */
export const sqlish: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom('', ' ')), { maxLength: 30 })
  .map((pieces) => pieces.flat().join(''));

/** White space and comments that are at least as good as a blank. */
export const noise: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(' ', '\t', '\n', '\r\n', '/**/', '/* ; \' " ` -- */', '-- ; \' "\n', '#`\n', '--\n', '/*/ */'),
    { maxLength: 4 },
  )
  .map((parts) => ` ${parts.join('')}`);

/** What a string may hold. */
export const literalText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom("'", '"', '\\', '`', ';', '--', '/*', '*/', '\0', '\n', '?', 'é', 'x'), { maxLength: 20 })
    .map((parts) => parts.join('')),
);

/** A string literal that holds `text`, as a driver writes it for the scope's sql_mode. */
export function escaped(text: string, scope: AnalysisScope): string {
  const isPlain = scope.sqlMode.includes('NO_BACKSLASH_ESCAPES');
  const inner = isPlain ? text.replaceAll("'", "''") : text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `'${inner}'`;
}
