import { DenialError } from '../../errors.js';
import type { Analysis, TableUse } from '../analysis.js';
import { isName, isOneOf } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf, tableUse } from './analysis-of.js';
import type { InnerAnalyser } from './explain-statement.js';
import { routineBodyProblem } from './routine-body.js';
import { checkTableOptions } from './table-options.js';

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
  const { object, temporary } = verb === 'TRUNCATE' ? readTruncated(cursor) : readObject(cursor);
  const operation = `${verb} ${object}`;
  checkEnd(cursor, object);
  switch (object) {
    case 'TABLE':
    case 'VIEW':
    case 'SEQUENCE':
      return analysisOf('ddl', operation, {
        ...readTables(cursor, operation, namespace, inner),
        ...(temporary && { temporary }),
      });
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

/** What is defined. */
interface DefinedObject {
  readonly object: string;
  readonly temporary: boolean;
}

function readTruncated(cursor: TokenCursor): DefinedObject {
  cursor.accept('TABLE');
  return { object: 'TABLE', temporary: false };
}

function readObject(cursor: TokenCursor): DefinedObject {
  cursor.accept('OR', 'REPLACE');
  let temporary = false;
  for (let count = 0; count < 16; count += 1) {
    const object = cursor.acceptOneOf(...OBJECTS);
    if (object !== undefined) return { object, temporary: temporary && object === 'TABLE' };
    const modifier = cursor.acceptOneOf(...MODIFIERS);
    temporary ||= modifier === 'TEMPORARY';
    if (modifier !== undefined) continue;
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
  operation: string,
  namespace: string | undefined,
  inner: InnerAnalyser,
): Partial<Analysis> {
  const write = (): TableUse => tableUse(cursor.qualifiedName(), 'write', namespace);
  if (!cursor.accept('IF', 'NOT', 'EXISTS')) cursor.accept('IF', 'EXISTS');
  const tables = [write()];
  const [verb = '', object] = operation.split(' ');
  if (verb === 'RENAME' || verb === 'DROP') {
    while (cursor.accept(',') || cursor.accept('TO')) tables.push(write());
    cursor.acceptOneOf('RESTRICT', 'CASCADE');
    cursor.expectEnd();
    return { tables };
  }
  if (object !== 'VIEW') checkTableOptions(cursor.rest(), verb);
  while (!cursor.isDone) {
    if (QUERY_BEGINNINGS.some((words) => cursor.sees(...words))) {
      cursor.accept('AS');
      return withQuery(tables, inner(cursor));
    }
    readFurtherTable(cursor, tables, verb, namespace);
  }
  return { tables };
}

// Other tables that CREATE TABLE and ALTER TABLE may name, each behind a word of its own.
function readFurtherTable(cursor: TokenCursor, tables: TableUse[], verb: string, namespace: string | undefined): void {
  const named = (access: 'read' | 'write'): void => {
    tables.push(tableUse(cursor.qualifiedName(), access, namespace));
  };
  // A list of rows may call what it likes. Behind VALUES of a partition stands IN or LESS THAN.
  if (cursor.sees('VALUES', '(') || cursor.sees('VALUES', 'ROW')) cursor.refuse('a SELECT');
  if (cursor.accept('TABLE')) {
    // ALTER TABLE exchanges rows with it, or makes it a partition or a partition it: EXCHANGE PARTITION, CONVERT TABLE, CONVERT PARTITION.
    if (isName(cursor.peek())) named(verb === 'ALTER' ? 'write' : 'read');
  } else if (cursor.acceptOneOf('REFERENCES', 'LIKE') !== undefined) {
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
