import { childOf, childrenOf } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';
import type { Operand } from './operand.js';
import type { Column, Condition, QueryLevel } from './query-level.js';
import { remembered } from './remembered.js';
import { ColumnResolver, isOf } from './resolve-column.js';
import { argumentsOf, functionName, holds, isAggregate, isArithmetic, isChoice, isValue, operatorOf } from './value.js';

/** A comparison, or a value that is taken for a condition, as it stands in one. */
export interface Comparison {
  readonly left: Operand;
  /** Undefined for a single value. */
  readonly right: Operand | undefined;
  readonly operator: string;
  /** The condition holds where the comparison does not. */
  readonly negated: boolean;
}

/** The sides of a comparison: one, or two. */
export function sidesOf({ left, right }: Comparison): readonly Operand[] {
  return right === undefined ? [left] : [left, right];
}

/** Whether a comparison does what is asked of the condition. */
export type Test = (comparison: Comparison) => boolean;

const COMPARISONS: ReadonlySet<string> = new Set([
  ...['=', '<=>', '<>', '!=', '<', '<=', '>', '>=', 'BETWEEN', 'NOT BETWEEN'],
  ...['LIKE', 'NOT LIKE', 'REGEXP', 'NOT REGEXP', 'RLIKE', 'NOT RLIKE'],
]);

/**
 * Whether a condition cannot hold but by a comparison that meets the test: AND needs one arm that does, OR all of them, and where the condition is
 * negated the other way around.
 */
export function passes(node: TreeNode | undefined, level: QueryLevel, test: Test, negated = false): boolean {
  if (node === undefined) return false;
  switch (node['type']) {
    case 'binary_expr':
      return operationPasses(node, level, test, negated);
    case 'unary_expr':
      return unaryPasses(node, level, test, negated);
    case 'function':
      return callPasses(node, level, test, negated);
    case 'expr_list': {
      const [only, ...more] = childrenOf(node, 'value');
      return more.length === 0 && passes(only, level, test, negated);
    }
    default:
      return valuePasses(node, level, test, negated);
  }
}

function unaryPasses(node: TreeNode, level: QueryLevel, test: Test, negated: boolean): boolean {
  const inner = childOf(node, 'expr');
  switch (operatorOf(node)) {
    case 'NOT':
    case '!':
      return passes(inner, level, test, !negated);
    case 'NOT EXISTS':
      return existencePasses(inner, level, test, !negated);
    default:
      return valuePasses(node, level, test, negated);
  }
}

function callPasses(node: TreeNode, level: QueryLevel, test: Test, negated: boolean): boolean {
  const name = functionName(node);
  switch (name) {
    case 'not':
      return passes(argumentsOf(node)[0], level, test, !negated);
    case 'exists':
      return existencePasses(argumentsOf(node)[0], level, test, negated);
    default:
      return !isChoice(name) && valuePasses(node, level, test, negated);
  }
}

function operationPasses(node: TreeNode, level: QueryLevel, test: Test, negated: boolean): boolean {
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  const operator = operatorOf(node);
  switch (operator) {
    case 'AND':
    case 'OR': {
      const arms = [left, right];
      const isPassed = (arm: TreeNode | undefined): boolean => passes(arm, level, test, negated);
      return (operator === 'AND') === negated ? arms.every(isPassed) : arms.some(isPassed);
    }
    case 'IS':
    case 'IS NOT':
      if (isValue(left)) return valuePasses(left, level, test, negated);
      // (a AND b) IS NOT TRUE holds as NOT (a AND b) does.
      return (
        right?.['type'] === 'bool' && passes(left, level, test, (isTrue(right) === (operator === 'IS')) === negated)
      );
    case 'IN':
    case 'NOT IN':
      return isMember(left, right, level) && comparisonPasses(left, right, operator, level, test, negated);
    default:
      if (isArithmetic(node)) return valuePasses(node, level, test, negated);
      return COMPARISONS.has(operator) && comparisonPasses(left, right, operator, level, test, negated);
  }
}

function isTrue(node: TreeNode): boolean {
  return node['value'] === true;
}

/** `5 IN (id, 5)` holds by the one that is a constant. */
function isMember(left: TreeNode | undefined, right: TreeNode | undefined, level: QueryLevel): boolean {
  const items = right?.['type'] === 'expr_list' ? childrenOf(right, 'value') : [];
  const namesColumn = (node: TreeNode): boolean => operandOf(node, level).columns.length > 0;
  return items.length < 2 || (left !== undefined && namesColumn(left)) || items.every(namesColumn);
}

function comparisonPasses(
  left: TreeNode | undefined,
  right: TreeNode | undefined,
  operator: string,
  level: QueryLevel,
  test: Test,
  negated: boolean,
): boolean {
  if (!isValue(left) || !isValue(right)) return false;
  const comparison = { left: operandOf(left, level), right: operandOf(right, level), operator, negated };
  const isSometimesMet = !isOfNone(right, operator, negated) || comparison.right.queries.every(isSometimesEmpty);
  return isSometimesMet && meets(comparison, test);
}

