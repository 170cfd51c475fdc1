import { DenialError } from '../../errors.js';
import type { Analysis, TableUse } from '../analysis.js';
import { isName, isOneOf, type Token } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf, tableUse } from './analysis-of.js';
import type { InnerAnalyser } from './explain-statement.js';
import { routineBodyProblem } from './routine-body.js';

// Objects whose definition is data definition. Accounts, roles, servers, plugins and the like are refused: they are administration.
const OBJECTS: readonly string[] = [
  'TABLE',
  'VIEW',
  'INDEX',
  'DATABASE',
  'SCHEMA',
  'PROCEDURE',
  'FUNCTION',
  'TRIGGER',
  'EVENT',
  'SEQUENCE',
  'PACKAGE',
];
const MODIFIERS: readonly string[] = [
  'TEMPORARY',
  'UNIQUE',
  'FULLTEXT',
  'SPATIAL',
  'ONLINE',
  'OFFLINE',
  'IGNORE',
  'AGGREGATE',
];

/**
 * CREATE, ALTER, DROP, RENAME and TRUNCATE: what they define and the tables that they name.
 * @param cursor on the verb
 * @param inner for the query of CREATE TABLE … SELECT and CREATE VIEW
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function definitionStatement(
  cursor: TokenCursor,
  namespace: string | undefined,
  inner: InnerAnalyser,
): Analysis {
  const verb = cursor.acceptOneOf('CREATE', 'ALTER', 'DROP', 'RENAME', 'TRUNCATE') ?? cursor.refuse('a verb');
  const object = verb === 'TRUNCATE' ? readTruncated(cursor) : readObject(cursor);
  const operation = `${verb} ${object}`;
  checkEnd(cursor, object);
  if (object === 'TABLE') checkTableOptions(cursor.rest(), verb);
  switch (object) {
    case 'TABLE':
    case 'VIEW':
    case 'SEQUENCE':
      return analysisOf('ddl', operation, readTables(cursor, verb, namespace, inner));
    case 'INDEX':
      return analysisOf('ddl', operation, { tables: [readIndexed(cursor, namespace)] });
    case 'DATABASE':
    case 'SCHEMA':
      return analysisOf('ddl', `${verb} DATABASE`);
    default: {
      const problem = routineBodyProblem(cursor, verb, object);
      return analysisOf(problem === undefined ? 'ddl' : 'unknown', operation, { problem });
    }
  }
}

// Behind AS, a parenthesis without SELECT holds the expression of a generated column.
const QUERY_BEGINNINGS: readonly (readonly string[])[] = [
  ['SELECT'],
  ['(', 'SELECT'],
  ['AS', '(', 'SELECT'],
  ['WITH', 'RECURSIVE'],
  ['AS', 'WITH'],
];

const WITH_BODY: readonly string[] = ['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT', 'PACKAGE'];

// A table may be called `event`, and then the semicolon behind its definition was taken for one inside of a body.
function checkEnd(cursor: TokenCursor, object: string): void {
  const rest = cursor.rest();
  if (!WITH_BODY.includes(object) && rest.some((token) => token.upper === ';')) {
    throw new DenialError('STATEMENT_UNKNOWN', 'statements follow the definition: send them on their own');
  }
  // A loadable function is code of a library: administration, not definition.
  if (object === 'FUNCTION' && rest.some((token) => isOneOf(token, 'SONAME'))) cursor.refuse('no library');
}

/** Engines whose tables are doors to others: what is written to one is written elsewhere. */
const DOORS: readonly string[] = [
  'MERGE',
  'MRG_MYISAM',
  'FEDERATED',
  'FEDERATEDX',
  'CONNECT',
  'SPIDER',
  'S3',
  'OQGRAPH',
];

