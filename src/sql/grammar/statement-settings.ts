import type { Analysis, StatementKind } from '../analysis.js';
import { LITERAL, type Token } from '../canonical/token.js';
import { TokenCursor } from '../canonical/token-cursor.js';
import type { InnerAnalyser } from './explain-statement.js';

// Bounds and plans of one statement. Nothing that decides how it is read, nor what it may do.
const SETTINGS: readonly string[] = [
  'GROUP_CONCAT_MAX_LEN',
  'INNODB_LOCK_WAIT_TIMEOUT',
  'LOCK_WAIT_TIMEOUT',
  'MAX_STATEMENT_TIME',
  'OPTIMIZER_SWITCH',
  'SQL_SELECT_LIMIT',
];
const KINDS: ReadonlySet<StatementKind> = new Set(['select', 'insert', 'replace', 'update', 'delete']);

/**
 * SET STATEMENT variable = value FOR statement (MariaDB), which is the statement.
 * @param cursor on STATEMENT
 * @throws DenialError `STATEMENT_UNKNOWN`
 * @see https://mariadb.com/kb/en/set-statement/
 */
export function statementSettings(cursor: TokenCursor, inner: InnerAnalyser): Analysis {
  cursor.expect('STATEMENT');
  do {
    if (cursor.acceptOneOf(...SETTINGS) === undefined) cursor.refuse('a setting of one statement');
    cursor.expect('=');
    const value = cursor.take();
    if (value?.kind !== 'number' && value?.kind !== 'string') cursor.refuse('a literal');
  } while (cursor.accept(','));
  cursor.expect('FOR');
  const analysis = inner(new TokenCursor(cursor.rest().map(withoutLiteral)));
  return analysis.kind === 'unknown' || KINDS.has(analysis.kind) ? analysis : cursor.refuse('a query');
}

// In a SET, literals are kept; a query is read without.
function withoutLiteral(token: Token): Token {
  return token.kind === 'number' || token.kind === 'string' ? LITERAL : token;
}
