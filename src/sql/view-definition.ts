import { isOneOf, type Token } from './canonical/token.js';

/**
 * The query of a view without the functions that MySQL's information_schema writes for GROUP BY … WITH ROLLUP, and that no statement can call:
 * `rollup_group_item(city, 0)` is `city`, `rollup_sum_switcher(sum(total))` is `sum(total)`. Whatever MySQL writes for their argument needs no
 * parentheses.
 * @param tokens canonical
 */
export function withoutRollupFunctions(tokens: readonly Token[]): readonly Token[] {
  const dropped = new Set<number>();
  const open: number[] = [];
  for (const [index, { upper }] of tokens.entries()) {
    if (upper === '(') open.push(index);
    else if (upper === ')') for (const at of aroundValue(tokens, open.pop() ?? 0, index)) dropped.add(at);
  }
  return tokens.filter((_token, index) => !dropped.has(index));
}

/**
 * Which tokens of a call stand for ROLLUP alone. Of a loadable function that has such a name none do: MySQL writes an alias behind its
 * arguments.
 * @param start where its parenthesis opens
 * @param end where it closes
 */
function aroundValue(tokens: readonly Token[], start: number, end: number): readonly number[] {
  const name = tokens[start - 1];
  if (isOneOf(name, 'ROLLUP_SUM_SWITCHER') && isOneOf(tokens[end - 1], ')')) return [start - 1, start, end];
  const hasLevel = isOneOf(tokens[end - 2], ',') && tokens[end - 1]?.kind === 'literal';
  return isOneOf(name, 'ROLLUP_GROUP_ITEM') && hasLevel ? [start - 1, start, end - 2, end - 1, end] : [];
}
