import { isOneOf, type Token } from '../canonical/token.js';
import { childOf, childrenOf, nameOf } from './node-reader.js';
import { isNode, type TreeNode } from './tree-node.js';

/** Conditions that the client wrote side by side, with the operators between them. */
interface Chain {
  readonly terms: TreeNode[];
  readonly operators: string[];
}

/**
 * A tree with its conditions grouped as the server does: AND before XOR before OR. The parser gives AND and OR the same rank, and XOR that of a
 * product, so that it reads `1 OR a AND b` as `(1 OR a) AND b`.
 * @param tokens those that the tree was made of
 */
export function inServerOrder(tree: TreeNode, tokens: readonly Token[]): TreeNode {
  return tokens.some((token) => isOneOf(token, 'OR', 'XOR')) ? orderedNode(tree) : tree;
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  return isNode(value) ? orderedNode(value) : value;
}

function orderedNode(node: TreeNode): TreeNode {
  if (!isLogical(node)) {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, ordered(value)]));
  }
  const chain: Chain = { terms: [], operators: [] };
  gather(node, chain);
  const grouped = { ...node, ...groupedChain(chain) };
  // Where XOR ends is not in the tree: the condition is kept for the names in it, as one that bounds nothing.
  return chain.terms.some(holdsXorWithin) ? { ...grouped, operator: 'XOR' } : grouped;
}

function gather(node: TreeNode, chain: Chain): void {
  for (const key of ['left', 'right']) {
    const arm = childOf(node, key);
    if (key === 'right') chain.operators.push(nameOf(node['operator']) ?? '');
    if (arm === undefined) continue;
    if (isLogical(arm) && !isClosed(arm)) gather(arm, chain);
    else chain.terms.push(orderedNode(arm));
  }
}

function groupedChain({ terms, operators }: Chain): TreeNode {
  const arms: TreeNode[] = [];
  terms.forEach((term, index) => {
    const before = arms.at(-1);
    if (before !== undefined && operators[index - 1]?.toUpperCase() === 'AND') arms.push(both('AND', arms.pop(), term));
    else arms.push(term);
  });
  return arms.reduce((left, right) => both('OR', left, right));
}

function both(operator: string, left: TreeNode | undefined, right: TreeNode): TreeNode {
  return { type: 'binary_expr', operator, left, right };
}

function isLogical(node: TreeNode): boolean {
  return node['type'] === 'binary_expr' && ['AND', 'OR'].includes(nameOf(node['operator'])?.toUpperCase() ?? '');
}

/** In parentheses of its own: nothing beside it changes what it means. */
function isClosed(node: TreeNode): boolean {
  return node['parentheses'] !== undefined && node['parentheses'] !== false && node['parentheses'] !== null;
}

/** Whether a part has a XOR in it that no parentheses hold. */
function holdsXor(node: TreeNode): boolean {
  switch (node['type']) {
    case 'binary_expr':
      if (nameOf(node['operator'])?.toUpperCase() === 'XOR') return true;
      return ['left', 'right'].some((key) => holdsXorWithin(childOf(node, key)));
    case 'unary_expr':
      return holdsXorWithin(childOf(node, 'expr'));
    case 'expr_list':
      // The bounds of BETWEEN, which stand in no parentheses.
      return childrenOf(node, 'value').some(holdsXorWithin);
    default:
      return false;
  }
}

function holdsXorWithin(node: TreeNode | undefined): boolean {
  return node !== undefined && !isClosed(node) && holdsXor(node);
}
