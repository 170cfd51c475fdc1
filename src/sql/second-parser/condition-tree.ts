import { isNode, type TreeNode } from '../tree/tree-node.js';
import {
  type Ident,
  identOf,
  isGiven,
  isVariable,
  itemsOf,
  objectNameOf,
  type Variant,
  variantOf,
} from './rust-nodes.js';

/** Makes a node in the shape of the first parser; undefined where it may mean something that the rule for bounded rows would not see. */
type Maker = (fields: unknown) => TreeNode | undefined;

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ...([
    ['And', 'AND'],
    ['Or', 'OR'],
    ['Eq', '='],
    ['Spaceship', '<=>'],
    ['NotEq', '<>'],
    ['Lt', '<'],
    ['LtEq', '<='],
  ] as const),
  ...([
    ['Gt', '>'],
    ['GtEq', '>='],
    ['Plus', '+'],
    ['Minus', '-'],
    ['Multiply', '*'],
    ['Divide', '/'],
  ] as const),
  ...([
    ['Modulo', '%'],
    ['MyIntegerDivide', 'DIV'],
    ['BitwiseAnd', '&'],
    ['BitwiseOr', '|'],
  ] as const),
  ...([
    ['BitwiseXor', '^'],
    ['PGBitwiseShiftLeft', '<<'],
    ['PGBitwiseShiftRight', '>>'],
  ] as const),
  ...([
    ['StringConcat', '||'],
    ['Arrow', '->'],
    ['LongArrow', '->>'],
  ] as const),
]);

const LITERAL: TreeNode = { type: 'number', value: 1 };
/** A condition that is not understood. */
export const NEVER_BOUND: TreeNode = LITERAL;
const NULL: TreeNode = { type: 'null', value: null };

/**
 * A condition of the second parser in the shape of the first one's, as far as the rule for bounded rows looks at it. There is one rule
 * only, so that both parsers answer to it. With a subquery in it, or anything else that is not plain, it is undefined: it bounds nothing.
 */
export function conditionTree(value: unknown): TreeNode | undefined {
  const { name, fields } = variantOf(value);
  return makers.get(name)?.(fields);
}

function allOf(values: unknown): readonly TreeNode[] | undefined {
  const trees = itemsOf(values).map(conditionTree);
  return trees.every((tree) => tree !== undefined) ? trees : undefined;
}

function list(values: unknown): TreeNode | undefined {
  const trees = allOf(values);
  return trees === undefined ? undefined : { type: 'expr_list', value: trees };
}

function operation(
  operator: string | undefined,
  left: TreeNode | undefined,
  right: TreeNode | undefined,
): TreeNode | undefined {
  if (operator === undefined) return undefined;
  // An arm of AND or OR that is not plain bounds nothing, and leaves the other arm what it is.
  if (operator === 'AND' || operator === 'OR') {
    return { type: 'binary_expr', operator, left: left ?? LITERAL, right: right ?? LITERAL };
  }
  return left === undefined || right === undefined ? undefined : { type: 'binary_expr', operator, left, right };
}

/** Fields of a struct. */
function field(fields: unknown, key: string): unknown {
  return isNode(fields) ? fields[key] : undefined;
}

function tree(fields: unknown, key: string): TreeNode | undefined {
  const value = field(fields, key);
  return isGiven(value) ? conditionTree(value) : undefined;
}

function negatable(fields: unknown, operator: string): string {
  return field(fields, 'negated') === true ? `NOT ${operator}` : operator;
}

function column(parts: readonly Ident[]): TreeNode | undefined {
  const [first] = parts;
  if (first !== undefined && isVariable(first)) return LITERAL;
  const column = parts.at(-1)?.name;
  return column === undefined ? undefined : { type: 'column_ref', table: parts.at(-2)?.name ?? null, column };
}

function cast(fields: unknown): TreeNode | undefined {
  const expr = tree(fields, 'expr');
  return expr === undefined ? undefined : { type: 'cast', expr };
}

function interval(fields: unknown): TreeNode | undefined {
  const expr = tree(fields, 'value');
  return expr === undefined ? undefined : { type: 'interval', expr };
}

const unary: Maker = (fields) => {
  const expr = tree(fields, 'expr');
  if (expr === undefined) return undefined;
  return { type: 'unary_expr', operator: field(fields, 'op') === 'Not' ? 'NOT' : '-', expr };
};

const call: Maker = (fields) => {
  const args = variantOf(field(fields, 'args'));
  const values = args.name === 'List' ? itemsOf(field(args.fields, 'args')).map(argument) : [];
  const isPlain = !isGiven(field(fields, 'over')) && values.every((value) => value !== undefined);
  if (!isPlain) return undefined;
  const name = objectNameOf(field(fields, 'name')).map((part) => ({ value: part.name }));
  return { type: 'function', name: { name }, args: { type: 'expr_list', value: values } };
};

function argument(item: unknown): TreeNode | undefined {
  const inner: Variant = variantOf(variantOf(item).fields);
  return inner.name === 'Expr' ? conditionTree(inner.fields) : undefined;
}

function is(operator: 'IS' | 'IS NOT', right: TreeNode): Maker {
  return (fields) => operation(operator, conditionTree(fields), right);
}

const bool = (value: boolean): TreeNode => ({ type: 'bool', value });

const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  [
    'Value',
    (fields) =>
      isNode(field(fields, 'value')) && 'Boolean' in (field(fields, 'value') as TreeNode) ? undefined : LITERAL,
  ],
  ['Identifier', (fields) => column([identOf(fields)])],
  ['CompoundIdentifier', (fields) => column(itemsOf(fields).map(identOf))],
  ['Nested', conditionTree],
  ['Tuple', list],
  ['Cast', cast],
  ['Interval', interval],
  ['Collate', (fields) => tree(fields, 'expr')],
  ['UnaryOp', unary],
  [
    'BinaryOp',
    (fields) => operation(OPERATORS.get(String(field(fields, 'op'))), tree(fields, 'left'), tree(fields, 'right')),
  ],
  ['InList', (fields) => operation(negatable(fields, 'IN'), tree(fields, 'expr'), list(field(fields, 'list')))],
  [
    'Between',
    (fields) =>
      operation(
        negatable(fields, 'BETWEEN'),
        tree(fields, 'expr'),
        list([field(fields, 'low'), field(fields, 'high')]),
      ),
  ],
  ['Like', (fields) => operation(negatable(fields, 'LIKE'), tree(fields, 'expr'), tree(fields, 'pattern'))],
  ['RLike', (fields) => operation(negatable(fields, 'REGEXP'), tree(fields, 'expr'), tree(fields, 'pattern'))],
  ['IsNull', is('IS', NULL)],
  ['IsNotNull', is('IS NOT', NULL)],
  ['IsTrue', is('IS', bool(true))],
  ['IsNotTrue', is('IS NOT', bool(true))],
  ['IsFalse', is('IS', bool(false))],
  ['IsNotFalse', is('IS NOT', bool(false))],
  ['Function', call],
]);
