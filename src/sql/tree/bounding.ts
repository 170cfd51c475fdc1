import { childOf, childrenOf, nameOf } from './node-reader.js';
import { isNode, type TreeNode } from './parse.js';
import type { QueryScope } from './query-scope.js';

/** Whether a qualifier, or the lack of one, means a table of the query whose rows are to be bounded. */
type Owner = (qualifier: string | undefined) => boolean;

/** A column of that query, as it is compared with another one. */
interface NamedColumn {
  readonly qualifier: string;
  readonly name: string;
}

const ARITHMETIC: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '%', 'DIV', 'MOD', '&', '|', '^', '<<', '>>', '||', '->', '->>'],
]);
const COMPARISONS: ReadonlySet<string> = new Set([
  ...['=', '<=>', '<>', '!=', '<', '<=', '>', '>=', 'BETWEEN', 'NOT BETWEEN'],
  ...['LIKE', 'NOT LIKE', 'REGEXP', 'NOT REGEXP', 'RLIKE', 'NOT RLIKE'],
]);
/** Functions that give one of their arguments: `COALESCE(id, 1)` is true of every row. */
const CHOICES: ReadonlySet<string> = new Set([
  'coalesce',
  'greatest',
  'if',
  'ifnull',
  'least',
  'nullif',
  'nvl',
  'nvl2',
]);

/**
 * Whether a condition bounds the rows of a query by its shape: AND needs one arm that does, OR all of them, and a comparison bounds
 * where it names a column and is not of that column with itself. What the compared values are is not asked: `id > 0` bounds.
 */
export function boundsRows(condition: TreeNode, scope: QueryScope): boolean {
  const aliases = new Set(scope.sources.map(({ alias }) => alias.toLowerCase()));
  return bounds(condition, (qualifier) => qualifier === undefined || aliases.has(qualifier.toLowerCase()));
}

function bounds(node: TreeNode | undefined, owner: Owner): boolean {
  if (node === undefined) return false;
  switch (node['type']) {
    case 'binary_expr':
      return operationBounds(node, owner);
    case 'unary_expr':
      return isNegation(node) ? negationBounds(childOf(node, 'expr'), owner) : isValueOfRow(node, owner);
    case 'function':
      return functionBounds(node, owner);
    case 'expr_list': {
      const [only, ...more] = childrenOf(node, 'value');
      return more.length === 0 && bounds(only, owner);
    }
    case 'case':
      return false;
    default:
      return isValueOfRow(node, owner);
  }
}

/** Whether NOT of a condition bounds: NOT (a AND b) is NOT a OR NOT b. */
function negationBounds(node: TreeNode | undefined, owner: Owner): boolean {
  if (node?.['type'] === 'unary_expr' && isNegation(node)) return bounds(childOf(node, 'expr'), owner);
  if (node?.['type'] === 'function' && functionName(node) === 'not') return bounds(argumentsOf(node)[0], owner);
  if (node?.['type'] !== 'binary_expr') return bounds(node, owner);
  const arms = [childOf(node, 'left'), childOf(node, 'right')];
  switch (operatorOf(node)) {
    case 'AND':
    case '&&':
      return arms.every((arm) => negationBounds(arm, owner));
    case 'OR':
      return arms.some((arm) => negationBounds(arm, owner));
    default:
      return bounds(node, owner);
  }
}

function operationBounds(node: TreeNode, owner: Owner): boolean {
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  const operator = operatorOf(node);
  switch (operator) {
    case 'AND':
    case '&&':
      return bounds(left, owner) || bounds(right, owner);
    case 'OR':
      return bounds(left, owner) && bounds(right, owner);
    case 'IS':
    case 'IS NOT':
      return truthBounds(left, right, operator === 'IS', owner);
    case 'IN':
    case 'NOT IN':
      return membershipBounds(left, right, owner);
    default:
      if (ARITHMETIC.has(operator)) return isValueOfRow(node, owner);
      return COMPARISONS.has(operator) && comparisonBounds(left, right, owner);
  }
}

function truthBounds(left: TreeNode | undefined, right: TreeNode | undefined, is: boolean, owner: Owner): boolean {
  if (isValueOfRow(left, owner)) return true;
  if (right?.['type'] !== 'bool') return false;
  return (right['value'] === true) === is ? bounds(left, owner) : negationBounds(left, owner);
}

function membershipBounds(left: TreeNode | undefined, right: TreeNode | undefined, owner: Owner): boolean {
  if (isValueOfRow(left, owner)) return comparisonBounds(left, right, owner);
  const isList = right?.['type'] === 'expr_list';
  return isValue(left) && (isList ? childrenOf(right, 'value') : [right]).every((item) => isValueOfRow(item, owner));
}

function comparisonBounds(left: TreeNode | undefined, right: TreeNode | undefined, owner: Owner): boolean {
  if (!isValue(left) || !isValue(right)) return false;
  const own = columnsOf(left, owner);
  const other = columnsOf(right, owner);
  if (own.length + other.length === 0) return false;
  return !(isPlain(left) && isPlain(right) && own.some((column) => other.some((one) => mayBeSame(column, one))));
}

