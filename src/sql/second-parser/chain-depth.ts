import type { Token } from '../canonical/token.js';
import { keywordOf } from './keyword.js';

/** The operators that one pair of parentheses, or one item of a list in it, holds. */
interface Level {
  /** AND, OR and their like: each makes the tree deeper by one. */
  logical: number;
  /** Operators since the last of those; they stand below it. */
  others: number;
  mostOthers: number;
  /** The deepest pair of parentheses inside. */
  inside: number;
  /** The deepest item of the list so far. */
  deepest: number;
}

const LOGICAL: ReadonlySet<string> = new Set(['AND', 'OR', 'XOR', '&&', '||', 'UNION', 'EXCEPT', 'INTERSECT', 'MINUS']);
const OTHERS: ReadonlySet<string> = new Set([
  ...['IS', 'IN', 'LIKE', 'RLIKE', 'REGEXP', 'BETWEEN', 'DIV', 'MOD', 'COLLATE', 'NOT', 'CASE', 'MEMBER'],
]);
const PUNCTUATION: ReadonlySet<string> = new Set(['.', ';']);

/**
 * The most that operators can make a tree deep, from the tokens alone: `a = 1 OR b = 2 OR …` makes one level for each OR. A parser builds
 * such a chain in a loop, but goes down it by recursion when it gives the tree away.
 */
export function chainDepth(tokens: readonly Token[]): number {
  const levels: Level[] = [emptyLevel()];
  for (const token of tokens) {
    const level = levels.at(-1) ?? emptyLevel();
    const keyword = keywordOf(token);
    if (keyword === '(') levels.push(emptyLevel());
    else if (keyword === ')') closeLevel(levels);
    else if (keyword === ',') nextItem(level);
    else if (LOGICAL.has(keyword)) nextArm(level);
    else if (OTHERS.has(keyword) || (token.kind === 'symbol' && !PUNCTUATION.has(keyword))) level.others += 1;
  }
  while (levels.length > 1) closeLevel(levels);
  return depthOf(levels[0] ?? emptyLevel());
}

function emptyLevel(): Level {
  return { logical: 0, others: 0, mostOthers: 0, inside: 0, deepest: 0 };
}

function nextArm(level: Level): void {
  level.logical += 1;
  level.mostOthers = Math.max(level.mostOthers, level.others);
  level.others = 0;
}

function nextItem(level: Level): void {
  level.deepest = depthOf(level);
  level.logical = level.others = level.mostOthers = level.inside = 0;
}

function closeLevel(levels: Level[]): void {
  const closed = levels.pop();
  const around = levels.at(-1);
  if (closed === undefined) return;
  if (around === undefined) levels.push(closed);
  else around.inside = Math.max(around.inside, depthOf(closed) + 1);
}

function depthOf({ logical, others, mostOthers, inside, deepest }: Level): number {
  return Math.max(deepest, logical + Math.max(others, mostOthers) + inside);
}
