import type { UseOfTable } from './collector.js';
import { walkExpression } from './expression-walker.js';
import { childOf, childrenOf, expectOnly, nameOf, refuseTree } from './node-reader.js';
import { isNode, type TreeNode } from './tree-node.js';
import type { QueryScope, Source } from './query-scope.js';
import type { Walk } from './walk.js';

/**
 * Walks FROM or a list of tables: registers its sources in the scope, then walks the conditions of its joins.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkFrom(walk: Walk, from: unknown, scope: QueryScope, use: UseOfTable): void {
  if (from === null || from === undefined) return;
  const later: (() => void)[] = [];
  registerAll(walk, from, scope, use, later);
  // Conditions may name any table of the FROM.
  for (const run of later) run();
}

function registerAll(walk: Walk, from: unknown, scope: QueryScope, use: UseOfTable, later: (() => void)[]): void {
  const items: readonly unknown[] = Array.isArray(from) ? from : [from];
  for (const item of items) {
    if (!isNode(item)) return refuseTree('FROM');
    register(walk, item, scope, use, later);
  }
}

function register(walk: Walk, item: TreeNode, scope: QueryScope, use: UseOfTable, later: (() => void)[]): void {
  if (item['type'] === 'dual') {
    expectOnly(item, 'DUAL', 'type');
    return;
  }
  // Behind a FROM, the parser takes UNION (SELECT …) for a join.
  const join = nameOf(item['join']) ?? 'JOIN';
  if (!/JOIN$/i.test(join)) refuseTree('a set operation in FROM');
  walk.collector.word(item['join']);
  if (item['expr'] !== null && item['expr'] !== undefined) registerDerived(walk, item, scope, use, later);
  else registerTable(walk, item, scope, use);
  later.push(() => {
    walkExpression(walk, childOf(item, 'on'), { scope, clause: 'join', bare: false });
    for (const column of childrenOf(item, 'using')) usedColumn(walk, nameOf(column), scope);
  });
}

function usedColumn({ collector }: Walk, column: string | undefined, scope: QueryScope): void {
  if (column === undefined) return;
  collector.identifier(column);
  collector.column({ column, clause: 'join', bare: false }, undefined, scope);
}

function registerTable({ collector }: Walk, item: TreeNode, scope: QueryScope, use: UseOfTable): void {
  expectOnly(item, 'a table', 'db', 'table', 'as', 'join', 'on', 'using', 'addition', 'parentheses');
  const name = nameOf(item['table']) ?? refuseTree('a table without a name');
  const schema = nameOf(item['db']);
  const alias = nameOf(item['as']);
  collector.identifier(schema, name, alias);
  const isCte = schema === undefined && scope.isCte(name);
  const table: Source['table'] = isCte ? undefined : { schema, name };
  scope.addSource({ alias: alias ?? name, table });
  if (table !== undefined) collector.table(schema, name, use);
}

function registerDerived(walk: Walk, item: TreeNode, scope: QueryScope, use: UseOfTable, later: (() => void)[]): void {
  expectOnly(item, 'a derived table', 'expr', 'as', 'prefix', 'parentheses', 'joins', 'join', 'on', 'using');
  const inner = item['expr'];
  if (Array.isArray(inner)) {
    registerAll(walk, inner, scope, use, later);
    registerAll(walk, childrenOf(item, 'joins'), scope, use, later);
    return;
  }
  const query = isNode(inner) ? childOf(inner, 'ast') : undefined;
  if (!isNode(inner) || query === undefined) return refuseTree('a derived table');
  expectOnly(inner, 'a derived table', 'tableList', 'columnList', 'ast', 'parentheses');
  const alias = nameOf(item['as']);
  walk.collector.identifier(alias);
  walk.collector.word(item['prefix']);
  walk.collector.compound = true;
  scope.addSource({ alias: alias ?? '', table: undefined });
  later.push(() => {
    // Only a lateral one sees the tables beside it.
    walk.subquery(walk, query, item['prefix'] === 'lateral' ? scope : (scope.parent ?? scope));
  });
}
