import { isName, isOneOf, LITERAL, symbol, word } from '../canonical/token.js';
import { keep, type Rewrite } from './rewrite.js';

const INTRODUCERS: readonly string[] = (
  'armscii8 ascii big5 binary cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 cp932 dec8 eucjpms euckr gb18030 gb2312 gbk geostd8 ' +
  'greek hebrew hp8 keybcs2 koi8r koi8u latin1 latin2 latin5 latin7 macce macroman sjis swe7 tis620 ucs2 ujis utf16 utf16le utf32 ' +
  'utf8 utf8mb3 utf8mb4'
)
  .split(' ')
  .map((name) => `_${name.toUpperCase()}`);

// INSERT and REPLACE as verbs; both are functions too.
const insert: Rewrite = (cursor, kept) => {
  if (isOneOf(cursor.peek(1), '(')) return false;
  keep(cursor, kept);
  while (cursor.acceptOneOf('LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE') !== undefined);
  cursor.accept('INTO');
  kept.push(word('INTO'));
  if (isName(cursor.peek())) keep(cursor, kept);
  while (cursor.sees('.')) {
    keep(cursor, kept);
    keep(cursor, kept);
  }
  // An empty list of columns is none.
  cursor.accept('(', ')');
  return true;
};

// VALUES () gives each column its default; VALUE is VALUES.
const values: Rewrite = (cursor, kept) => {
  if (cursor.accept('VALUES', '(', ')') || cursor.accept('VALUE', '(', ')')) {
    kept.push(word('VALUES'), symbol('('), LITERAL, symbol(')'));
    return true;
  }
  if (!(isOneOf(cursor.peek(), 'VALUE') && isOneOf(cursor.peek(1), '('))) return false;
  cursor.take();
  kept.push(word('VALUES'));
  return true;
};

// VALUES (…) AS new ON DUPLICATE KEY UPDATE a = new.a: the alias names the row that is written.
const rowAlias: Rewrite = (cursor) => {
  if (!isName(cursor.peek(1)) || !isOneOf(cursor.peek(2), 'ON') || !isOneOf(cursor.peek(3), 'DUPLICATE')) return false;
  cursor.take();
  cursor.take();
  return true;
};

// _utf8mb4'..' is a literal. Another word with an underscore would be a column with an alias.
const introducer: Rewrite = (cursor) => {
  if (cursor.peek(1)?.kind !== 'literal') return false;
  cursor.take();
  return true;
};

/** Rewrites of what INSERT and REPLACE alone have, and of literals with a character set. */
export const insertRewrites: readonly (readonly [string, Rewrite])[] = [
  ['INSERT', insert],
  ['REPLACE', insert],
  ['VALUES', values],
  ['VALUE', values],
  ['AS', rowAlias],
  ...INTRODUCERS.map((name) => [name, introducer] as const),
];
