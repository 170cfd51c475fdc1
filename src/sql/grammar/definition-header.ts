import { isName } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';

/** Reads what stands between the object's name and its body; refuses what it does not know. */
type Header = (cursor: TokenCursor) => void;

/**
 * Reads a definition up to its body, as the server does: a name or a clause of it may be called like the beginning of a block.
 * @param cursor behind the object, such as PROCEDURE
 * @throws DenialError `STATEMENT_UNKNOWN` where it has no body, or is not understood
 */
export function readHeader(cursor: TokenCursor, verb: string, object: string): void {
  const header = HEADERS.get(`${verb} ${object}`) ?? cursor.refuse('no semicolon');
  if (!cursor.accept('IF', 'NOT', 'EXISTS')) cursor.accept('IF', 'EXISTS');
  cursor.qualifiedName();
  header(cursor);
}

const procedure: Header = (cursor) => {
  cursor.skipParentheses();
  readCharacteristics(cursor);
};

const storedFunction: Header = (cursor) => {
  cursor.skipParentheses();
  cursor.expect('RETURNS');
  readType(cursor);
  readCharacteristics(cursor);
};

const trigger: Header = (cursor) => {
  if (cursor.acceptOneOf('BEFORE', 'AFTER') === undefined) cursor.refuse('BEFORE or AFTER');
  if (cursor.acceptOneOf('INSERT', 'UPDATE', 'DELETE') === undefined) cursor.refuse('INSERT, UPDATE or DELETE');
  cursor.expect('ON');
  cursor.qualifiedName();
  cursor.expect('FOR', 'EACH', 'ROW');
  if (cursor.acceptOneOf('FOLLOWS', 'PRECEDES') !== undefined) cursor.qualifiedName();
};

// The first DO in no parenthesis. Were it a name in an expression of the schedule, what follows it would be no block.
const event: Header = (cursor) => {
  while (!cursor.accept('DO')) {
    if (cursor.isDone || cursor.sees(';')) cursor.refuse('DO');
    if (cursor.sees('(')) cursor.skipParentheses();
    else cursor.take();
  }
};

// ALTER PROCEDURE and ALTER FUNCTION have no body. That of a package is not read here.
const HEADERS: ReadonlyMap<string, Header> = new Map([
  ['CREATE PROCEDURE', procedure],
  ['CREATE FUNCTION', storedFunction],
  ['CREATE TRIGGER', trigger],
  ['CREATE EVENT', event],
  ['ALTER EVENT', event],
]);

const TYPES: readonly string[] = [
  ...['BIT', 'BOOL', 'BOOLEAN', 'TINYINT', 'SMALLINT', 'MEDIUMINT', 'INT', 'INTEGER', 'BIGINT', 'INT1', 'INT2', 'INT3'],
  ...['INT4', 'INT8', 'MIDDLEINT', 'DEC', 'DECIMAL', 'FIXED', 'NUMERIC', 'FLOAT', 'FLOAT4', 'FLOAT8', 'DOUBLE', 'REAL'],
  ...['DATE', 'TIME', 'DATETIME', 'TIMESTAMP', 'YEAR', 'CHAR', 'CHARACTER', 'VARCHAR', 'VARCHARACTER', 'NATIONAL'],
  ...['NCHAR', 'NVARCHAR', 'BINARY', 'VARBINARY', 'TINYBLOB', 'BLOB', 'MEDIUMBLOB', 'LONGBLOB', 'TINYTEXT', 'TEXT'],
  ...['MEDIUMTEXT', 'LONGTEXT', 'LONG', 'ENUM', 'SET', 'JSON', 'UUID', 'INET4', 'INET6', 'VECTOR', 'GEOMETRY', 'POINT'],
  ...['LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION'],
];

// No statement begins with one of these.
const OF_TYPE: readonly string[] = [
  ...['UNSIGNED', 'SIGNED', 'ZEROFILL', 'PRECISION', 'VARYING', 'VARCHAR', 'VARCHARACTER', 'VARBINARY', 'CHAR'],
  ...['CHARACTER', 'BINARY', 'ASCII', 'UNICODE', 'BYTE'],
];

function readType(cursor: TokenCursor): void {
  if (cursor.acceptOneOf(...TYPES) === undefined) cursor.refuse('a type');
  for (;;) {
    if (cursor.sees('(')) readLength(cursor);
    else if (cursor.accept('CHARACTER', 'SET') || cursor.accept('CHAR', 'SET') || cursor.accept('CHARSET'))
      readSet(cursor);
    else if (cursor.accept('COLLATE')) readSet(cursor);
    else if (cursor.acceptOneOf(...OF_TYPE) === undefined) return;
  }
}

// Behind a type without a length, a parenthesis would be a query.
function readLength(cursor: TokenCursor): void {
  for (const { kind, upper } of cursor.skipParentheses()) {
    if (kind !== 'literal' && upper !== ',') cursor.refuse('the length of a type');
  }
}

function readSet(cursor: TokenCursor): void {
  const token = cursor.take();
  if (!isName(token) && token?.kind !== 'literal') cursor.refuse('a character set');
}

const CHARACTERISTICS: readonly (readonly string[])[] = [
  ['DETERMINISTIC'],
  ['NOT', 'DETERMINISTIC'],
  ['CONTAINS', 'SQL'],
  ['NO', 'SQL'],
  ['READS', 'SQL', 'DATA'],
  ['MODIFIES', 'SQL', 'DATA'],
  ['SQL', 'SECURITY', 'DEFINER'],
  ['SQL', 'SECURITY', 'INVOKER'],
  ['LANGUAGE', 'SQL'],
];

function readCharacteristics(cursor: TokenCursor): void {
  for (;;) {
    if (cursor.sees('COMMENT') && cursor.peek(1)?.kind === 'literal') {
      cursor.take();
      cursor.take();
    } else if (!CHARACTERISTICS.some((words) => cursor.accept(...words))) return;
  }
}
