import { isAsciiLetter, isDigit } from './characters.js';

/** What a text holds that one of the detectors may look at; bits of one number. */
export const Hint = {
  /** An at sign, plain or as in a URL. */
  AT: 1,
  /** So many digits with nothing but separators between them. */
  DIGITS_6: 2,
  DIGITS_7: 4,
  DIGITS_13: 8,
  /** A digit behind a letter. */
  LETTER_DIGIT: 16,
  /** Three dots or slashes behind digits. */
  DOTS: 32,
  /** Two colons. */
  COLONS: 64,
  /** `eyJ`, which is `{"` in base64. */
  TOKEN: 128,
  /** 16 characters of a key without a break. */
  LONG_WORD: 256,
  /** A colon or an equals sign. */
  ASSIGNMENT: 512,
  /** Three dashes. */
  DASHES: 1024,
} as const;

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const DASH = 3;
/** Stands within keys and tokens. */
const JOINER = 4;
const SEPARATOR = 5;
/** A dot or a slash: within keys, and between digits. */
const DOT = 6;
const COLON = 7;
const EQUALS = 8;
const AT = 9;

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(code));

function kindOf(code: number): number {
  if (isAsciiLetter(code)) return LETTER;
  if (isDigit(code)) return DIGIT;
  const kinds = { '-': DASH, '.': DOT, '/': DOT, ':': COLON, '=': EQUALS, '@': AT, '%': AT };
  const char = String.fromCharCode(code);
  if (' \t()'.includes(char)) return SEPARATOR;
  if ('_+~'.includes(char)) return JOINER;
  return char in kinds ? kinds[char as keyof typeof kinds] : OTHER;
}

const LONG_WORD = 16;
const UPPER_J = 0x4a;

/** Reads a text once, and tells which detectors may find something. What is not hinted at is not there. */
export function readHints(text: string): number {
  let hints = 0;
  let word = 0;
  let digits = 0;
  let mostDigits = 0;
  let dots = 0;
  let colons = 0;
  let before = OTHER;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Blanks and dashes beyond ASCII may stand between digits.
    const kind = code < 128 ? (KINDS[code] ?? OTHER) : SEPARATOR;
    switch (kind) {
      case LETTER:
        if (code === UPPER_J && text.startsWith('ey', at - 2)) hints |= Hint.TOKEN;
        digits = 0;
        word++;
        break;
      case DIGIT:
        if (before === LETTER) hints |= Hint.LETTER_DIGIT;
        if (++digits > mostDigits) mostDigits = digits;
        word++;
        break;
      case DASH:
        if (before === DASH && text.startsWith('-', at - 2)) hints |= Hint.DASHES;
        word++;
        break;
      case JOINER:
        digits = 0;
        word++;
        break;
      case DOT:
        if (before === DIGIT) dots++;
        word++;
        break;
      case SEPARATOR:
        word = 0;
        break;
      default:
        if (kind === COLON) colons++;
        if (kind === COLON || kind === EQUALS) hints |= Hint.ASSIGNMENT;
        if (kind === AT) hints |= Hint.AT;
        digits = 0;
        word = 0;
    }
    if (word === LONG_WORD) hints |= Hint.LONG_WORD;
    before = kind;
  }
  return hints | digitHints(mostDigits) | (dots >= 3 ? Hint.DOTS : 0) | (colons >= 2 ? Hint.COLONS : 0);
}

function digitHints(most: number): number {
  if (most < 6) return 0;
  if (most < 7) return Hint.DIGITS_6;
  return Hint.DIGITS_6 | Hint.DIGITS_7 | (most < 13 ? 0 : Hint.DIGITS_13);
}
