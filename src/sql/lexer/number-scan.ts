import { identifierByte, isDigit, isHexDigit } from './byte-class.js';

const UPPER_B = 0x42;
const DOT = 0x2e;
const LOWER_E = 0x65;
const PLUS = 0x2b;
const MINUS = 0x2d;
const LOWER_X = 0x78;
const LOWER_B = 0x62;
const ZERO = 0x30;
const QUOTE = 0x27;

/** Result of {@link scanNumber}: what begins with a digit is an identifier. */
export const NOT_A_NUMBER = -1;
/** Result of the scans: the server gives up here. */
export const MALFORMED = -2;

/**
 * Where the number that begins at `start` ends, by the server's MY_LEX_NUMBER_IDENT: `1e1FROM` is a number and a word, `1ex` a
 * word, `0x1g` a word, `1.FROM` a number and a word.
 * @returns the end, {@link NOT_A_NUMBER} or {@link MALFORMED}
 */
export function scanNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] === ZERO && at + 2 < end) {
    const based = scanBased(bytes, at, end);
    if (based !== 0) return based;
  }
  while (at < end && isDigit(bytes[at])) at += 1;
  if (at >= end) return at;
  const next = bytes[at] ?? 0;
  if (identifierByte[next] === 0) return next === DOT ? scanFraction(bytes, at + 1, end) : at;
  if ((next | 0x20) !== LOWER_E) return NOT_A_NUMBER;
  at += 1;
  if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at += 1;
  return at < end && isDigit(bytes[at]) ? scanDigits(bytes, at, end) : NOT_A_NUMBER;
}

/** `0x1f` and `0b01`; 0 where it is neither. Only lower case x and b count. */
function scanBased(bytes: Uint8Array, start: number, end: number): number {
  const base = bytes[start + 1];
  if (base !== LOWER_X && base !== LOWER_B) return 0;
  let at = start + 2;
  if (base === LOWER_X) while (at < end && isHexDigit(bytes[at])) at += 1;
  else while (at < end && (bytes[at] === ZERO || bytes[at] === ZERO + 1)) at += 1;
  const isWord = at === start + 2 || (at < end && identifierByte[bytes[at] ?? 0] === 1);
  return isWord ? NOT_A_NUMBER : at;
}

/**
 * Where a number ends whose decimal point was read (MY_LEX_REAL).
 * @returns the end, or {@link MALFORMED} where an exponent has no digit
 */
export function scanFraction(bytes: Uint8Array, start: number, end: number): number {
  let at = scanDigits(bytes, start, end);
  if (at >= end || ((bytes[at] ?? 0) | 0x20) !== LOWER_E) return at;
  at += 1;
  if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at += 1;
  return at < end && isDigit(bytes[at]) ? scanDigits(bytes, at, end) : MALFORMED;
}

function scanDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at])) at += 1;
  return at;
}

/**
 * Where `X'..'` or `B'..'` ends.
 * @param start position of the letter
 * @returns the end, or {@link MALFORMED}
 */
export function scanQuotedBits(bytes: Uint8Array, start: number, end: number): number {
  const isBit = ((bytes[start] ?? 0) & 0xdf) === UPPER_B;
  let at = start + 2;
  while (at < end && (isBit ? bytes[at] === ZERO || bytes[at] === ZERO + 1 : isHexDigit(bytes[at]))) at += 1;
  if (at >= end || bytes[at] !== QUOTE) return MALFORMED;
  return !isBit && (at - start) % 2 === 1 ? MALFORMED : at + 1;
}