function functionBounds(node: TreeNode, owner: Owner): boolean {
  const name = functionName(node);
  if (name === 'not') return negationBounds(argumentsOf(node)[0], owner);
  if (name === 'exists') return argumentsOf(node).some((query) => existenceBounds(query, owner));
  return !CHOICES.has(name) && isValueOfRow(node, owner);
}

/** EXISTS bounds where a condition of its query does, by a column of the query around it. */
function existenceBounds(subquery: TreeNode, owner: Owner): boolean {
  const query = subquery['ast'];
  if (!isNode(query)) return false;
  const sources = Array.isArray(query['from']) ? childrenOf(query, 'from') : [];
  const inner = sourcesOf(query);
  const outer: Owner = (qualifier) =>
    qualifier !== undefined && !inner.has(qualifier.toLowerCase()) && owner(qualifier);
  return [query, ...sources].some((part) => {
    const condition = part['where'] ?? part['on'];
    return isNode(condition) && bounds(condition, outer);
  });
}

function isValueOfRow(node: TreeNode | undefined, owner: Owner): boolean {
  return isValue(node) && columnsOf(node, owner).length > 0;
}

/** A value and no condition, which would make of a comparison what it likes: `(id = 10 OR 1) = 1`. */
function isValue(node: TreeNode | undefined): node is TreeNode {
  if (node === undefined) return false;
  switch (node['type']) {
    case 'binary_expr':
      return ARITHMETIC.has(operatorOf(node)) && isValue(childOf(node, 'left')) && isValue(childOf(node, 'right'));
    case 'unary_expr':
      return !isNegation(node) && isValue(childOf(node, 'expr'));
    case 'function':
      return functionName(node) !== 'not' && functionName(node) !== 'exists';
    case 'expr_list':
      return childrenOf(node, 'value').every(isValue);
    default:
      return true;
  }
}

/** Columns, literals and arithmetic only: a function may well change what it is given. */
function isPlain(node: TreeNode | undefined): boolean {
  if (node?.['type'] === 'binary_expr') return isPlain(childOf(node, 'left')) && isPlain(childOf(node, 'right'));
  if (node?.['type'] === 'unary_expr') return isPlain(childOf(node, 'expr'));
  if (node?.['type'] === 'expr_list') return childrenOf(node, 'value').every(isPlain);
  return node !== undefined && node['type'] !== 'function' && node['type'] !== 'cast' && node['type'] !== 'case';
}

/** The columns of the query at hand that a part of a tree names. In a subquery only those that say whose they are. */
function columnsOf(part: unknown, owner: Owner): readonly NamedColumn[] {
  if (Array.isArray(part)) return part.flatMap((item) => columnsOf(item, owner));
  if (!isNode(part)) return [];
  if (part['type'] === 'column_ref') {
    const qualifier = nameOf(part['table']);
    const name = (nameOf(part['column']) ?? '').toLowerCase();
    return owner(qualifier) ? [{ qualifier: qualifier?.toLowerCase() ?? '', name }] : [];
  }
  const query = part['ast'];
  const inside = isNode(query) ? insideQuery(query, owner) : owner;
  return Object.values(part).flatMap((child) => columnsOf(child, inside));
}

/**
 * Whose the columns of a subquery are. It may name the same table again, as `id IN (SELECT t.id FROM t WHERE …)` does: those columns are its
 * own where its WHERE bounds them, and else count as of the query around it, so that a comparison with itself is found.
 */
function insideQuery(query: TreeNode, owner: Owner): Owner {
  const sources = sourcesOf(query);
  const where = query['where'];
  const isOwn: Owner = (qualifier) => qualifier === undefined || sources.has(qualifier.toLowerCase());
  const isBound = isNode(where) && bounds(where, isOwn);
  return (qualifier) =>
    qualifier !== undefined && owner(qualifier) && !(isBound && sources.has(qualifier.toLowerCase()));
}

function sourcesOf(query: TreeNode): ReadonlySet<string> {
  const sources = Array.isArray(query['from']) ? childrenOf(query, 'from') : [];
  return new Set(sources.map((source) => (nameOf(source['as']) ?? nameOf(source['table']) ?? '').toLowerCase()));
}

function mayBeSame(one: NamedColumn, other: NamedColumn): boolean {
  if (one.name !== other.name) return false;
  return one.qualifier === other.qualifier || one.qualifier === '' || other.qualifier === '';
}

function operatorOf(node: TreeNode): string {
  return nameOf(node['operator'])?.toUpperCase() ?? '';
}

function isNegation(node: TreeNode): boolean {
  const operator = operatorOf(node);
  return operator === 'NOT' || operator === '!';
}

function functionName(node: TreeNode): string {
  const name = childOf(node, 'name');
  if (name === undefined) return '';
  return childrenOf(name, 'name')
    .map((part) => nameOf(part) ?? '')
    .join('.')
    .toLowerCase();
}

function argumentsOf(node: TreeNode): readonly TreeNode[] {
  const args = childOf(node, 'args');
  return args === undefined ? [] : args['type'] === 'expr_list' ? childrenOf(args, 'value') : [args];
}
