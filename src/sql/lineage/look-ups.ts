import { childOf, childrenOf, nameOf } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';
import { functionName, isTotal } from './telling-functions.js';

/** What people put around a column that they look a value up in: one guess a statement, as without. */
export const FOLDING_FUNCTIONS: ReadonlySet<string> = new Set([
  'lower',
  'upper',
  'lcase',
  'ucase',
  'trim',
  'ltrim',
  'rtrim',
]);
const EQUALITIES: readonly string[] = ['=', '<>', '!='];
const LISTS: readonly string[] = ['IN', 'NOT IN'];

/**
 * The column of `column = value`, `column IN (value, …)` and their contraries, where each value is one that the statement brings along.
 * Undefined for every other condition.
 */
export function lookedUp(node: TreeNode): TreeNode | undefined {
  if (node['type'] !== 'binary_expr') return undefined;
  const operator = (nameOf(node['operator']) ?? '').toUpperCase();
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  if (EQUALITIES.includes(operator)) {
    if (isOwnValue(right)) return columnIn(left);
    return isOwnValue(left) ? columnIn(right) : undefined;
  }
  const isList = LISTS.includes(operator) && right?.['type'] === 'expr_list';
  return isList && childrenOf(right, 'value').every(isOwnValue) ? columnIn(left) : undefined;
}

/** The column itself, or folded. */
function columnIn(node: TreeNode | undefined): TreeNode | undefined {
  if (node?.['type'] === 'column_ref') return node;
  if (node === undefined || !FOLDING_FUNCTIONS.has(functionName(node))) return undefined;
  const args = childOf(node, 'args') ?? {};
  const [only, ...others] = args['type'] === 'expr_list' ? childrenOf(args, 'value') : [args];
  return others.length === 0 && only?.['type'] === 'column_ref' ? only : undefined;
}

/** An expression without columns and queries. */
function isOwnValue(node: TreeNode | undefined): boolean {
  return node !== undefined && isTotal(node) && !namesColumn(node);
}

function namesColumn(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(namesColumn);
  if (!isNode(node)) return false;
  return node['type'] === 'column_ref' || isNode(node['ast']) || Object.values(node).some(namesColumn);
}
