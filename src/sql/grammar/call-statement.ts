import type { Analysis } from '../analysis.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf } from './analysis-of.js';

/**
 * CALL of a routine with literals and user variables.
 * @param cursor on CALL
 * @throws DenialError `STATEMENT_UNKNOWN`; an argument that is an expression could read a table
 */
export function callStatement(cursor: TokenCursor): Analysis {
  cursor.expect('CALL');
  const { schema, name } = cursor.qualifiedName();
  if (cursor.accept('(') && !cursor.accept(')')) {
    do {
      readArgument(cursor);
    } while (cursor.accept(','));
    cursor.expect(')');
  }
  cursor.expectEnd();
  return analysisOf('call', 'CALL', { routines: [schema === undefined ? name : `${schema}.${name}`] });
}

function readArgument(cursor: TokenCursor): void {
  if (cursor.acceptOneOf('NULL', 'TRUE', 'FALSE') !== undefined) return;
  const token = cursor.peek();
  if (token?.kind !== 'literal' && !(token?.kind === 'variable' && !token.text.startsWith('@@'))) {
    cursor.refuse('a literal or a user variable');
  }
  cursor.take();
}
