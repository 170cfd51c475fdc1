import type { Token } from '../canonical/token.js';
import type { TokenCursor } from '../canonical/token-cursor.js';

/** What was taken off a statement before the parser sees it. */
export interface TakenOff {
  /** SELECT … INTO OUTFILE, DUMPFILE or variables. */
  file: boolean;
  naturalJoin: boolean;
  /** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE. */
  locks: boolean;
}

/**
 * Takes tokens from the cursor and adds to `kept` what the parser gets instead.
 * @returns false where it took nothing: the word means something else here
 */
export type Rewrite = (cursor: TokenCursor, kept: Token[], takenOff: TakenOff) => boolean;

/** Moves one token as it is. */
export function keep(cursor: TokenCursor, kept: Token[]): void {
  const token = cursor.take();
  if (token !== undefined) kept.push(token);
}
