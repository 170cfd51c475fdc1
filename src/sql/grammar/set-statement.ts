import { DenialError } from '../../errors.js';
import type { Analysis, SessionChange } from '../analysis.js';
import { isName, isOneOf, lowerCase } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf } from './analysis-of.js';
import type { InnerAnalyser } from './explain-statement.js';
import { readAddedMode } from './added-mode.js';
import { statementSettings } from './statement-settings.js';
import { isSettable } from './settable-variables.js';

/**
 * SET of session variables, user variables, names and transaction characteristics. Everything wider (GLOBAL, PERSIST, PASSWORD,
 * ROLE …) and every value that is an expression is refused, but for a mode that is added to `sql_mode`. SET STATEMENT is what it is for.
 * @param cursor on SET
 * @param inner for the statement of SET STATEMENT … FOR
 * @throws DenialError `STATEMENT_UNKNOWN`
 * @see https://dev.mysql.com/doc/refman/8.4/en/set-variable.html
 */
export function setStatement(cursor: TokenCursor, inner: InnerAnalyser): Analysis {
  cursor.expect('SET');
  if (cursor.sees('STATEMENT') && !isOneOf(cursor.peek(1), '=', ':=')) return statementSettings(cursor, inner);
  const sets: SessionChange[] = [];
  do {
    sets.push(...readAssignment(cursor));
  } while (cursor.accept(','));
  cursor.expectEnd();
  return analysisOf('session', 'SET', { sets, ...(sets.some(isReadWrite) && { readWrite: true }) });
}

const READ_ONLY_VARIABLES: readonly string[] = ['transaction_read_only', 'tx_read_only'];

/** Whether it ends the mode in which transactions only read; a value that is not seen may. */
function isReadWrite({ variable, value = '' }: SessionChange): boolean {
  return READ_ONLY_VARIABLES.includes(variable) && !['1', 'on', 'true'].includes(lowerCase(value));
}

function readAssignment(cursor: TokenCursor): readonly SessionChange[] {
  const scope = cursor.acceptOneOf('SESSION', 'LOCAL');
  if (cursor.sees('TRANSACTION')) return readTransaction(cursor);
  if (scope === undefined) {
    if (cursor.accept('NAMES')) return readNames(cursor);
    if (cursor.accept('CHARACTER', 'SET') || cursor.accept('CHARSET')) {
      return [{ variable: 'character_set_client', value: readCharacterSet(cursor) }];
    }
  }
  const variable = readVariable(cursor);
  if (cursor.acceptOneOf('=', ':=') === undefined) cursor.refuse('=');
  const added = variable === 'sql_mode' ? readAddedMode(cursor) : undefined;
  return [{ variable, ...(added === undefined ? readValue(cursor) : { value: undefined, added }) }];
}

function readVariable(cursor: TokenCursor): string {
  const token = cursor.peek();
  if (token?.kind === 'variable') {
    cursor.take();
    if (!token.text.startsWith('@@')) return lowerCase(token.value);
    let name = lowerCase(token.value.slice(2));
    if ((name === 'session' || name === 'local') && cursor.accept('.')) name = lowerCase(cursor.name());
    return checked(name);
  }
  return checked(lowerCase(cursor.name()));
}

function checked(name: string): string {
  if (isSettable(name)) return name;
  const problem = `SET ${name} is not among the session settings that are known to be harmless`;
  throw new DenialError('STATEMENT_UNKNOWN', problem);
}

/** A literal's value; undefined for a variable or DEFAULT, whose value is not seen here. */
function readValue(cursor: TokenCursor): Pick<SessionChange, 'value' | 'from'> {
  const sign = cursor.acceptOneOf('-', '+');
  const token = cursor.peek();
  const isLiteral = token?.kind === 'number' || token?.kind === 'string' || token?.kind === 'literal';
  if (token === undefined || (!isLiteral && token.kind !== 'variable' && !isName(token))) {
    return cursor.refuse('a literal');
  }
  cursor.take();
  const from = token.kind === 'variable' && sign === undefined ? readSource(cursor, lowerCase(token.value)) : undefined;
  const next = cursor.peek();
  if (next !== undefined && next.upper !== ',') cursor.refuse('a literal alone');
  if (from !== undefined) return { value: undefined, from };
  if (token.kind === 'variable' || token.kind === 'literal' || token.upper === 'DEFAULT') return { value: undefined };
  return { value: sign === '-' ? `-${token.value}` : token.value };
}

/** Behind the name of a variable: the one of the session that it is; undefined for a global one. */
function readSource(cursor: TokenCursor, name: string): string | undefined {
  if (!name.startsWith('@@')) return name;
  if (!cursor.accept('.')) return name.slice(2);
  const member = lowerCase(cursor.name());
  return name === '@@session' || name === '@@local' ? member : undefined;
}

function readNames(cursor: TokenCursor): readonly SessionChange[] {
  const value = readCharacterSet(cursor);
  const names = ['character_set_client', 'character_set_connection', 'character_set_results'];
  const sets: SessionChange[] = names.map((variable) => ({ variable, value }));
  if (cursor.accept('COLLATE')) sets.push({ variable: 'collation_connection', value: readCharacterSet(cursor) });
  return sets;
}

function readCharacterSet(cursor: TokenCursor): string | undefined {
  const token = cursor.take();
  if (token !== undefined && (token.kind === 'string' || isName(token))) {
    return token.upper === 'DEFAULT' ? undefined : lowerCase(token.value);
  }
  return cursor.refuse('a character set');
}

const LEVELS: readonly (readonly string[])[] = [
  ['READ', 'UNCOMMITTED'],
  ['READ', 'COMMITTED'],
  ['REPEATABLE', 'READ'],
  ['SERIALIZABLE'],
];

function readTransaction(cursor: TokenCursor): readonly SessionChange[] {
  cursor.expect('TRANSACTION');
  const sets: SessionChange[] = [];
  do {
    if (cursor.accept('ISOLATION', 'LEVEL')) {
      const level = LEVELS.find((words) => cursor.accept(...words));
      sets.push({ variable: 'transaction_isolation', value: level?.join('-') ?? cursor.refuse('an isolation level') });
    } else {
      cursor.expect('READ');
      const access = cursor.acceptOneOf('ONLY', 'WRITE') ?? cursor.refuse('ONLY or WRITE');
      sets.push({ variable: 'transaction_read_only', value: access === 'ONLY' ? '1' : '0' });
    }
  } while (cursor.accept(',') || cursor.sees('ISOLATION') || cursor.sees('READ'));
  return sets;
}
