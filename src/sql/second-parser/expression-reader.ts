import { expectOnly, refuseTree } from '../tree/node-reader.js';
import type { TreeNode } from '../tree/tree-node.js';
import { type FieldRole, shapes, wrappers } from './expression-shapes.js';
import { readCall } from './function-reader.js';
import type { Position, Reading } from './reading.js';
import { identOf, isGiven, isVariable, itemsOf, nodeOf, objectNameOf, variantOf } from './rust-nodes.js';

type Reader = (reading: Reading, fields: unknown, position: Position) => void;

/**
 * Reads an expression: its columns, functions, subqueries and words. The list of expressions is closed.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readExpression(reading: Reading, value: unknown, position: Position): void {
  const { name, fields } = variantOf(value);
  const shape = shapes.get(name);
  if (shape !== undefined) {
    if (shape.calls !== undefined) reading.call(shape.calls);
    readFields(reading, name, nodeOf(fields, name), shape.fields, position);
  } else if (wrappers.has(name)) readExpression(reading, fields, position);
  else {
    const reader = readers.get(name);
    if (reader === undefined) refuseTree(`an expression of type ${name}`);
    else reader(reading, fields, position);
  }
}

function readFields(
  reading: Reading,
  what: string,
  node: TreeNode,
  roles: Readonly<Record<string, FieldRole>>,
  position: Position,
): void {
  expectOnly(node, what, ...Object.keys(roles));
  for (const [key, role] of Object.entries(roles)) {
    const value = node[key];
    if (isGiven(value)) fieldReaders[role](reading, value, position);
  }
}

const expressions: Reader = (reading, values, position) => {
  reading.expressions(values, position);
};

const fieldReaders: Readonly<Record<FieldRole, Reader>> = {
  expression: readExpression,
  expressions,
  query: (reading, value, { scope }) => {
    reading.subquery(value, scope);
  },
  name: readName,
  words: readWords,
  skip: () => undefined,
};

// A collation or character set.
function readName({ collector }: Reading, value: unknown): void {
  for (const { name } of objectNameOf(value)) collector.word(name);
}

// `"UnsignedInteger"`, `{"Char": {…}}`, `{"Custom": …}` with a name of the client's. Lengths and the like hold no words.
function readWords(reading: Reading, value: unknown): void {
  const { name, fields } = variantOf(value);
  if (name !== 'Custom') reading.words(name);
  else if (Array.isArray(fields)) readName(reading, fields[0]);
  else reading.collector.word(identOf(fields).name);
}

const identifier: Reader = (reading, fields, { scope, clause }) => {
  const ident = identOf(fields);
  if (isVariable(ident)) return;
  const { name } = ident;
  reading.collector.identifier(name);
  reading.collector.column({ column: name, clause, bare: false }, undefined, scope);
};

const compoundIdentifier: Reader = ({ collector }, fields, { scope, clause }) => {
  const parts = itemsOf(fields).map(identOf);
  const [first] = parts;
  if (first !== undefined && isVariable(first)) {
    for (const { name } of parts.slice(1)) collector.word(name);
    return;
  }
  const names = parts.map(({ name }) => name);
  collector.identifier(...names);
  const column = names.at(-1) ?? refuseTree('a column without a name');
  if (names.length > 3) refuseTree('a column with so many names');
  collector.column({ column, clause, bare: false }, names.at(-2), scope);
};

const binaryOperation: Reader = (reading, fields, position) => {
  const node = nodeOf(fields, 'an operation');
  expectOnly(node, 'an operation', 'left', 'op', 'right');
  const operator = node['op'];
  if (typeof operator !== 'string') return refuseTree('an operator');
  // A value kept in a variable is a value that left: the next statement may select it.
  if (operator === 'Assignment') reading.collector.file = true;
  reading.expression(node['left'], position);
  reading.expression(node['right'], position);
};

const substring: Reader = (reading, fields, position) => {
  const node = nodeOf(fields, 'SUBSTRING');
  reading.call(node['shorthand'] === true ? 'substr' : 'substring');
  readFields(
    reading,
    'SUBSTRING',
    node,
    {
      expr: 'expression',
      substring_from: 'expression',
      substring_for: 'expression',
      special: 'skip',
      shorthand: 'skip',
    },
    position,
  );
};

const cases: Reader = (reading, fields, position) => {
  const node = nodeOf(fields, 'CASE');
  expectOnly(node, 'CASE', 'case_token', 'end_token', 'operand', 'conditions', 'else_result');
  reading.expression(node['operand'], position);
  for (const item of itemsOf(node['conditions'])) {
    const arm = nodeOf(item, 'CASE');
    expectOnly(arm, 'CASE', 'condition', 'result');
    reading.expression(arm['condition'], position);
    reading.expression(arm['result'], position);
  }
  reading.expression(node['else_result'], position);
};

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Value', fieldReaders.skip],
  ['Identifier', identifier],
  ['CompoundIdentifier', compoundIdentifier],
  ['BinaryOp', binaryOperation],
  ['Function', readCall],
  ['Substring', substring],
  ['Case', cases],
  ['Subquery', fieldReaders.query],
  ['Tuple', expressions],
]);
