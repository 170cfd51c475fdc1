/** One token of canonical text. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'literal' | 'string' | 'number' | 'variable' | 'symbol';
  /** As in the canonical text. */
  readonly text: string;
  /** A word in upper case, any other token as it is: what keywords and symbols are compared with. */
  readonly upper: string;
  /** What an identifier names, what a string holds, the number; the text otherwise. */
  readonly value: string;
  /** It touches a dot before it: never a keyword. */
  readonly afterDot: boolean;
}

// The alternatives are exclusive by their first character, so reading is linear. @see CanonicalWriter for what can occur.
const TOKEN =
  /\x20?(?:(?<quoted>`(?:[^`]|``)*`)|(?<string>'(?:[^']|'')*')|(?<variable>@@(?:`(?:[^`]|``)*`|[\w$]+)|@(?:`(?:[^`]|``)*`|[\w$.]+))|(?<literal>\?)|#(?<number>[\w.+-]+)|(?<word>[\w$\u0080-\uffff]+)|(?<symbol><=>|->>|<=|>=|<>|<<|>>|!=|&&|\|\||:=|->|.))/sy;

/**
 * Reads the canonical text of one statement.
 * @param text as CanonicalWriter wrote it, decoded
 */
export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let afterDot = false;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    // Canonical text always matches. Were it not so, the rest must not be overlooked: as a symbol it is understood by nobody.
    const token: Token =
      groups === undefined ? other('symbol', text.slice(at), text.slice(at), false) : toToken(groups, afterDot);
    tokens.push(token);
    afterDot = token.text === '.';
    at = groups === undefined ? text.length : TOKEN.lastIndex;
  }
  return tokens;
}

function toToken(groups: Readonly<Record<string, string | undefined>>, afterDot: boolean): Token {
  const { quoted, string, variable, literal, number, word, symbol } = groups;
  if (word !== undefined) return { kind: 'word', text: word, upper: upperCase(word), value: word, afterDot };
  if (quoted !== undefined) return other('quoted', quoted, quoted.slice(1, -1).replaceAll('``', '`'), afterDot);
  if (string !== undefined) return other('string', string, string.slice(1, -1).replaceAll("''", "'"), afterDot);
  if (number !== undefined) return other('number', `#${number}`, number, afterDot);
  if (variable !== undefined) return other('variable', variable, variable.replaceAll('`', ''), afterDot);
  if (literal !== undefined) return other('literal', literal, literal, afterDot);
  return other('symbol', symbol ?? '', symbol ?? '', afterDot);
}

function other(kind: Token['kind'], text: string, value: string, afterDot: boolean): Token {
  return { kind, text, upper: text, value, afterDot };
}

/** ASCII letters in lower case: the server's keywords fold no others. */
export function lowerCase(word: string): string {
  return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upperCase(word: string): string {
  return word.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** A literal that the client did not write. */
export const LITERAL: Token = other('literal', '?', '?', false);

/** A keyword that the client did not write, in upper case. */
export function word(text: string): Token {
  return { kind: 'word', text, upper: text, value: text, afterDot: false };
}

/** A symbol that the client did not write. */
export function symbol(text: string): Token {
  return other('symbol', text, text, false);
}

/** A token that can name something. */
export interface NameToken extends Token {
  readonly kind: 'word' | 'quoted';
}

/** Whether a token can name something: a word or a quoted identifier. */
export function isName(token: Token | undefined): token is NameToken {
  return token !== undefined && (token.kind === 'word' || token.kind === 'quoted');
}

/** Whether a token is one of the keywords or symbols given, in upper case. */
export function isOneOf(token: Token | undefined, ...keywords: readonly string[]): boolean {
  return (
    token !== undefined &&
    (token.kind === 'symbol' || (token.kind === 'word' && !token.afterDot)) &&
    keywords.includes(token.upper)
  );
}
