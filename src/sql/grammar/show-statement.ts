import type { Analysis, TableUse } from '../analysis.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf, tableUse } from './analysis-of.js';
import { readCondition } from './show-condition.js';

interface ShowForm {
  readonly words: readonly string[];
  /** How the record names it, where not by its words. */
  readonly operation?: string;
  /** `table`: FROM or IN names a table, then perhaps a schema; `schema`: only a schema; `name`, `object`: one that is a table, or none, follows at once. */
  readonly target?: 'table' | 'schema' | 'name' | 'object' | 'schemaName';
  /** LIKE or WHERE may follow. */
  readonly filter?: boolean;
}

const COLUMNS = { operation: 'SHOW COLUMNS', target: 'table', filter: true } as const;
const INDEX = { operation: 'SHOW INDEX', target: 'table', filter: true } as const;

// Longer forms first. What is not here is refused: SHOW BINLOG EVENTS and its like tell more than they should.
const FORMS: readonly ShowForm[] = [
  { words: ['FULL', 'TABLES'], operation: 'SHOW TABLES', target: 'schema', filter: true },
  { words: ['TABLES'], target: 'schema', filter: true },
  { words: ['TABLE', 'STATUS'], target: 'schema', filter: true },
  { words: ['TRIGGERS'], target: 'schema', filter: true },
  { words: ['EVENTS'], target: 'schema', filter: true },
  { words: ['DATABASES'], filter: true },
  { words: ['SCHEMAS'], operation: 'SHOW DATABASES', filter: true },
  { words: ['FULL', 'COLUMNS'], ...COLUMNS },
  { words: ['FULL', 'FIELDS'], ...COLUMNS },
  { words: ['COLUMNS'], ...COLUMNS },
  { words: ['FIELDS'], ...COLUMNS },
  { words: ['INDEX'], ...INDEX },
  { words: ['INDEXES'], ...INDEX },
  { words: ['KEYS'], ...INDEX },
  { words: ['CREATE', 'TABLE'], target: 'name' },
  { words: ['CREATE', 'VIEW'], target: 'name' },
  { words: ['CREATE', 'PROCEDURE'], target: 'object' },
  { words: ['CREATE', 'FUNCTION'], target: 'object' },
  { words: ['CREATE', 'TRIGGER'], target: 'object' },
  { words: ['CREATE', 'EVENT'], target: 'object' },
  { words: ['CREATE', 'DATABASE'], target: 'schemaName' },
  { words: ['CREATE', 'SCHEMA'], operation: 'SHOW CREATE DATABASE', target: 'schemaName' },
  { words: ['SESSION', 'VARIABLES'], operation: 'SHOW VARIABLES', filter: true },
  { words: ['LOCAL', 'VARIABLES'], operation: 'SHOW VARIABLES', filter: true },
  { words: ['GLOBAL', 'VARIABLES'], operation: 'SHOW VARIABLES', filter: true },
  { words: ['VARIABLES'], filter: true },
  { words: ['SESSION', 'STATUS'], operation: 'SHOW STATUS', filter: true },
  { words: ['LOCAL', 'STATUS'], operation: 'SHOW STATUS', filter: true },
  { words: ['GLOBAL', 'STATUS'], operation: 'SHOW STATUS', filter: true },
  { words: ['STATUS'], filter: true },
  { words: ['WARNINGS'] },
  { words: ['ERRORS'] },
  { words: ['STORAGE', 'ENGINES'], operation: 'SHOW ENGINES' },
  { words: ['ENGINES'] },
  { words: ['PLUGINS'] },
  { words: ['COLLATION'], filter: true },
  { words: ['CHARACTER', 'SET'], filter: true },
  { words: ['CHARSET'], operation: 'SHOW CHARACTER SET', filter: true },
  { words: ['FUNCTION', 'STATUS'], filter: true },
  { words: ['PROCEDURE', 'STATUS'], filter: true },
  { words: ['PACKAGE', 'STATUS'], filter: true },
  { words: ['PACKAGE', 'BODY', 'STATUS'], filter: true },
  { words: ['MASTER', 'STATUS'] },
  { words: ['BINARY', 'LOG', 'STATUS'] },
  { words: ['PRIVILEGES'] },
  { words: ['GRANTS'] },
  { words: ['FULL', 'PROCESSLIST'], operation: 'SHOW PROCESSLIST' },
  { words: ['PROCESSLIST'] },
];

/**
 * SHOW, in the forms that tell about the schema and the session.
 * @param cursor on SHOW
 * @throws DenialError `STATEMENT_UNKNOWN`
 * @see https://dev.mysql.com/doc/refman/8.4/en/show.html
 */
export function showStatement(cursor: TokenCursor, namespace: string | undefined): Analysis {
  cursor.expect('SHOW');
  const form = FORMS.find(({ words }) => cursor.accept(...words));
  if (form === undefined) return cursor.refuse('a form of SHOW that is known to be harmless');
  const operation = form.operation ?? `SHOW ${form.words.join(' ')}`;
  const tables = readTarget(cursor, form, namespace);
  if (operation === 'SHOW GRANTS') readGrantee(cursor);
  if (form.filter === true) readFilter(cursor);
  if (operation === 'SHOW WARNINGS' || operation === 'SHOW ERRORS') readLimit(cursor);
  cursor.expectEnd();
  return analysisOf('show', operation, { tables });
}

function readTarget(cursor: TokenCursor, form: ShowForm, namespace: string | undefined): readonly TableUse[] {
  switch (form.target) {
    case 'name':
      return [tableUse(cursor.qualifiedName(), 'read', namespace)];
    case 'object':
      cursor.qualifiedName();
      return [];
    case 'schemaName':
      cursor.accept('IF', 'NOT', 'EXISTS');
      cursor.name();
      return [];
    case 'schema':
      if (cursor.acceptOneOf('FROM', 'IN') !== undefined) cursor.name();
      return [];
    case 'table': {
      if (cursor.acceptOneOf('FROM', 'IN') === undefined) return cursor.refuse('FROM');
      const { schema, name } = cursor.qualifiedName();
      const outer = cursor.acceptOneOf('FROM', 'IN') === undefined ? schema : cursor.name();
      return [tableUse({ schema: outer, name }, 'read', namespace)];
    }
    default:
      return [];
  }
}

// Other accounts' grants are not shown.
function readGrantee(cursor: TokenCursor): void {
  if (!cursor.accept('FOR')) return;
  cursor.expect('CURRENT_USER');
  if (cursor.accept('(')) cursor.expect(')');
}

function readLimit(cursor: TokenCursor): void {
  if (!cursor.accept('LIMIT')) return;
  readLiteral(cursor);
  if (cursor.accept(',')) readLiteral(cursor);
}

function readFilter(cursor: TokenCursor): void {
  if (cursor.accept('LIKE')) {
    readLiteral(cursor);
    return;
  }
  if (cursor.accept('WHERE')) readCondition(cursor);
}

function readLiteral(cursor: TokenCursor): void {
  if (cursor.peek()?.kind !== 'literal') cursor.refuse('a literal');
  cursor.take();
}
