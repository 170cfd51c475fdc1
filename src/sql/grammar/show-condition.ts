import { isName } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';

const COMPARISONS: readonly string[] = ['=', '<=>', '<>', '!=', '<', '<=', '>', '>='];
const PATTERNS: readonly string[] = ['LIKE', 'REGEXP', 'RLIKE'];
const JOINTS: readonly string[] = ['AND', '&&', 'OR', 'XOR'];
/** Deepest nesting of parentheses. */
const MAX_DEPTH = 32;

/**
 * Reads the condition of SHOW … WHERE: comparisons of its columns with literals. What else an expression can be may call, read or advance a
 * sequence (NEXT VALUE FOR).
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readCondition(cursor: TokenCursor, depth = 0): void {
  if (depth > MAX_DEPTH) cursor.refuse('a condition that nests less deeply');
  do {
    while (cursor.acceptOneOf('NOT', '!') !== undefined);
    if (cursor.accept('(')) {
      readCondition(cursor, depth + 1);
      cursor.expect(')');
    } else readOperand(cursor);
    readComparison(cursor);
  } while (cursor.acceptOneOf(...JOINTS) !== undefined);
}

function readComparison(cursor: TokenCursor): void {
  if (cursor.accept('IS')) {
    cursor.accept('NOT');
    if (cursor.acceptOneOf('NULL', 'TRUE', 'FALSE') === undefined) cursor.refuse('NULL');
    return;
  }
  if (cursor.acceptOneOf(...COMPARISONS) !== undefined) {
    readOperand(cursor);
    return;
  }
  cursor.accept('NOT');
  if (cursor.accept('IN')) readList(cursor);
  else if (cursor.accept('BETWEEN')) {
    readOperand(cursor);
    cursor.expect('AND');
    readOperand(cursor);
  } else if (cursor.acceptOneOf(...PATTERNS) !== undefined) {
    readOperand(cursor);
    if (cursor.accept('ESCAPE')) readOperand(cursor);
  }
}

function readList(cursor: TokenCursor): void {
  cursor.expect('(');
  do readOperand(cursor);
  while (cursor.accept(','));
  cursor.expect(')');
}

// A function that needs no parentheses, such as CURRENT_USER, is a name too, and does nothing.
function readOperand(cursor: TokenCursor): void {
  if (cursor.peek(1)?.kind === 'literal') cursor.acceptOneOf('-', '+');
  const token = cursor.take();
  if (token?.kind === 'literal') return;
  if (!isName(token) || cursor.sees('(')) cursor.refuse('a condition that only compares columns with literals');
}
