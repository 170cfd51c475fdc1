import type { Token } from '../canonical/token.js';

/** What a token is as a keyword or symbol, in upper case; empty where it is a name, a literal or a variable. */
export function keywordOf({ kind, afterDot, upper }: Token): string {
  return kind === 'symbol' || (kind === 'word' && !afterDot) ? upper : '';
}
