import { isOneOf, type Token } from '../canonical/token.js';

const REREAD = ['CASE', 'CAST', 'CONVERT', 'INTERVAL', 'NOT', 'TRIM'];

/**
 * How deep forms stand in each other that the first parser reads in several ways before it gives up: CAST, NOT and a few other words with a
 * parenthesis, and a query in more than one pair of parentheses. Where it fails inside, each level takes up to five times as long, and as
 * much memory as that: eight levels of `CAST(` end the process.
 */
export function reparseDepth(tokens: readonly Token[]): number {
  const weights: number[] = [];
  let depth = 0;
  let deepest = 0;
  for (const [index, token] of tokens.entries()) {
    if (isOneOf(token, '(')) {
      const weight = Number(isOneOf(tokens[index - 1], ...REREAD)) + Number(isAroundQuery(tokens, index));
      weights.push(weight);
      depth += weight;
      deepest = Math.max(deepest, depth);
    } else if (isOneOf(token, ')')) depth -= weights.pop() ?? 0;
  }
  return deepest;
}

/** Whether a parenthesis has another one inside, and in it a query. */
function isAroundQuery(tokens: readonly Token[], index: number): boolean {
  let at = index + 1;
  while (isOneOf(tokens[at], '(')) at += 1;
  return at > index + 1 && isOneOf(tokens[at], 'SELECT', 'WITH');
}
