import { isOneOf, type Token } from '../canonical/token.js';
import { keywordOf } from './keyword.js';

/** Words that begin an expression of their own. Where the parser fails in such a one, it reads it again as a function or a name. */
const RETRIED: ReadonlySet<string> = new Set(
  (
    'ARRAY CAST CEIL CONVERT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP EXISTS EXTRACT FLOOR INTERVAL LAMBDA LOCALTIME LOCALTIMESTAMP MAP ' +
    'MATCH NOT OVERLAY POSITION PRIOR SAFE_CAST STRUCT SUBSTR SUBSTRING TRIM TRY_CAST TRY_CONVERT VALUES'
  ).split(' '),
);
const ENDS_OPERAND: ReadonlySet<string> = new Set([',', 'AND', 'OR', 'WHEN', 'THEN', 'ELSE']);

/** One pair of parentheses. */
interface Level {
  /** Retries around it. */
  readonly around: number;
  /** How many of its own parent's words end with it. */
  readonly opened: number;
  /** It stands where a table can. */
  readonly isTable: boolean;
  cases: number;
  words: number;
}

/**
 * How deep expressions and tables stand in each other that the parser reads anew where it fails inside: each level doubles the time that a
 * text takes which is wrong in its middle.
 */
export function retryDepth(tokens: readonly Token[]): number {
  let level: Level = { around: 0, opened: 0, isTable: false, cases: 0, words: 0 };
  const outer: Level[] = [];
  let deepest = 0;
  let opening = 0;
  for (const [index, token] of tokens.entries()) {
    const keyword = keywordOf(token);
    const weight = weightOf(keyword);
    if (keyword === '(') {
      const previous = tokens[index - 1];
      const isTable = isOneOf(previous, '(') ? level.isTable : isOneOf(previous, 'FROM', 'JOIN', ',');
      const queries = Number(mayBeQuery(isTable, previous, tokens[index + 1]));
      outer.push(level);
      level = { around: depthOf(level) + queries, opened: opening, isTable, cases: 0, words: 0 };
    } else if (keyword === ')') {
      const { opened } = level;
      level = outer.pop() ?? level;
      level.words = Math.max(0, level.words - opened);
    } else if (keyword === 'CASE') level.cases += 1;
    else if (keyword === 'END') level.cases = Math.max(0, level.cases - 1);
    else if (ENDS_OPERAND.has(keyword)) level.words = 0;
    level.words += weight;
    // CASE as a function's name, too.
    opening = weight;
    deepest = Math.max(deepest, depthOf(level));
  }
  return deepest;
}

/** Whether parentheses are read as a query first, with all that they hold, and then again as tables or as a list. */
function mayBeQuery(isTable: boolean, previous: Token | undefined, next: Token | undefined): boolean {
  if (isTable) return isOneOf(next, '(');
  return isOneOf(previous, 'IN') && isOneOf(next, '(', 'SELECT', 'WITH', 'VALUES');
}

function depthOf({ around, cases, words }: Level): number {
  return around + cases + words;
}

// It has two forms of its own, and so is read three times.
function weightOf(keyword: string): number {
  if (keyword === 'POSITION') return 2;
  return RETRIED.has(keyword) ? 1 : 0;
}
