import type { Token } from '../canonical/token.js';
import { refuseTree } from './node-reader.js';

/** CASE within CASE: nobody writes so many, and the parsers read the innermost again for each that stands around it. */
const MAX_NESTED_CASES = 100;

/** @throws DenialError `STATEMENT_UNKNOWN` where more expressions of CASE stand in each other */
export function checkNestedCases(tokens: readonly Token[]): void {
  let open = 0;
  for (const { kind, upper, afterDot } of tokens) {
    if (kind !== 'word' || afterDot) continue;
    if (upper === 'CASE') open += 1;
    else if (upper === 'END' && open > 0) open -= 1;
    if (open > MAX_NESTED_CASES) refuseTree('expressions nested so deeply');
  }
}
