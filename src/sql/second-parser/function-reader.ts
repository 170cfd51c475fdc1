import { expectOnly, refuseTree } from '../tree/node-reader.js';
import type { Position, Reading } from './reading.js';
import { identOf, isGiven, itemsOf, nodeOf, objectNameOf, variantOf } from './rust-nodes.js';

// MariaDB: their argument names a table, but stands where a column does.
const SEQUENCES: ReadonlySet<string> = new Set(['nextval', 'lastval', 'setval']);

/**
 * Reads the call of a function.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readCall(reading: Reading, fields: unknown, position: Position): void {
  const node = nodeOf(fields, 'a function');
  expectOnly(node, 'a function', 'name', 'parameters', 'args', 'over', 'within_group');
  if (node['parameters'] !== 'None') refuseTree('a function with parameters');
  const name = objectNameOf(node['name']);
  if (SEQUENCES.has((name.at(-1)?.name ?? '').toLowerCase())) refuseTree('a sequence');
  reading.call(...name.map((part) => part.name));
  readArguments(reading, node['args'], position);
  reading.order(node['within_group'], position);
  if (isGiven(node['over'])) readWindow(reading, node['over'], position);
}

function readArguments(reading: Reading, value: unknown, position: Position): void {
  const { name, fields } = variantOf(value);
  if (name === 'None') return;
  if (name !== 'List') return refuseTree('the arguments of a function');
  const list = nodeOf(fields, 'arguments');
  expectOnly(list, 'arguments', 'duplicate_treatment', 'args', 'clauses');
  for (const item of itemsOf(list['args'])) readArgument(reading, item, position);
  for (const clause of itemsOf(list['clauses'])) readClause(reading, clause, position);
}

function readArgument(reading: Reading, item: unknown, position: Position): void {
  const argument = variantOf(item);
  if (argument.name !== 'Unnamed') return refuseTree('an argument with a name');
  const { name, fields } = variantOf(argument.fields);
  if (name === 'Expr') reading.expression(fields, position);
  else if (name !== 'Wildcard') refuseTree('an argument');
}

function readClause(reading: Reading, clause: unknown, position: Position): void {
  const { name, fields } = variantOf(clause);
  if (name === 'OrderBy') reading.order(fields, position);
  else if (name === 'Limit') reading.expression(fields, position);
  else if (name !== 'Separator') refuseTree(`arguments with ${name}`);
}

/**
 * Reads OVER and the right side of WINDOW.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readWindow(reading: Reading, value: unknown, position: Position): void {
  const { name, fields } = variantOf(value);
  if (name === 'NamedWindow') {
    reading.collector.identifier(identOf(fields).name);
    return;
  }
  if (name !== 'WindowSpec') return refuseTree('a window');
  const specification = nodeOf(fields, 'a window');
  expectOnly(specification, 'a window', 'window_name', 'partition_by', 'order_by', 'window_frame');
  if (isGiven(specification['window_name'])) reading.collector.identifier(identOf(specification['window_name']).name);
  reading.expressions(specification['partition_by'], position);
  reading.order(specification['order_by'], position);
  if (isGiven(specification['window_frame'])) readFrame(reading, specification['window_frame'], position);
}

function readFrame(reading: Reading, value: unknown, position: Position): void {
  const frame = nodeOf(value, 'a frame');
  expectOnly(frame, 'a frame', 'units', 'start_bound', 'end_bound');
  for (const bound of [frame['start_bound'], frame['end_bound']]) {
    if (!isGiven(bound)) continue;
    const { fields } = variantOf(bound);
    reading.expression(fields, position);
  }
}