/** NOT IN and ALL of nothing hold for every row. */
function isOfNone(right: TreeNode, operator: string, negated: boolean): boolean {
  const name = right['type'] === 'function' ? functionName(right) : '';
  return ['all', 'any', 'some'].includes(name) || (operator === 'NOT IN') !== negated;
}

function valuePasses(node: TreeNode, level: QueryLevel, test: Test, negated: boolean): boolean {
  return isValue(node) && meets({ left: operandOf(node, level), right: undefined, operator: '', negated }, test);
}

/** Of a comparison with what may be a constant nothing is known. */
function meets(comparison: Comparison, test: Test): boolean {
  return !sidesOf(comparison).some(({ isUnsure }) => isUnsure) && test(comparison);
}

/** EXISTS holds by a condition of its query, and NOT EXISTS too, where none of them is a constant that leaves no row. */
function existencePasses(subquery: TreeNode | undefined, level: QueryLevel, test: Test, negated: boolean): boolean {
  const query = subquery?.['ast'];
  if (!isNode(query)) return false;
  const arms = level.subquery(query);
  if (arms.some(isOneRow)) return false;
  return negated
    ? arms.length === 1 && isSometimesEmpty(arms) && arms.every((arm) => rowsPass(arm, test))
    : arms.every((arm) => rowsPass(arm, test));
}

/** An aggregate without GROUP BY gives a row of no rows. */
function isOneRow(level: QueryLevel): boolean {
  return level.groups.length === 0 && [...level.outputs, ...level.others].some((node) => holds(node, isAggregate));
}

/** Whether the rows of a query depend on a comparison that meets the test. */
export function rowsPass(level: QueryLevel, test: Test): boolean {
  return level.conditions.some(({ node, clause }) => restricts(clause) && passes(node, level, test));
}

/** Whether a query gives rows or not as the rows have it: no condition of it is a constant, nor has one for an arm of AND. */
export function isSometimesEmpty(arms: readonly QueryLevel[]): boolean {
  return areSometimesEmpty(arms, '');
}

const areSometimesEmpty = remembered(
  (arms: readonly QueryLevel[]): boolean =>
    arms.every(
      (arm) =>
        arm.conditions.every((condition) => !restricts(condition.clause) || isLive(condition, arm, true)) &&
        arm.sources.every((source) => source.arms === undefined || isSometimesEmpty(source.arms)),
    ),
  false,
);

function restricts(clause: Condition['clause']): boolean {
  return clause !== 'outer join';
}

/** Whether a condition depends on what is in the rows, or, negated, whether each arm of an AND does. */
export function isLive({ node, clause }: Condition, level: QueryLevel, negated: boolean): boolean {
  // HAVING may name an output, which may be a constant.
  if (clause === 'having' && resolver.namesConstantOutput(node, level)) return false;
  return passes(node, level, namesAnything, negated);
}

const namesAnything: Test = (comparison) => {
  const isNamed = sidesOf(comparison).some(
    ({ columns, queries, hasAggregate }) =>
      columns.length > 0 ||
      hasAggregate ||
      queries.some((arms) => arms[0]?.parent !== undefined && follows(arms, arms[0].parent)),
  );
  return isNamed && !comparesItself(comparison, () => false);
};

/** Whether what a subquery gives follows the rows of a query, or of those around it: `(SELECT COUNT(*) FROM orders) = 0` is one and the same for all. */
function follows(arms: readonly QueryLevel[], query: QueryLevel): boolean {
  const known = following.get(arms) ?? new WeakMap<QueryLevel, boolean>();
  following.set(arms, known);
  const found = known.get(query);
  if (found !== undefined) return found;
  const namesAround: Test = (comparison) =>
    sidesOf(comparison).some(
      ({ columns, queries }) =>
        columns.some(({ level }) => isOf(level, query)) || queries.some((inner) => follows(inner, query)),
    ) && !comparesItself(comparison, () => false);
  const isFollowing = resolver.givesRows(arms) && arms.some((arm) => rowsPass(arm, namesAround));
  known.set(query, isFollowing);
  return isFollowing;
}

const following = new WeakMap<readonly QueryLevel[], WeakMap<QueryLevel, boolean>>();
const resolver = new ColumnResolver(follows);

/** Reads a value as one side of a comparison at a level. */
export function operandOf(node: TreeNode, level: QueryLevel): Operand {
  return resolver.operandOf(node, level);
}

/**
 * Whether both sides of a comparison may be one and the same column.
 * @param isSame whether columns of different sources may be
 */
export function comparesItself({ left, right }: Comparison, isSame: (one: Column, other: Column) => boolean): boolean {
  if (right === undefined || left.functions !== right.functions) return false;
  return left.columns.some((one) => right.columns.some((other) => isOneColumn(one, other) || isSame(one, other)));
}

function isOneColumn(one: Column, other: Column): boolean {
  if (one.name !== other.name) return false;
  // A name without a table in a subquery is of the query around it where no table inside has it.
  if (one.level !== other.level) return !one.isQualified || !other.isQualified;
  return one.source === other.source || one.source === undefined || other.source === undefined;
}
