import { whereBounds } from '../bounds/bounded-sources.js';
import type { QueryLevel } from '../bounds/query-level.js';
import { isLiteral, walkExpression } from './expression-walker.js';
import { childOf, childrenOf, expectOnly, nameOf } from './node-reader.js';
import type { TreeNode } from './tree-node.js';
import type { QueryScope } from './query-scope.js';
import type { Walk } from './walk.js';

/**
 * Walks the WHERE of the outermost query, and tells whether it bounds the rows.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkWhere(walk: Walk, level: QueryLevel, node: TreeNode | undefined, scope: QueryScope): void {
  walkCondition(walk, node, scope);
  if (node !== undefined) walk.collector.where = whereBounds(level) ? 'present' : 'constant';
}

/**
 * Walks WHERE. A column that is compared for equality with a literal, in a condition of AND, OR and NOT, is bare.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkCondition(walk: Walk, node: TreeNode | undefined, scope: QueryScope): void {
  if (node === undefined) return;
  const operator = nameOf(node['operator'])?.toUpperCase();
  if (node['type'] === 'binary_expr' && (operator === 'AND' || operator === 'OR')) {
    expectOnly(node, 'a condition', 'type', 'operator', 'left', 'right', 'parentheses');
    walkCondition(walk, childOf(node, 'left'), scope);
    walkCondition(walk, childOf(node, 'right'), scope);
    return;
  }
  const column = comparedColumn(node, operator);
  if (column !== undefined) walkExpression(walk, column, { scope, clause: 'where', bare: true });
  else walkExpression(walk, node, { scope, clause: 'where', bare: false });
}

function comparedColumn(node: TreeNode, operator: string | undefined): TreeNode | undefined {
  if (node['type'] !== 'binary_expr') return undefined;
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  if (operator === '=') {
    if (isColumn(left) && isPlain(right)) return left;
    return isColumn(right) && isPlain(left) ? right : undefined;
  }
  const isList = operator === 'IN' && right?.['type'] === 'expr_list';
  return isList && isColumn(left) && childrenOf(right, 'value').every(isPlain) ? left : undefined;
}

function isColumn(node: TreeNode | undefined): boolean {
  return node?.['type'] === 'column_ref';
}

function isPlain(node: TreeNode | undefined): boolean {
  return (
    node !== undefined &&
    isLiteral(node) &&
    childOf(node, 'escape') === undefined &&
    nameOf(node['suffix']) === undefined
  );
}
