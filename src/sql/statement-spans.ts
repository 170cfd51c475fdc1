import type { StatementSpan } from './analysis.js';
import { BYTE_SPACE, byteClass } from './lexer/byte-class.js';

/**
 * The spans of the statements of a text, without the white space around them.
 * @param semicolons where each semicolon between two statements stands
 * @param end where the last statement ends
 */
export function statementSpans(
  bytes: Uint8Array,
  start: number,
  semicolons: readonly number[],
  end: number,
): readonly StatementSpan[] {
  let from = start;
  return [...semicolons, end].map((to) => {
    const span = trim(bytes, from, to);
    from = to + 1;
    return span;
  });
}

function trim(bytes: Uint8Array, start: number, end: number): StatementSpan {
  const isSpace = (at: number): boolean => byteClass[bytes[at] ?? 0] === BYTE_SPACE;
  let from = start;
  let to = end;
  while (from < to && isSpace(from)) from += 1;
  while (to > from && isSpace(to - 1)) to -= 1;
  return { start: from, end: to };
}
