import type { Analysis } from '../analysis.js';
import { type Token, word } from '../canonical/token.js';
import { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf } from './analysis-of.js';
import type { InnerAnalyser } from './explain-statement.js';

/**
 * CALL of a routine.
 * @param cursor on CALL
 * @param inner for arguments that are expressions: they may read tables and call functions
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function callStatement(cursor: TokenCursor, inner: InnerAnalyser): Analysis {
  cursor.expect('CALL');
  const { schema, name } = cursor.qualifiedName();
  // Which part of `a.b.c` is the schema could not be told from the routine's name.
  if (`${schema ?? ''}${name}`.includes('.')) cursor.refuse('a routine without a dot in its name');
  const values = cursor.sees('(') ? cursor.skipParentheses() : [];
  cursor.expectEnd();
  const routines = [schema === undefined ? name : `${schema}.${name}`];
  if (values.every(isPlain)) return analysisOf('call', 'CALL', { routines });
  const query = inner(new TokenCursor([word('SELECT'), ...values]));
  if (query.kind !== 'select') return cursor.refuse('arguments that are understood');
  const { tables, columns, functions, compound, file } = query;
  return analysisOf('call', 'CALL', { routines, tables, columns, functions, compound, file });
}

/**
 * DO, which evaluates expressions as SELECT does, and answers nothing.
 * @param cursor on DO
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function doStatement(cursor: TokenCursor, inner: InnerAnalyser): Analysis {
  cursor.expect('DO');
  const query = inner(new TokenCursor([word('SELECT'), ...cursor.rest()]));
  return query.kind === 'select' ? { ...query, operation: 'DO' } : cursor.refuse('expressions that are understood');
}

/** Literals and user variables. */
function isPlain({ kind, text, upper }: Token): boolean {
  if (kind === 'variable') return !text.startsWith('@@');
  return kind === 'literal' || upper === ',' || upper === 'NULL' || upper === 'TRUE' || upper === 'FALSE';
}
