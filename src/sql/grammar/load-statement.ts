import type { Analysis } from '../analysis.js';
import { isName, isOneOf } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf, tableUse } from './analysis-of.js';

/**
 * LOAD DATA and LOAD XML, without expressions that read other tables.
 * @param cursor on LOAD
 * @throws DenialError `STATEMENT_UNKNOWN`
 * @see https://dev.mysql.com/doc/refman/8.4/en/load-data.html
 */
export function loadStatement(cursor: TokenCursor, namespace: string | undefined): Analysis {
  cursor.expect('LOAD');
  const format = cursor.acceptOneOf('DATA', 'XML') ?? cursor.refuse('DATA');
  cursor.acceptOneOf('LOW_PRIORITY', 'CONCURRENT');
  const localInfile = cursor.accept('LOCAL');
  cursor.expect('INFILE');
  if (cursor.peek()?.kind !== 'literal') cursor.refuse('the name of a file');
  cursor.take();
  cursor.acceptOneOf('REPLACE', 'IGNORE');
  cursor.expect('INTO', 'TABLE');
  const table = tableUse(cursor.qualifiedName(), 'write', namespace);
  const functions: string[] = [];
  for (const [index, token] of cursor.rest().entries()) {
    if (isOneOf(token, 'SELECT', 'WITH', 'TABLE')) cursor.refuse('no subquery');
    const next = cursor.peek(index + 1);
    // Names before a parenthesis; `LINES (`, `PARTITION (` and the like are among them and do no harm.
    if (isName(token) && next?.upper === '(') functions.push(token.value.toLowerCase());
  }
  return analysisOf('load', `LOAD ${format}`, { tables: [table], functions, file: true, localInfile });
}
