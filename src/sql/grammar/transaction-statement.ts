import type { Analysis } from '../analysis.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf } from './analysis-of.js';

/**
 * START TRANSACTION, BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE SAVEPOINT.
 * @param cursor on the verb
 * @returns undefined where the statement is none of them
 * @throws DenialError `STATEMENT_UNKNOWN`
 * @see https://dev.mysql.com/doc/refman/8.4/en/commit.html
 */
export function transactionStatement(cursor: TokenCursor): Analysis | undefined {
  const begun = { readWrite: false };
  const operation = readTransaction(cursor, begun);
  if (operation === undefined) return undefined;
  cursor.expectEnd();
  return analysisOf('transaction', operation, begun.readWrite ? begun : {});
}

function readTransaction(cursor: TokenCursor, begun: { readWrite: boolean }): string | undefined {
  const verb = cursor.acceptOneOf('START', 'BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE');
  switch (verb) {
    case 'START':
      cursor.expect('TRANSACTION');
      if (!cursor.isDone) readCharacteristics(cursor, begun);
      return 'START TRANSACTION';
    case 'BEGIN':
      cursor.accept('WORK');
      return verb;
    case 'COMMIT':
      readCompletion(cursor);
      return verb;
    case 'ROLLBACK':
      if (!readSavepoint(cursor)) readCompletion(cursor);
      return verb;
    case 'SAVEPOINT':
      cursor.name();
      return verb;
    case 'RELEASE':
      cursor.expect('SAVEPOINT');
      cursor.name();
      return 'RELEASE SAVEPOINT';
    default:
      return undefined;
  }
}

function readSavepoint(cursor: TokenCursor): boolean {
  if (cursor.sees('WORK', 'TO')) cursor.take();
  if (!cursor.accept('TO')) return false;
  if (cursor.peek(1) !== undefined) cursor.accept('SAVEPOINT');
  cursor.name();
  return true;
}

function readCharacteristics(cursor: TokenCursor, begun: { readWrite: boolean }): void {
  do {
    if (cursor.accept('WITH', 'CONSISTENT', 'SNAPSHOT')) continue;
    cursor.expect('READ');
    const access = cursor.acceptOneOf('ONLY', 'WRITE') ?? cursor.refuse('ONLY or WRITE');
    if (access === 'WRITE') begun.readWrite = true;
  } while (cursor.accept(','));
}

function readCompletion(cursor: TokenCursor): void {
  cursor.accept('WORK');
  if (cursor.accept('AND')) {
    cursor.accept('NO');
    cursor.expect('CHAIN');
  }
  if (!cursor.accept('NO', 'RELEASE')) cursor.accept('RELEASE');
}
