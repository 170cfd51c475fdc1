import { lowerCase, type Token } from './token.js';

// Words in front of a parenthesis that is no argument list.
const SPACED: ReadonlySet<string> = new Set(
  (
    'ALL AND ANY AS BETWEEN BY CROSS DISTINCT DIV ELSE EXCEPT EXISTS FROM HAVING IN INNER INTERSECT INTO IS JOIN LATERAL LEFT LIKE ' +
    'MOD NOT ON OR OUTER OVER REGEXP RIGHT RLIKE SELECT SET SOME TABLE THEN UNION USING VALUES VALUE WHEN WHERE WITH XOR AGAINST'
  ).split(' '),
);

/**
 * Writes tokens as people write SQL: blanks between words and operators, none inside of names and calls.
 * @param textOf what to write for each token
 */
export function layOut(tokens: readonly Token[], textOf: (token: Token) => string): string {
  let text = '';
  let previous: Token | undefined;
  for (const token of tokens) {
    if (previous !== undefined && needsBlank(previous, token)) text += ' ';
    text += textOf(token);
    previous = token;
  }
  return text;
}

function needsBlank(previous: Token, token: Token): boolean {
  if (previous.upper === '(' || previous.upper === '.' || previous.upper === '@') return false;
  switch (token.upper) {
    case ',':
    case ')':
    case '.':
    case ';':
      return false;
    case '(':
      return (
        previous.kind === 'symbol' || (previous.kind === 'word' && !previous.afterDot && SPACED.has(previous.upper))
      );
    default:
      return true;
  }
}

/** Most characters of a fingerprint: what is longer is cut. */
export const MAX_FINGERPRINT = 16_384;

/**
 * The fingerprint of a statement, for people and records: literals as `?`, unquoted words in lower case.
 * @see https://dev.mysql.com/doc/refman/8.4/en/performance-schema-statement-digests.html for the idea
 */
export function fingerprintOf(tokens: readonly Token[]): string {
  const text = layOut(tokens, (token) => {
    if (token.kind === 'string' || token.kind === 'number') return '?';
    return token.kind === 'word' ? lowerCase(token.text) : token.text;
  });
  return text.length > MAX_FINGERPRINT ? `${text.slice(0, MAX_FINGERPRINT)}…` : text;
}
