import { untiedTable } from '../bounds/bounded-sources.js';
import { QueryLevel } from '../bounds/query-level.js';
import { isLiteral, walkExpression, walkOrder, walkWindow } from './expression-walker.js';
import { walkCondition, walkWhere } from './condition-walker.js';
import { walkFrom } from './from-walker.js';
import { childOf, childrenOf, expectOnly, nameOf, refuseTree } from './node-reader.js';
import { OutputColumns } from './output-columns.js';
import type { TreeNode } from './tree-node.js';
import { QueryScope } from './query-scope.js';
import type { Place, Walk } from './walk.js';

const SELECT_KEYS = [
  'type',
  'with',
  'distinct',
  'columns',
  'into',
  'from',
  'where',
  'groupby',
  'having',
  'orderby',
  'limit',
  'window',
  '_next',
  'set_op',
  '_orderby',
  '_limit',
  'parentheses_symbol',
  'parentheses',
] as const;

/**
 * Walks a subquery, CTE or derived table.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkSubquery(walk: Walk, query: TreeNode, outer: QueryScope): void {
  walk.collector.compound = true;
  walkQuery(walk, query, outer, true);
}

/**
 * Walks SELECT with its set operations.
 * @param outer the scope that it stands in
 * @param nested it is not the statement itself
 * @returns the scope of its first arm
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkQuery(walk: Walk, query: TreeNode, outer: QueryScope | undefined, nested: boolean): QueryScope {
  const isSetOperation = childOf(query, '_next') !== undefined;
  if (isSetOperation) walk.collector.compound = true;
  const withs = childrenOf(query, 'with');
  // (WITH t … SELECT …) UNION SELECT … FROM t: the tree does not say that the CTE ends with its parenthesis, and this t is the table.
  if (isSetOperation && withs.length > 0 && query['parentheses_symbol'] === true) refuseTree('WITH in parentheses');
  const ctes = new QueryScope(outer, nested || isSetOperation);
  walkCtes(walk, withs, ctes);
  const first = walkArm(walk, query, ctes);
  for (let arm = childOf(query, '_next'); arm !== undefined; arm = childOf(arm, '_next')) {
    if (childrenOf(arm, 'with').length > 0) refuseTree('WITH behind a set operation');
    walkArm(walk, arm, ctes);
  }
  const outputs = new OutputColumns(query);
  walkOrdering(walk, query, '_orderby', { scope: first, clause: 'order', bare: false, outputs });
  walkLimit(walk, childOf(query, '_limit'), first);
  return first;
}

/**
 * Walks WITH. A CTE sees those before it, and itself only with RECURSIVE: without, its own name is the real table.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkCtes(walk: Walk, ctes: readonly TreeNode[], scope: QueryScope): void {
  const isRecursive = ctes.some((cte) => cte['recursive'] === true);
  for (const cte of ctes) {
    expectOnly(cte, 'WITH', 'name', 'stmt', 'columns', 'recursive');
    const name = nameOf(cte['name']) ?? refuseTree('a CTE without a name');
    walk.collector.identifier(name);
    for (const column of childrenOf(cte, 'columns')) walk.collector.identifier(nameOf(column['column']));
    const statement = childOf(cte, 'stmt') ?? refuseTree('a CTE without a query');
    expectOnly(statement, 'WITH', 'tableList', 'columnList', 'ast', '_parentheses');
    const query = childOf(statement, 'ast') ?? refuseTree('a CTE without a query');
    if (isRecursive) scope.addCte(name);
    walkSubquery(walk, query, new QueryScope(scope, scope.nested, { name, isRecursive }));
    scope.addCte(name);
  }
}

function walkArm(walk: Walk, node: TreeNode, outer: QueryScope): QueryScope {
  if (node['type'] !== 'select') return refuseTree('a query that is no SELECT');
  expectOnly(node, 'SELECT', ...SELECT_KEYS);
  expectOnly(childOf(node, 'into') ?? {}, 'INTO');
  const scope = new QueryScope(outer, outer.nested);
  walkFrom(walk, node['from'], scope, { access: 'read', position: scope.nested ? 'nested' : 'outermost' });
  const outputs = new OutputColumns(node);
  for (const column of childrenOf(node, 'columns')) {
    expectOnly(column, 'a column', 'expr', 'as', 'type');
    walkExpression(walk, childOf(column, 'expr'), { scope, clause: 'output', bare: true, windowOutputs: outputs });
    walk.collector.identifier(nameOf(column['as']));
  }
  const where = childOf(node, 'where');
  if (scope.nested) walkCondition(walk, where, scope);
  else walkOutermost(walk, new QueryLevel(node, walk.collector.seeView), where, scope);
  walkGroups(walk, node, { scope, clause: 'group', bare: false, outputs });
  walkExpression(walk, childOf(node, 'having'), { scope, clause: 'having', bare: false, outputs });
  walkOrdering(walk, node, 'orderby', { scope, clause: 'order', bare: false, outputs, windowOutputs: outputs });
  walkLimit(walk, childOf(node, 'limit'), scope);
  walkWindow(walk, childOf(node, 'window'), { scope, clause: 'other', bare: false, windowOutputs: outputs });
  return scope;
}

function walkOutermost(walk: Walk, level: QueryLevel, where: TreeNode | undefined, scope: QueryScope): void {
  walkWhere(walk, level, where, scope);
  walk.collector.unboundedTable = untiedTable(level, scope.sources);
}

function walkGroups(walk: Walk, node: TreeNode, place: Place): void {
  const groups = childOf(node, 'groupby');
  if (groups === undefined) return;
  expectOnly(groups, 'GROUP BY', 'columns', 'modifiers');
  for (const column of childrenOf(groups, 'columns')) walkPositional(walk, column, place);
  const modifiers = groups['modifiers'];
  for (const modifier of Array.isArray(modifiers) ? modifiers : []) walk.collector.word(nameOf(modifier));
}

function walkOrdering(walk: Walk, node: TreeNode, key: 'orderby' | '_orderby', place: Place): void {
  for (const item of childrenOf(node, key)) {
    const expression = childOf(item, 'expr');
    if (isLiteral(expression)) walkPositional(walk, expression, place);
    else walkOrder(walk, [item], place);
  }
}

// ORDER BY 2 means an output column; which one is not in the canonical text, so it may be any.
function walkPositional(walk: Walk, expression: TreeNode | undefined, place: Place): void {
  if (!isLiteral(expression)) {
    walkExpression(walk, expression, place);
    return;
  }
  walk.collector.again(() => {
    for (const output of place.outputs?.allNewIn(place.clause) ?? []) {
      walkExpression(walk, output, { scope: place.scope, clause: place.clause, bare: false });
    }
  });
}

/**
 * Walks LIMIT, which holds literals and no more.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function walkLimit(walk: Walk, limit: TreeNode | undefined, scope: QueryScope): void {
  if (limit === undefined) return;
  expectOnly(limit, 'LIMIT', 'seperator', 'value');
  for (const value of childrenOf(limit, 'value')) {
    walkExpression(walk, value, { scope, clause: 'other', bare: false });
  }
}
