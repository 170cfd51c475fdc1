import { STATEMENT_SEPARATOR } from './separator.js';

const BACKTICK = 0x60;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;

// What a backslash makes of the letter behind it; any other letter stands for itself (get_text in sql/sql_lex.cc).
const ESCAPES: Uint8Array = new Uint8Array(256).map((_, byte) => byte);
for (const [letter, byte] of [
  ['0', 0],
  ['b', 8],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['Z', 26],
] as const) {
  ESCAPES[letter.charCodeAt(0)] = byte;
}

/**
 * Writes a quoted identifier anew, in backticks.
 * @param start its quote, of any kind
 * @param stop behind its last quote
 * @returns the position behind what was written, at most twice as long
 */
export function writeName(bytes: Uint8Array, start: number, stop: number, out: Uint8Array, position: number): number {
  const quote = bytes[start];
  let to = position;
  out[to++] = BACKTICK;
  for (let at = start + 1; at < stop - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) at += 1; // the second of a pair
    if (byte === BACKTICK) out[to++] = BACKTICK;
    out[to++] = byte;
  }
  out[to++] = BACKTICK;
  return to;
}

/**
 * Writes a string anew: in single quotes that double, with its escapes resolved.
 * @param start its first byte: a quote, or the N before it
 * @returns the position behind what was written, or -1 where it holds the statement separator
 */
export function writeString(
  bytes: Uint8Array,
  start: number,
  stop: number,
  out: Uint8Array,
  position: number,
  noBackslash: boolean,
): number {
  const quoteAt = ((bytes[start] ?? 0) | 0x20) === 0x6e ? start + 1 : start;
  const quote = bytes[quoteAt];
  let to = position;
  out[to++] = QUOTE;
  for (let at = quoteAt + 1; at < stop - 1; at += 1) {
    let byte = bytes[at] ?? 0;
    if (byte === quote) at += 1;
    else if (byte === BACKSLASH && !noBackslash) {
      at += 1;
      byte = ESCAPES[bytes[at] ?? 0] ?? 0;
    }
    if (byte === STATEMENT_SEPARATOR) return -1;
    if (byte === QUOTE) out[to++] = QUOTE;
    out[to++] = byte;
  }
  out[to++] = QUOTE;
  return to;
}
