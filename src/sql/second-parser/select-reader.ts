import { untiedTable } from '../bounds/bounded-sources.js';
import { expectOnly, refuseTree } from '../tree/node-reader.js';
import type { TreeNode } from '../tree/tree-node.js';
import { QueryScope } from '../tree/query-scope.js';
import { readWhere } from './condition-reader.js';
import { readWindow } from './function-reader.js';
import type { Reading } from './reading.js';
import { identOf, isGiven, itemsOf, nodeOf, objectNameOf, variantOf } from './rust-nodes.js';
import { readTables } from './table-reader.js';

const SELECT_KEYS = [
  ...['select_token', 'distinct', 'projection', 'from', 'selection', 'group_by', 'having'],
  ...['named_window', 'flavor', 'top_before_distinct', 'window_before_qualify'],
] as const;

/**
 * Reads one SELECT, without order and limit.
 * @returns its scope
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readSelect(reading: Reading, select: TreeNode, outer: QueryScope): QueryScope {
  expectOnly(select, 'SELECT', ...SELECT_KEYS);
  if (select['flavor'] !== 'Standard') refuseTree('a SELECT of this form');
  if (isGiven(select['distinct']) && select['distinct'] !== 'Distinct') refuseTree('DISTINCT of this form');
  const scope = new QueryScope(outer, outer.nested);
  readTables(reading, select['from'], scope, { access: 'read', position: scope.nested ? 'nested' : 'outermost' });
  readProjection(reading, select['projection'], scope);
  const level = readWhere(reading, select['selection'], select['from'], scope);
  if (level !== undefined) reading.collector.unboundedTable = untiedTable(level, scope.sources);
  readGroups(reading, select['group_by'], scope);
  reading.expression(select['having'], { scope, clause: 'having' });
  for (const item of itemsOf(select['named_window'])) readNamedWindow(reading, item, scope);
  return scope;
}

/**
 * Reads output columns: those of SELECT or RETURNING.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readProjection(reading: Reading, items: unknown, scope: QueryScope): void {
  const position = { scope, clause: 'output' } as const;
  for (const item of itemsOf(items)) {
    const { name, fields } = variantOf(item);
    if (name === 'UnnamedExpr') reading.expression(fields, position);
    else if (name === 'ExprWithAlias') {
      const column = nodeOf(fields, 'a column');
      expectOnly(column, 'a column', 'expr', 'alias');
      reading.collector.identifier(identOf(column['alias']).name);
      reading.expression(column['expr'], position);
    } else readStar(reading, name, fields, scope);
  }
}

const STAR_OPTIONS = ['wildcard_token'] as const;

function readStar({ collector }: Reading, name: string, fields: unknown, scope: QueryScope): void {
  const star = { column: '*', clause: 'output', bare: false } as const;
  if (name === 'Wildcard') {
    expectOnly(nodeOf(fields, '*'), '*', ...STAR_OPTIONS);
    collector.column(star, undefined, scope);
    return;
  }
  const [kind, options] = name === 'QualifiedWildcard' ? itemsOf(fields) : [];
  const qualifier = variantOf(kind);
  if (qualifier.name !== 'ObjectName') refuseTree(`an output column of type ${name}`);
  expectOnly(nodeOf(options, '*'), '*', ...STAR_OPTIONS);
  const names = objectNameOf(qualifier.fields).map((part) => part.name);
  collector.identifier(...names);
  collector.column(star, names.at(-1), scope);
}

function readGroups(reading: Reading, value: unknown, scope: QueryScope): void {
  const { name, fields } = variantOf(value);
  const [expressions, modifiers] = itemsOf(fields);
  if (name !== 'Expressions') refuseTree('GROUP BY');
  reading.expressions(expressions, { scope, clause: 'group' });
  for (const modifier of itemsOf(modifiers)) if (modifier !== 'Rollup') refuseTree('GROUP BY with a modifier');
}

function readNamedWindow(reading: Reading, item: unknown, scope: QueryScope): void {
  const [name, window] = itemsOf(item);
  reading.collector.identifier(identOf(name).name);
  readWindow(reading, window, { scope, clause: 'other' });
}