function checkTableOptions(rest: readonly Token[], verb: string): void {
  let depth = 0;
  for (const [index, token] of rest.entries()) {
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    const next = rest[index + 1];
    const value = next?.upper === '=' ? rest[index + 2] : next;
    // Options of the table stand behind its columns. Behind CREATE TABLE, UNION may also stand between two queries.
    const isDoor =
      depth === 0 &&
      ((isOneOf(token, 'ENGINE') && isDoorEngine(value)) ||
        (isOneOf(token, 'UNION') && (verb === 'ALTER' || next?.upper === '=')));
    if (isDoor) throw new DenialError('STATEMENT_UNKNOWN', 'its table may be a door to others');
    const path = rest[index + 2];
    const isPath = isOneOf(token, 'DATA', 'INDEX') && next?.upper === 'DIRECTORY' && path?.upper !== '(';
    if (isPath && path !== undefined) throw new DenialError('STATEMENT_UNKNOWN', 'its table is kept where it says');
  }
}

/** An engine in quotes is not seen here. */
function isDoorEngine(value: Token | undefined): boolean {
  if (value === undefined) return false;
  return value.kind === 'literal' || DOORS.includes(value.value.toUpperCase());
}

function readTruncated(cursor: TokenCursor): string {
  cursor.accept('TABLE');
  return 'TABLE';
}

function readObject(cursor: TokenCursor): string {
  cursor.accept('OR', 'REPLACE');
  for (let count = 0; count < 16; count += 1) {
    const object = cursor.acceptOneOf(...OBJECTS);
    if (object !== undefined) return object;
    if (cursor.acceptOneOf(...MODIFIERS) !== undefined) continue;
    if (cursor.accept('SQL', 'SECURITY') || cursor.accept('ALGORITHM', '=')) cursor.name();
    else if (cursor.accept('DEFINER', '=')) readDefiner(cursor);
    else return cursor.refuse('an object such as TABLE or VIEW');
  }
  return cursor.refuse('an object such as TABLE or VIEW');
}

function readDefiner(cursor: TokenCursor): void {
  cursor.take();
  if (cursor.accept('(')) cursor.expect(')');
  else if (cursor.peek()?.kind === 'variable') cursor.take();
}

function readTables(
  cursor: TokenCursor,
  verb: string,
  namespace: string | undefined,
  inner: InnerAnalyser,
): Partial<Analysis> {
  const write = (): TableUse => tableUse(cursor.qualifiedName(), 'write', namespace);
  if (!cursor.accept('IF', 'NOT', 'EXISTS')) cursor.accept('IF', 'EXISTS');
  const tables = [write()];
  if (verb === 'RENAME' || verb === 'DROP') {
    while (cursor.accept(',') || cursor.accept('TO')) tables.push(write());
    cursor.acceptOneOf('RESTRICT', 'CASCADE');
    cursor.expectEnd();
    return { tables };
  }
  while (!cursor.isDone) {
    if (QUERY_BEGINNINGS.some((words) => cursor.sees(...words))) {
      cursor.accept('AS');
      return withQuery(tables, inner(cursor));
    }
    readFurtherTable(cursor, tables, namespace);
  }
  return { tables };
}

// Other tables that CREATE TABLE and ALTER TABLE may name, each behind a word of its own.
function readFurtherTable(cursor: TokenCursor, tables: TableUse[], namespace: string | undefined): void {
  const named = (access: 'read' | 'write'): void => {
    tables.push(tableUse(cursor.qualifiedName(), access, namespace));
  };
  if (cursor.accept('WITH', 'TABLE')) named('write');
  else if (cursor.acceptOneOf('REFERENCES', 'LIKE', 'TABLE') !== undefined) {
    if (isName(cursor.peek())) named('read');
  } else if (cursor.accept('RENAME')) {
    const isTable = cursor.accept('TO') || cursor.accept('AS') || !isOneOf(cursor.peek(), 'COLUMN', 'INDEX', 'KEY');
    if (isTable) named('write');
  } else cursor.take();
}

function withQuery(tables: readonly TableUse[], query: Analysis): Partial<Analysis> {
  return {
    tables: [...tables, ...query.tables.map((table) => ({ ...table, outermost: false }))],
    columns: query.columns.map((column) => ({ ...column, nested: true })),
    functions: query.functions,
    compound: true,
    file: query.file,
  };
}

function readIndexed(cursor: TokenCursor, namespace: string | undefined): TableUse {
  while (!cursor.isDone) {
    if (cursor.accept('ON')) return tableUse(cursor.qualifiedName(), 'write', namespace);
    cursor.take();
  }
  return cursor.refuse('ON');
}
