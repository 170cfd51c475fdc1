import type { Token } from '../canonical/token.js';
import { refuseTree } from './node-reader.js';

/** CASE within CASE, or signs before a sign: nobody writes so many, and the parsers read the innermost again for each that stands around it. */
const MAX_NESTED = 100;
const SIGNS: ReadonlySet<string> = new Set(['-', '+', '~', '!', 'NOT']);

/** @throws DenialError `STATEMENT_UNKNOWN` where more expressions of CASE, or signs, stand in each other */
export function checkNesting(tokens: readonly Token[]): void {
  let cases = 0;
  let signs = 0;
  for (const { kind, upper, afterDot } of tokens) {
    if (kind === 'word' && !afterDot) {
      if (upper === 'CASE') cases += 1;
      else if (upper === 'END' && cases > 0) cases -= 1;
    }
    signs = (kind === 'symbol' || kind === 'word') && SIGNS.has(upper) ? signs + 1 : 0;
    if (cases > MAX_NESTED || signs > MAX_NESTED) refuseTree('expressions nested so deeply');
  }
}
