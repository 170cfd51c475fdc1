/**
 * Comments that the server runs: `/*!50000 … *\/`, and on MariaDB `/*M!100100 … *\/`. Their content is read as the server reads it, or the
 * comment is refused: it is never skipped.
 */

const STAR = 0x2a;
const SLASH = 0x2f;
const SINGLE_QUOTE = 0x27;
const UPPER_M = 0x4d;

/** The highest versions whose comments surely run; -1 where none does. */
export interface VersionedComments {
  /** Of `/*!`. */
  readonly plain: number;
  /** Of `/*M!`. */
  readonly mariadb: number;
}

/** Nothing is known of the server, and so no such comment is read. */
export const NO_VERSIONED_COMMENTS: VersionedComments = { plain: -1, mariadb: -1 };

// MariaDB skips those of 50700 and above, which are meant for MySQL: sql/sql_lex.cc, `Lex_input_stream::lex_one_token`.
const LAST_SHARED_VERSION = 50_699;

/** What a server runs. `version` is as in the comments: 80036 for 8.0.36. */
export function versionedComments(flavour: 'mysql' | 'mariadb', version: number): VersionedComments {
  if (flavour === 'mysql') return { plain: version, mariadb: -1 };
  return { plain: Math.min(version, LAST_SHARED_VERSION), mariadb: version };
}

/** Where the content of a comment stands that the server runs. */
export interface CommentContent {
  readonly start: number;
  /** Position of the star that ends it. */
  readonly end: number;
}

/**
 * The content of the comment that opens at `open` (its slash), where the server surely runs it and nothing in it can end it elsewhere or go
 * on behind it: words, numbers, plain strings and few symbols.
 * @returns undefined for any other
 */
export function runContent(
  bytes: Uint8Array,
  open: number,
  end: number,
  { plain, mariadb }: VersionedComments,
): CommentContent | undefined {
  const isMariadb = bytes[open + 2] === UPPER_M;
  const digits = open + (isMariadb ? 4 : 3);
  const start = behindDigits(bytes, digits, end);
  const size = start - digits;
  const highest = isMariadb ? mariadb : plain;
  if (highest < 0 || !hasSpace(bytes, start, end)) return undefined;
  // Without a version it always runs. With one, five or six digits count.
  if (size !== 0 && (size < 5 || size > 6 || valueOf(bytes, digits, start) > highest)) return undefined;
  const stop = behindPlain(bytes, start, end);
  const closes = stop + 1 < end && bytes[stop] === STAR && bytes[stop + 1] === SLASH;
  return closes ? { start, end: stop } : undefined;
}

function isDigitByte(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function behindDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isDigitByte(bytes[at] ?? 0)) at += 1;
  return at;
}

function valueOf(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + (bytes[at] ?? 0) - 0x30;
  return value;
}

function hasSpace(bytes: Uint8Array, at: number, end: number): boolean {
  return at < end && (bytes[at] === 0x20 || bytes[at] === 0x0a);
}

const PLAIN: ReadonlySet<number> = new Set(
  Buffer.from(" \n\t,.=()+:@_'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
);

/** Behind the bytes that mean the same in a comment and outside; -1 where a string is left open. */
function behindPlain(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let quotes = 0;
  while (at < end && PLAIN.has(bytes[at] ?? 0)) {
    if (bytes[at] === SINGLE_QUOTE) quotes += 1;
    at += 1;
  }
  return quotes % 2 === 0 ? at : -1;
}
