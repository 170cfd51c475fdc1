import { isLiteral, walkExpression } from './expression-walker.js';
import { childOf, childrenOf, expectOnly, nameOf } from './node-reader.js';
import type { TreeNode } from './parse.js';
import type { QueryScope } from './query-scope.js';
import type { Walk } from './walk.js';

/**
 * Walks WHERE. A column that is compared for equality with a literal, in a condition of AND, OR and NOT, is bare.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkCondition(walk: Walk, node: TreeNode | undefined, scope: QueryScope): void {
  if (node === undefined) return;
  const operator = nameOf(node['operator'])?.toUpperCase();
  if (node['type'] === 'binary_expr' && (operator === 'AND' || operator === 'OR')) {
    expectOnly(node, 'a condition', 'type', 'operator', 'left', 'right', 'parentheses');
    const arms = ['left', 'right'].map((side) => (): void => {
      walkCondition(walk, childOf(node, side), scope);
    });
    if (operator === 'AND') for (const run of arms) run();
    else walk.collector.walkAlternatives(arms);
    return;
  }
  if (isSelfComparison(node, scope)) {
    walk.collector.walkConstant(() => {
      walkExpression(walk, node, { scope, clause: 'where', bare: false });
    });
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

// `id = id` says nothing of the rows but that they have an id.
function isSelfComparison(node: TreeNode, scope: QueryScope): boolean {
  if (node['type'] !== 'binary_expr') return false;
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  if (left?.['type'] !== 'column_ref' || right?.['type'] !== 'column_ref') return false;
  if (folded(left['column']) !== folded(right['column'])) return false;
  const owners = new Set([folded(left['table']), folded(right['table'])]);
  return owners.size === 1 || (owners.has('') && scope.sources.length === 1);
}

function folded(name: unknown): string {
  return (nameOf(name) ?? '').toLowerCase();
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
