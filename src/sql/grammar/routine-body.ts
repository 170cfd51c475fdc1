import { isCountersignError } from '../../errors.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { routineParts } from '../routine/routine-statements.js';
import { readHeader } from './definition-header.js';

/**
 * A definition with semicolons has to be one body to its end: else what follows would be other statements, which nobody judges.
 * @param cursor behind the object, such as PROCEDURE
 * @returns why it is refused; undefined where all is one statement
 */
export function routineBodyProblem(cursor: TokenCursor, verb: string, object: string): string | undefined {
  if (!cursor.rest().some((token) => token.upper === ';')) return undefined;
  try {
    readHeader(cursor, verb, object);
    routineParts(cursor.rest(), []);
    return undefined;
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    return `${error.message}; a statement that follows the definition has to be sent on its own`;
  }
}
