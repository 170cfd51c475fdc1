import type { Analysis, SessionChange } from '../analysis.js';
import type { TokenCursor } from '../canonical/token-cursor.js';

/**
 * What `CONCAT(@@sql_mode, ',A')` adds to the mode, as drivers write it; undefined where that is not next.
 * @throws DenialError `STATEMENT_UNKNOWN` where something else is added
 */
export function readAddedMode(cursor: TokenCursor): string | undefined {
  if (!cursor.accept('CONCAT', '(')) return undefined;
  const mode = cursor.take();
  const isScoped = mode?.text.toLowerCase() === '@@session' && cursor.accept('.');
  const name = isScoped ? cursor.name() : mode?.text.replace('@@', '');
  if (name?.toLowerCase() !== 'sql_mode' || (!isScoped && mode?.kind !== 'variable')) cursor.refuse('@@sql_mode');
  cursor.expect(',');
  const added = cursor.take();
  // Without a comma it would change the last mode that is there: ANSI and '_QUOTES' make another one.
  if (added?.kind !== 'string' || !added.value.startsWith(','))
    return cursor.refuse('a literal that begins with a comma');
  cursor.expect(')');
  return added.value;
}

/** Writes the mode out that a session has once a mode was added to the one it has now. */
export function withWholeMode(analysis: Analysis, sqlMode: string): Analysis {
  const { sets = [] } = analysis;
  if (!sets.some(({ added }) => added !== undefined)) return analysis;
  // Two changes in one statement build on each other.
  const isOnly = sets.filter(({ variable }) => variable === 'sql_mode').length === 1;
  const whole = ({ added, ...change }: SessionChange): SessionChange =>
    added !== undefined && isOnly ? { ...change, value: joined(sqlMode, added) } : change;
  return { ...analysis, sets: sets.map(whole) };
}

function joined(sqlMode: string, added: string): string {
  const modes = `${sqlMode}${added}`.split(',').filter((mode) => mode !== '');
  return modes.join(',');
}
