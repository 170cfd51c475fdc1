import { unboundedTable } from '../bounds/bounded-sources.js';
import { QueryLevel } from '../bounds/query-level.js';
import { walkWhere } from './condition-walker.js';
import { walkExpression, walkOrder } from './expression-walker.js';
import { walkFrom } from './from-walker.js';
import { childOf, childrenOf, expectOnly, nameOf, refuseTree } from './node-reader.js';
import { isNode, type TreeNode } from './tree-node.js';
import { QueryScope, type Source } from './query-scope.js';
import { walkCtes, walkLimit, walkSubquery } from './select-walker.js';
import type { Walk } from './walk.js';

/**
 * Walks UPDATE. The tables whose columns are set are written, the others read; a column without a table may belong to any.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkUpdate(walk: Walk, node: TreeNode): QueryScope {
  expectOnly(node, 'UPDATE', 'type', 'with', 'table', 'set', 'where', 'orderby', 'limit');
  const outer = new QueryScope(undefined, false);
  walkCtes(walk, childrenOf(node, 'with'), outer);
  const scope = new QueryScope(outer, false);
  walkFrom(walk, node['table'], scope, { access: 'read', position: 'beside' });
  const items = childrenOf(node, 'set');
  const written = write(
    walk,
    scope,
    items.map((item) => nameOf(item['table'])),
  );
  for (const item of items) walkAssignment(walk, item, scope);
  walkRest(walk, node, new QueryLevel({ ...node, from: node['table'] }, walk.collector.seeView), written, scope);
  return scope;
}

/**
 * Walks DELETE: the tables named before FROM are written; in the form for one table, that one.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkDelete(walk: Walk, node: TreeNode): QueryScope {
  expectOnly(node, 'DELETE', 'type', 'with', 'table', 'from', 'where', 'orderby', 'limit', 'returning');
  const outer = new QueryScope(undefined, false);
  walkCtes(walk, childrenOf(node, 'with'), outer);
  const scope = new QueryScope(outer, false);
  walkFrom(walk, node['from'], scope, { access: 'read', position: 'beside' });
  const targets = childrenOf(node, 'table');
  const names = targets.map((target) => targetName(walk, target));
  walkRest(walk, node, new QueryLevel(node, walk.collector.seeView), write(walk, scope, names), scope);
  walkReturning(walk, node, scope);
  return scope;
}

const EVERY_COLUMN = { column: '*', clause: 'set', bare: true } as const;

/**
 * Walks INSERT and REPLACE.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkInsert(walk: Walk, node: TreeNode): QueryScope {
  const { collector } = walk;
  const keys = ['type', 'table', 'columns', 'values', 'set', 'prefix', 'on_duplicate_update', 'returning'];
  expectOnly(node, 'INSERT', ...keys);
  const scope = new QueryScope(undefined, false);
  walkFrom(walk, node['table'], scope, { access: 'write', position: 'outermost' });
  const columns = node['columns'];
  for (const name of Array.isArray(columns) ? columns : []) {
    const column = nameOf(name) ?? refuseTree('a column without a name');
    collector.identifier(column);
    collector.column({ column, clause: 'set', bare: true }, undefined, scope);
  }
  const values = childOf(node, 'values');
  // Without a list, all columns are set.
  if (!Array.isArray(columns) && values !== undefined) collector.column(EVERY_COLUMN, undefined, scope);
  walkValues(walk, values, scope);
  for (const item of childrenOf(node, 'set')) walkAssignment(walk, item, scope);
  const onDuplicate = childOf(node, 'on_duplicate_update');
  const isQuery = values?.['type'] === 'select';
  collector.upserts = onDuplicate !== undefined;
  collector.upsertsQuery = isQuery && (onDuplicate !== undefined || node['type'] === 'replace');
  if (onDuplicate !== undefined) {
    expectOnly(onDuplicate, 'ON DUPLICATE KEY UPDATE', 'keyword', 'set');
    for (const item of childrenOf(onDuplicate, 'set')) walkAssignment(walk, item, scope);
  }
  walkReturning(walk, node, scope);
  return scope;
}

function walkValues(walk: Walk, values: TreeNode | undefined, scope: QueryScope): void {
  if (values === undefined) return;
  if (values['type'] === 'select') {
    walkSubquery(walk, values, new QueryScope(undefined, false));
    return;
  }
  expectOnly(values, 'VALUES', 'type', 'values');
  for (const row of childrenOf(values, 'values')) {
    expectOnly(row, 'VALUES', 'type', 'value', 'prefix', 'parentheses');
    for (const value of childrenOf(row, 'value')) walkExpression(walk, value, { scope, clause: 'value', bare: false });
  }
}

function walkAssignment(walk: Walk, item: TreeNode, scope: QueryScope): void {
  const { collector } = walk;
  expectOnly(item, 'SET', 'column', 'table', 'value', 'keyword');
  const column = nameOf(item['column']) ?? refuseTree('a column without a name');
  const qualifier = nameOf(item['table']);
  collector.identifier(column, qualifier);
  collector.column({ column, clause: 'set', bare: true }, qualifier, scope);
  const value = childOf(item, 'value');
  // VALUES(column) is the value that the statement itself brings: nothing is read.
  const own = ownValue(value);
  if (own === undefined) walkExpression(walk, value, { scope, clause: 'value', bare: false });
  else {
    collector.word('values');
    walkExpression(walk, own, { scope, clause: 'set', bare: true });
  }
}

/** The column of VALUES(column), which is the value that the statement itself brings. */
export function ownValue(value: TreeNode | undefined): TreeNode | undefined {
  if (value?.['type'] !== 'function') return undefined;
  const name = childOf(value, 'name');
  const [part, ...others] = name === undefined ? [] : childrenOf(name, 'name');
  if (others.length > 0 || nameOf(part)?.toLowerCase() !== 'values' || nameOf(name?.['schema']) !== undefined) {
    return undefined;
  }
  const args = childOf(value, 'args');
  const [column, ...more] = args === undefined ? [] : childrenOf(args, 'value');
  return more.length === 0 && column?.['type'] === 'column_ref' ? column : undefined;
}

