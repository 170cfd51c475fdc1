import { problems } from './problem.js';

const NUL = 0x00;
const LF = 0x0a;
const STAR = 0x2a;
const SLASH = 0x2f;
const BANG = 0x21;
const PLUS = 0x2b;
const UPPER_M = 0x4d;

/** Whether the `--` before `at` begins a comment: only with white space, a control character or nothing behind it. */
export function isDashComment(bytes: Uint8Array, at: number, end: number): boolean {
  const byte = at < end ? (bytes[at] ?? 0) : 0;
  return byte <= 0x20 || byte === 0x7f;
}

/**
 * Where a comment to the end of the line ends: at LF only, never at CR.
 * @returns the end, or -1 where it holds a NUL, at which the server stops reading
 */
export function scanLineComment(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== LF) {
    if (bytes[at] === NUL) return -1;
    at += 1;
  }
  return at;
}

/** Whether the comment that opens at `start` (its slash) is one that a server may run. */
export function isVersionedComment(bytes: Uint8Array, start: number, end: number): boolean {
  const first = start + 2 < end ? bytes[start + 2] : undefined;
  // With an M it runs on MariaDB, and is plain on MySQL.
  return first === BANG || (first === UPPER_M && start + 3 < end && bytes[start + 3] === BANG);
}

/** Why the comment that opens at `start` (its slash) may not be dropped; undefined for a plain one. */
export function blockCommentProblem(bytes: Uint8Array, start: number, end: number): string | undefined {
  const first = start + 2 < end ? bytes[start + 2] : undefined;
  return first === PLUS ? hintProblem(bytes, start + 3, end) : undefined;
}

/**
 * Where a block comment ends; they do not nest.
 * @param start position of its slash
 * @returns the end, or -1 where it has none or holds a NUL
 */
export function scanBlockComment(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 2; at + 1 < end; at += 1) {
    const byte = bytes[at];
    if (byte === STAR && bytes[at + 1] === SLASH) return at + 2;
    if (byte === NUL) return -1;
  }
  return -1;
}

// A hint may set a variable (SET_VAR(sql_mode=...)); one with quotes may end elsewhere than a comment would.
function hintProblem(bytes: Uint8Array, start: number, end: number): string | undefined {
  const stop = scanBlockComment(bytes, start - 2, end);
  if (stop < 0) return problems.comment;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('latin1');
  return /set_var|['"`]/i.test(text) ? problems.hint : undefined;
}
