import type { Analysis } from '../analysis.js';
import type { TokenCursor } from '../canonical/token-cursor.js';
import { analysisOf } from './analysis-of.js';

/**
 * USE: changes the default schema, which `sets` tells as `namespace`.
 * @param cursor on USE
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function useStatement(cursor: TokenCursor): Analysis {
  cursor.expect('USE');
  const value = cursor.name();
  cursor.expectEnd();
  return analysisOf('use', 'USE', { sets: [{ variable: 'namespace', value }] });
}