function walkRest(walk: Walk, node: TreeNode, level: QueryLevel, written: readonly Source[], scope: QueryScope): void {
  walkWhere(walk, level, childOf(node, 'where'), scope);
  walk.collector.unboundedTable = unboundedTable(level, written);
  walkOrder(walk, childrenOf(node, 'orderby'), { scope, clause: 'order', bare: false });
  walkLimit(walk, childOf(node, 'limit'), scope);
}

// MariaDB: the rows come back as a result set.
function walkReturning(walk: Walk, node: TreeNode, scope: QueryScope): void {
  const returning = node['returning'];
  if (!isNode(returning)) return;
  expectOnly(returning, 'RETURNING', 'type', 'columns');
  for (const column of childrenOf(returning, 'columns')) {
    expectOnly(column, 'a column', 'expr', 'as', 'type');
    walk.collector.identifier(nameOf(column['as']));
    walkExpression(walk, childOf(column, 'expr'), { scope, clause: 'output', bare: false });
  }
}

/** What DELETE names as a target; in the form for one table the parser adds the target itself. */
function targetName({ collector }: Walk, target: TreeNode): string | undefined {
  expectOnly(target, 'a target', 'db', 'table', 'as', 'addition');
  if (target['addition'] === true) return undefined;
  const name = nameOf(target['table']) ?? refuseTree('a target without a name');
  collector.identifier(nameOf(target['db']), name);
  return name;
}

/** Writes the tables that the qualifiers mean, or all that they may mean. */
function write({ collector }: Walk, scope: QueryScope, targets: readonly (string | undefined)[]): readonly Source[] {
  const sources = scope.writable(targets);
  for (const { table } of sources) {
    if (table !== undefined) collector.table(table.schema, table.name, { access: 'write', position: 'outermost' });
  }
  return sources;
}
