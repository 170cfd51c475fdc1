import { layOut } from '../canonical/layout.js';
import { isName, isOneOf, type Token } from '../canonical/token.js';
import { TokenCursor } from '../canonical/token-cursor.js';
import { checkNesting } from './nesting.js';
import type { TakenOff } from './rewrite.js';
import { rewrites } from './rewrites.js';

/** A statement as the parser gets it. */
export interface ParserInput {
  readonly text: string;
  /** The tokens that the text is made of: each identifier in it has to be found again in the tree. */
  readonly tokens: readonly Token[];
  readonly takenOff: Readonly<TakenOff>;
}

/**
 * Writes a query or a change of rows for the parser: modifiers, hints and locks are taken off and kept as facts, forms that the
 * parser does not know are written in ones that it does and that name the same tables and columns, and each literal becomes one
 * that is right in its place.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function parserInput(tokens: readonly Token[]): ParserInput {
  checkNesting(tokens);
  const takenOff: TakenOff = { file: false, naturalJoin: false, locks: false };
  const cursor = new TokenCursor(tokens);
  const kept: Token[] = [];
  while (!cursor.isDone) {
    const token = cursor.peek();
    const rewrite = token?.kind === 'word' && !token.afterDot ? rewrites.get(token.upper) : undefined;
    if (rewrite?.(cursor, kept, takenOff) === true) continue;
    const taken = cursor.take();
    if (taken !== undefined) kept.push(taken);
  }
  const placed = new Map<Token, string>();
  kept.forEach((token, index) => {
    // @@session.name: the parser knows the name of a system variable without quotes only.
    const isSystem = token.kind === 'word' && token.afterDot && kept[index - 2]?.text.startsWith('@@') === true;
    placed.set(token, isSystem ? token.text : placedText(token, kept[index - 1], kept[index + 1]));
  });
  return { text: layOut(kept, (token) => placed.get(token) ?? token.text), tokens: kept, takenOff };
}

/** What the parser gets for ORDER BY 2 is 2 more than this; every other literal is less. */
export const POSITIONS = 1_000;

/** What the parser gets for an alias that is a literal: which one is not in the canonical text. */
export const LITERAL_ALIAS = '?';

const BEFORE_STRING = [
  '->',
  '->>',
  'SEPARATOR',
  'ESCAPE',
  'LIKE',
  'RLIKE',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'PATH',
  'COLLATE',
  'REGEXP',
];

function placedText(token: Token, previous: Token | undefined, next: Token | undefined): string {
  if (token.kind === 'literal') {
    if (isOneOf(previous, 'AS')) return `\`${LITERAL_ALIAS}\``;
    return isOneOf(previous, ...BEFORE_STRING) ? "'?'" : '1';
  }
  if (token.kind === 'number') return String(POSITIONS + Number(token.value));
  // Null-safe equality is, to the parser, any comparison.
  if (token.text === '<=>') return '<>';
  // The server reads these as identifiers; the parser would see a number, an operator or a keyword in some of them.
  const isOdd = token.kind === 'word' && (/^\d|\$/.test(token.text) || (token.afterDot && next?.upper !== '('));
  return isOdd && isName(token) ? `\`${token.text}\`` : token.text;
}
