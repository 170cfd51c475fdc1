import { childOf, childrenOf, nameOf } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';

const ARITHMETIC: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '%', 'DIV', 'MOD', '&', '|', '^', '<<', '>>', '||', '->', '->>'],
]);
/** Functions that give one of their arguments: `COALESCE(id, 1)` is true of every row. */
const CHOICES: ReadonlySet<string> = new Set([
  ...['coalesce', 'greatest', 'if', 'ifnull', 'least', 'nullif', 'nvl', 'nvl2'],
]);
/** Aggregates that the parser takes for ordinary functions. */
const AGGREGATES: ReadonlySet<string> = new Set([
  ...['json_arrayagg', 'json_objectagg', 'bit_and', 'bit_or', 'bit_xor', 'std', 'stddev', 'stddev_pop', 'stddev_samp'],
  ...['var_pop', 'var_samp', 'variance', 'st_collect', 'count', 'sum', 'avg', 'min', 'max', 'group_concat'],
]);
const PLAIN_TYPES: ReadonlySet<string> = new Set([
  ...['column_ref', 'number', 'bigint', 'single_quote_string', 'string', 'bool', 'null', 'date', 'time', 'timestamp'],
  ...['datetime', 'var', 'origin', 'aggr_func', 'star'],
]);

/**
 * A value and no condition, which would make of a comparison what it likes: `(id = 10 OR 1) = 1`. The list is closed: CASE and what else may hold
 * a condition is no value.
 */
export function isValue(node: TreeNode | undefined): node is TreeNode {
  if (node === undefined) return false;
  const query = node['ast'];
  if (isNode(query)) return outputsAreValues(query);
  switch (node['type']) {
    case 'binary_expr':
      return isArithmetic(node) && isValue(childOf(node, 'left')) && isValue(childOf(node, 'right'));
    case 'unary_expr':
      return !/^(?:NOT|!|NOT EXISTS)$/.test(operatorOf(node)) && isValue(childOf(node, 'expr'));
    case 'function':
      return callIsValue(functionName(node), argumentsOf(node));
    case 'expr_list':
      return childrenOf(node, 'value').every(isValue);
    case 'cast':
    case 'interval':
      return isValue(childOf(node, 'expr'));
    case 'extract':
      return isValue(childOf(childOf(node, 'args') ?? {}, 'source'));
    default:
      return PLAIN_TYPES.has(String(node['type']));
  }
}

function callIsValue(name: string, args: readonly TreeNode[]): boolean {
  if (name === 'not' || name === 'exists') return false;
  const [only, ...more] = args;
  // POSITION(a IN b) is written like a condition.
  const isPosition = name === 'position' && more.length === 0 && only !== undefined && operatorOf(only) === 'IN';
  return isPosition ? isValue(childOf(only, 'left')) && isValue(childOf(only, 'right')) : args.every(isValue);
}

function outputsAreValues(query: TreeNode): boolean {
  for (let arm: TreeNode | undefined = query; arm !== undefined; arm = childOf(arm, '_next')) {
    if (!childrenOf(arm, 'columns').every((column) => isValue(childOf(column, 'expr')))) return false;
  }
  return true;
}

/** Whether a node is an operation that gives a number, a string or JSON. */
export function isArithmetic(node: TreeNode): boolean {
  return ARITHMETIC.has(operatorOf(node));
}

/** Whether a function gives one of its arguments. */
export function isChoice(name: string): boolean {
  return CHOICES.has(name);
}

/** Whether a node makes one value of many rows. */
export function isAggregate(node: TreeNode): boolean {
  return node['type'] === 'aggr_func' || (node['type'] === 'function' && AGGREGATES.has(functionName(node)));
}

/** An operator, upper case. */
export function operatorOf(node: TreeNode): string {
  return nameOf(node['operator'])?.toUpperCase() ?? '';
}

/** The name of a function, lower case; empty where it has none. */
export function functionName(node: TreeNode): string {
  const name = childOf(node, 'name');
  if (name === undefined) return '';
  return childrenOf(name, 'name')
    .map((part) => nameOf(part) ?? '')
    .join('.')
    .toLowerCase();
}

/** The arguments of a function. */
export function argumentsOf(node: TreeNode): readonly TreeNode[] {
  const args = childOf(node, 'args');
  return args === undefined ? [] : args['type'] === 'expr_list' ? childrenOf(args, 'value') : [args];
}

/** Whether an output is `*` or `t.*`. */
export function isStar(expr: unknown): boolean {
  return isNode(expr) && expr['type'] === 'column_ref' && nameOf(expr['column']) === '*';
}

/** Whether a node, or one in it, is of a kind. */
export function holds(value: unknown, isKind: (node: TreeNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item, isKind));
  if (!isNode(value)) return false;
  return isKind(value) || Object.values(value).some((child) => holds(child, isKind));
}

/** Whether a node, or one in it that stands in no subquery, is of a kind. */
export function holdsOutsideQueries(value: unknown, isKind: (node: TreeNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsOutsideQueries(item, isKind));
  if (!isNode(value) || isNode(value['ast'])) return false;
  return isKind(value) || Object.values(value).some((child) => holdsOutsideQueries(child, isKind));
}
