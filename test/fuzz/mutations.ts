/** Ways to change a text, each a function of the text and of random numbers. Texts are bytes as latin1 strings: one character, one byte. */
import type { Random } from './random.js';

/** Changes a text. `other` is another text, to take pieces from. */
export type Mutation = (text: string, random: Random, other: string) => string;

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

/** What has bitten lexers: quotes, comments, control characters, characters that fold, and bytes that are half of a character. */
const PIECES = [
  ...[
    '\0',
    '\x01',
    '\x1a',
    '\x7f',
    '\xa0',
    '\\',
    "'",
    '"',
    '`',
    ';',
    '--',
    '-- ',
    '--\t',
    '#',
    '\n',
    '\r',
    '\v',
    '\f',
    '/*',
    '*/',
    '/*!',
    '/*M!',
    '/*+',
    '/**/',
  ],
  ...[
    '/*!50000 ',
    '/*!99999 ',
    '/*M!100000 ',
    '/*!',
    '/*/*/',
    '/* /* */',
    '@',
    '@@',
    '$',
    '$$',
    '?',
    '.',
    ',',
    '(',
    ')',
    ':=',
    '\\N',
    "N'",
    "_gbk'",
    '{',
    '}',
    '{d',
  ],
  ...['İ', 'ı', 'ſ', 'K', '\u00a0', '\u2028', '\ufeff', 'ħ', '＇', '😀', 'é'].map(bytesOf),
  ...['\xbf', '\xbf\x27', '\x81\x5c', '\xc3', '\xe2\x80', '\xf0\x9f', '\xff', '\xc0\xa7'],
  ...[
    ' OR 1',
    ' UNION ',
    ' INTO ',
    ' FROM ',
    ' SELECT ',
    ' VALUES ',
    ' IN ',
    ' NULL ',
    ' SET ',
    ' BEGIN ',
    ' END ',
    ' AS ',
    '1e1',
    '1.',
    '.1',
    '0x',
    "x'4",
    '1e',
    '18446744073709551616',
  ],
];
const COMMENTS = [
  '/**/',
  '/* ; \' " ` */',
  '-- x\n',
  '--\n',
  '#\n',
  '# \'"`\n',
  '/*/ */',
  '/*! */',
  '/*!50000*/',
  '/*+ x */',
  '/*M! */',
  '--\r',
  '\xa0',
  '\t',
  '\v',
  '\f',
  '\r\n',
];
const TOKENS = /\s+|\w+|'(?:[^'\\]|\\.|'')*'|`[^`]*`|[^\s\w]/g;

function position(text: string, random: Random): number {
  return random.below(text.length + 1);
}

function tokensOf(text: string): string[] {
  return text.match(TOKENS) ?? [];
}

/** Changes a list of tokens at one of them. */
function atToken(change: (tokens: string[], at: number, random: Random) => void): Mutation {
  return (text, random) => {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return text;
    change(tokens, random.below(tokens.length), random);
    return tokens.join('');
  };
}

function insertAt(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

/** All of them. */
export const mutations: readonly Mutation[] = [
  (text, random) => insertAt(text, position(text, random), random.pick(PIECES)),
  (text, random) => insertAt(text, position(text, random), String.fromCharCode(random.below(256))),
  (text, random) => {
    const at = position(text, random);
    return text.slice(0, at) + random.pick(PIECES) + text.slice(at + 1);
  },
  (text, random) => {
    const at = position(text, random);
    return text.slice(0, at) + text.slice(at + 1 + random.below(8));
  },
  (text, random) => text.slice(0, position(text, random)),
  (text, random, other) => text.slice(0, position(text, random)) + other.slice(position(other, random)),
  (text, random, other) => `${text}${random.pick([';', '; ', ' ; -- ', '\0;', ';;', '/*;*/'])}${other}`,
  atToken((tokens, at) => tokens.splice(at, 1)),
  atToken((tokens, at) => tokens.splice(at, 0, tokens[at] ?? '')),
  atToken((tokens, at, random) => tokens.splice(random.below(tokens.length), 0, ...tokens.splice(at, 1))),
  atToken((tokens, at, random) => tokens.splice(at, 0, random.pick(COMMENTS))),
  atToken((tokens, at, random) => {
    const open = random.pick([
      '/*!',
      '/*!50000 ',
      '/*!99999 ',
      '/*!80000',
      '/*M!',
      '/*M!100100 ',
      '/*',
      '(',
      '/*+ ',
      '{',
    ]);
    tokens.splice(at, 0, open);
    tokens.splice(at + 2 + random.below(6), 0, open.startsWith('/*') ? ' */' : open === '(' ? ')' : '}');
  }),
  atToken((tokens, at, random) => {
    const token = tokens[at] ?? '';
    tokens[at] = random.pick([
      `\`${token}\``,
      `"${token}"`,
      `'${token}'`,
      `N'${token}'`,
      `x'${token}'`,
      `_binary'${token}'`,
      `'${token}`,
      `@${token}`,
      `@\`${token}\``,
    ]);
  }),
  atToken((tokens, at, random) => {
    const token = tokens[at] ?? '';
    tokens[at] = random.pick([
      token.toUpperCase(),
      token.toLowerCase(),
      token.replace(/i/i, bytesOf('İ')),
      token.replace(/s/i, bytesOf('ſ')),
      token.replace(/k/i, bytesOf('K')),
    ]);
  }),
  (text, random) => text.replace(/ /g, () => (random.once(4) ? random.pick(COMMENTS) : ' ')),
  (text, random) => text.replace(/\s+/g, (gap) => (random.once(5) ? '' : gap)),
];

/** Makes a text long by repeating one of its tokens: what takes more than linear time shows. */
export function amplify(text: string, random: Random, maxBytes: number): string {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return text;
  const from = random.below(tokens.length);
  const piece = tokens.slice(from, from + 1 + random.below(4)).join('');
  const times = Math.floor(random.pick([64, 1_000, 4_000, 12_000, maxBytes]) / piece.length);
  return tokens.slice(0, from).join('') + piece.repeat(Math.max(1, times)) + tokens.slice(from).join('');
}
