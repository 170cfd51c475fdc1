/**
 * What each byte can begin, outside literals, as the server's state map has it (sql/sql_lex.cc, `init_state_maps`) for the
 * client character sets utf8mb3 and utf8mb4.
 *
 * @module
 */

/** Tab, LF, VT, FF, CR and blank. 0xA0 is none of them. */
export const BYTE_SPACE = 1;
/** Letters, `_`, `$` and every byte from 0x80. */
export const BYTE_WORD = 2;
/** `0` to `9`, which may begin a number or an identifier. */
export const BYTE_DIGIT = 3;
/** `'` and `"`. */
export const BYTE_QUOTE = 4;
/** A backtick. */
export const BYTE_BACKTICK = 5;
/** `@`. */
export const BYTE_AT = 6;
/** `.`, which may begin a number. */
export const BYTE_DOT = 7;
/** `#`, which begins a comment. */
export const BYTE_HASH = 8;
/** `-`, which may begin a comment. */
export const BYTE_MINUS = 9;
/** `/`, which may begin a comment. */
export const BYTE_SLASH = 10;
/** Any other operator. */
export const BYTE_OPERATOR = 11;
/** `(`, `)`, `,`, `;` and `?`: whole tokens. */
export const BYTE_SINGLE = 12;

/** The class of each byte. */
export const byteClass: Uint8Array = classify();

/** 1 for each byte that may stand in an unquoted identifier. */
export const identifierByte: Uint8Array = byteClass.map((kind) => (kind === BYTE_WORD || kind === BYTE_DIGIT ? 1 : 0));

function classify(): Uint8Array {
  const table = new Uint8Array(256);
  const set = (characters: string, kind: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = kind;
  };
  set('\t\n\v\f\r ', BYTE_SPACE);
  set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$', BYTE_WORD);
  table.fill(BYTE_WORD, 0x80);
  set('0123456789', BYTE_DIGIT);
  set('\'"', BYTE_QUOTE);
  set('`', BYTE_BACKTICK);
  set('@', BYTE_AT);
  set('.', BYTE_DOT);
  set('#', BYTE_HASH);
  set('-', BYTE_MINUS);
  set('/', BYTE_SLASH);
  set('!%&*+:<=>^|~{}[]', BYTE_OPERATOR);
  set('(),;?', BYTE_SINGLE);
  return table;
}

/** Whether a byte is an ASCII digit. */
export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Whether a byte is a hexadecimal digit. */
export function isHexDigit(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
