import type { Analysis, TableUse } from '../analysis.js';
import { isName } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf, tableUse } from './analysis-of.js';

/**
 * KILL of a thread or, on MariaDB, of a query or an account.
 * @param cursor on KILL
 * @throws DenialError `STATEMENT_UNKNOWN`; an expression could read a table
 */
export function killStatement(cursor: TokenCursor): Analysis {
  cursor.expect('KILL');
  cursor.acceptOneOf('HARD', 'SOFT');
  cursor.acceptOneOf('CONNECTION', 'QUERY');
  if (cursor.accept('USER')) readAccount(cursor);
  else {
    cursor.accept('ID');
    if (!cursor.accept('CONNECTION_ID', '(', ')')) readLiteral(cursor);
  }
  cursor.expectEnd();
  return analysisOf('administration', 'KILL');
}

/**
 * LOCK TABLES and UNLOCK TABLES.
 * @param cursor on the verb
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function lockStatement(cursor: TokenCursor, namespace: string | undefined): Analysis {
  const verb = cursor.acceptOneOf('LOCK', 'UNLOCK') ?? cursor.refuse('LOCK');
  if (cursor.acceptOneOf('TABLES', 'TABLE') === undefined) cursor.refuse('TABLES');
  const tables: TableUse[] = [];
  if (verb === 'LOCK') {
    do tables.push(readLocked(cursor, namespace));
    while (cursor.accept(','));
    if (cursor.accept('WAIT')) readLiteral(cursor);
    else cursor.accept('NOWAIT');
  }
  cursor.expectEnd();
  return analysisOf('administration', `${verb} TABLES`, { tables, ...(verb === 'LOCK' && { locks: true }) });
}

function readLocked(cursor: TokenCursor, namespace: string | undefined): TableUse {
  const name = cursor.qualifiedName();
  cursor.accept('AS');
  const isAlias = isName(cursor.peek()) && !['READ', 'WRITE', 'LOW_PRIORITY'].some((word) => cursor.sees(word));
  if (isAlias) cursor.name();
  if (cursor.accept('READ')) {
    cursor.accept('LOCAL');
    return tableUse(name, 'read', namespace);
  }
  cursor.accept('LOW_PRIORITY');
  cursor.expect('WRITE');
  cursor.accept('CONCURRENT');
  return tableUse(name, 'write', namespace);
}

function readAccount(cursor: TokenCursor): void {
  if (cursor.peek()?.kind === 'literal') cursor.take();
  else cursor.name();
  // The host stands as a variable where it is written without quotes.
  if (cursor.peek()?.kind === 'variable') cursor.take();
}

function readLiteral(cursor: TokenCursor): void {
  if (cursor.take()?.kind !== 'literal') cursor.refuse('a number');
}
