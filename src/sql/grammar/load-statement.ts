import type { Analysis } from '../analysis.js';
import { isName, isOneOf, type Token, word } from '../canonical/token.js';
import { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf, tableUse } from './analysis-of.js';
import type { InnerAnalyser } from './explain-statement.js';

/**
 * LOAD DATA and LOAD XML, without expressions that read other tables.
 * @param cursor on LOAD
 * @param inner for what SET gives its columns
 * @throws DenialError `STATEMENT_UNKNOWN`
 * @see https://dev.mysql.com/doc/refman/8.4/en/load-data.html
 */
export function loadStatement(cursor: TokenCursor, namespace: string | undefined, inner: InnerAnalyser): Analysis {
  cursor.expect('LOAD');
  const format = cursor.acceptOneOf('DATA', 'XML') ?? cursor.refuse('DATA');
  cursor.acceptOneOf('LOW_PRIORITY', 'CONCURRENT');
  const localInfile = cursor.accept('LOCAL');
  cursor.expect('INFILE');
  takeLiteral(cursor);
  cursor.acceptOneOf('REPLACE', 'IGNORE');
  cursor.expect('INTO', 'TABLE');
  const table = tableUse(cursor.qualifiedName(), 'write', namespace);
  while (readClause(cursor));
  const { tables, functions } = readValues(cursor, inner);
  return analysisOf('load', `LOAD ${format}`, { tables: [table, ...tables], functions, file: true, localInfile });
}

/** How the file is written, and which columns it has. */
function readClause(cursor: TokenCursor): boolean {
  if (cursor.accept('CHARACTER', 'SET') || cursor.accept('CHARSET')) {
    if (cursor.peek()?.kind === 'literal') cursor.take();
    else cursor.name();
  } else if (cursor.accept('IGNORE')) {
    takeLiteral(cursor);
    if (cursor.acceptOneOf('LINES', 'ROWS') === undefined) cursor.refuse('LINES');
  } else if (cursor.acceptOneOf('TERMINATED', 'ENCLOSED', 'ESCAPED', 'STARTING', 'IDENTIFIED') !== undefined) {
    cursor.expect('BY');
    takeLiteral(cursor);
  } else if (cursor.sees('(')) readColumns(cursor);
  else return cursor.acceptOneOf('PARTITION', 'FIELDS', 'COLUMNS', 'LINES', 'ROWS', 'OPTIONALLY') !== undefined;
  return true;
}

function readColumns(cursor: TokenCursor): void {
  for (const token of cursor.skipParentheses()) {
    const isColumn = isName(token) || token.kind === 'variable' || isOneOf(token, ',', '.');
    if (!isColumn) cursor.refuse('a list of columns');
  }
}

/** What is called by the expressions of SET, and which sequences it advances. */
function readValues(cursor: TokenCursor, inner: InnerAnalyser): Pick<Analysis, 'tables' | 'functions'> {
  const values: Token[] = [];
  if (cursor.accept('SET')) {
    do {
      cursor.qualifiedName();
      cursor.expect('=');
      const value = takeExpression(cursor);
      if (!(value.length === 1 && isOneOf(value[0], 'DEFAULT')))
        values.push(...(values.length > 0 ? [COMMA] : []), ...value);
    } while (cursor.accept(','));
  }
  cursor.expectEnd();
  if (values.length === 0) return { tables: [], functions: [] };
  const query = inner(new TokenCursor([word('SELECT'), ...values]));
  if (query.kind !== 'select' || query.compound) return cursor.refuse('no subquery');
  return { tables: query.tables.map((table) => ({ ...table, outermost: false })), functions: query.functions };
}

const COMMA: Token = { kind: 'symbol', text: ',', upper: ',', value: ',', afterDot: false };

/** The tokens up to a comma that is in no parenthesis. */
function takeExpression(cursor: TokenCursor): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (let token = cursor.peek(); token !== undefined; token = cursor.peek()) {
    if (depth === 0 && token.upper === ',') return tokens;
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    tokens.push(token);
    cursor.take();
  }
  return tokens;
}

function takeLiteral(cursor: TokenCursor): void {
  if (cursor.peek()?.kind !== 'literal') cursor.refuse('a literal');
  cursor.take();
}
