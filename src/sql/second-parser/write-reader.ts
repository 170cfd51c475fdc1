import { unboundedTable } from '../bounds/bounded-sources.js';
import { expectOnly, refuseTree } from '../tree/node-reader.js';
import type { TreeNode } from '../tree/tree-node.js';
import { QueryScope, type Source } from '../tree/query-scope.js';
import { readWhere } from './condition-reader.js';
import { readRows } from './query-reader.js';
import type { Reading } from './reading.js';
import { type Ident, isGiven, itemsOf, nodeOf, objectNameOf, variantOf } from './rust-nodes.js';
import { readProjection } from './select-reader.js';
import { readTable, readTables } from './table-reader.js';

const BESIDE = { access: 'read', position: 'beside' } as const;
const WRITTEN = { access: 'write', position: 'outermost' } as const;

/**
 * Reads UPDATE. The tables whose columns are set are written, the others read; a column without a table may belong to any.
 * @param outer the scope of its WITH
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readUpdate(reading: Reading, node: TreeNode, outer: QueryScope): void {
  expectOnly(node, 'UPDATE', 'update_token', 'table', 'assignments', 'selection', 'order_by', 'limit');
  const scope = new QueryScope(outer, false);
  readTables(reading, [node['table']], scope, BESIDE);
  const written = itemsOf(node['assignments']).map((item) => readAssignment(reading, item, scope)?.name);
  readRest(reading, node, [node['table']], write(reading, scope, written), scope);
}

/**
 * Reads DELETE: the tables named before FROM are written; in the form for one table, that one.
 * @param outer the scope of its WITH
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readDelete(reading: Reading, node: TreeNode, outer: QueryScope): void {
  const keys = ['delete_token', 'tables', 'from', 'selection', 'returning', 'order_by', 'limit'];
  expectOnly(node, 'DELETE', ...keys);
  const scope = new QueryScope(outer, false);
  const from = variantOf(node['from']);
  if (from.name !== 'WithFromKeyword') refuseTree('DELETE without FROM');
  readTables(reading, from.fields, scope, BESIDE);
  const targets = itemsOf(node['tables']).map(objectNameOf);
  for (const target of targets) reading.collector.identifier(...target.map(({ name }) => name));
  const written = targets.map((target) => target.at(-1)?.name);
  readRest(reading, node, from.fields, write(reading, scope, written), scope);
  readProjection(reading, node['returning'], scope);
}

const INSERT_KEYS = [
  ...['insert_token', 'into', 'table', 'columns', 'source', 'assignments', 'on', 'returning', 'replace_into'],
];

/**
 * Reads INSERT and REPLACE.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readInsert(reading: Reading, node: TreeNode): void {
  expectOnly(node, 'INSERT', ...INSERT_KEYS);
  const scope = new QueryScope(undefined, false);
  const target = variantOf(node['table']);
  if (target.name !== 'TableName') refuseTree('the table of INSERT');
  readTable(reading, target.fields, undefined, scope, WRITTEN);
  for (const column of itemsOf(node['columns'])) readColumn(reading, objectNameOf(column), scope);
  // Without a list, all columns are set.
  const isListed = itemsOf(node['columns']).length > 0 || itemsOf(node['assignments']).length > 0;
  if (!isListed) reading.collector.column({ column: '*', clause: 'set', bare: false }, undefined, scope);
  if (isGiven(node['source'])) readSource(reading, nodeOf(node['source'], 'the source of INSERT'), scope);
  for (const item of itemsOf(node['assignments'])) readAssignment(reading, item, scope);
  if (isGiven(node['on'])) {
    const { name, fields } = variantOf(node['on']);
    if (name !== 'DuplicateKeyUpdate') refuseTree(`INSERT with ${name}`);
    for (const item of itemsOf(fields)) readAssignment(reading, item, scope);
  }
  reading.collector.upserts = isGiven(node['on']);
  const overwrites = node['replace_into'] === true || isGiven(node['on']);
  reading.collector.upsertsQuery = overwrites && isGiven(node['source']) && !isValues(node['source']);
  readProjection(reading, node['returning'], scope);
}

function isValues(source: unknown): boolean {
  return variantOf(nodeOf(source, 'the source of INSERT')['body']).name === 'Values';
}

// VALUES are no query: an expression in them stands in the scope of the table.
function readSource(reading: Reading, source: TreeNode, scope: QueryScope): void {
  const body = variantOf(source['body']);
  if (body.name !== 'Values') {
    reading.subquery(source, new QueryScope(undefined, false));
    return;
  }
  expectOnly(source, 'VALUES', 'body');
  readRows(reading, body.fields, scope);
}

/** @returns the qualifier of the column that is set */
function readAssignment(reading: Reading, value: unknown, scope: QueryScope): Ident | undefined {
  const item = nodeOf(value, 'SET');
  expectOnly(item, 'SET', 'target', 'value');
  const target = variantOf(item['target']);
  if (target.name !== 'ColumnName') refuseTree('the target of SET');
  const parts = objectNameOf(target.fields);
  readColumn(reading, parts, scope);
  reading.expression(item['value'], { scope, clause: 'value' });
  return parts.at(-2);
}

function readColumn({ collector }: Reading, parts: readonly Ident[], scope: QueryScope): void {
  const names = parts.map(({ name }) => name);
  collector.identifier(...names);
  const column = names.at(-1) ?? refuseTree('a column without a name');
  collector.column({ column, clause: 'set', bare: false }, names.at(-2), scope);
}

function readRest(
  reading: Reading,
  node: TreeNode,
  from: unknown,
  written: readonly Source[],
  scope: QueryScope,
): void {
  const level = readWhere(reading, node['selection'], from, scope);
  reading.collector.unboundedTable = level === undefined ? undefined : unboundedTable(level, written);
  reading.order(node['order_by'], { scope, clause: 'order' });
  reading.expression(node['limit'], { scope, clause: 'other' });
}

function write({ collector }: Reading, scope: QueryScope, targets: readonly (string | undefined)[]): readonly Source[] {
  const sources = scope.writable(targets);
  for (const { table } of sources) if (table !== undefined) collector.table(table.schema, table.name, WRITTEN);
  return sources;
}
