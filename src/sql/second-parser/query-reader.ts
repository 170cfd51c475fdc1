import { expectOnly, refuseTree } from '../tree/node-reader.js';
import type { TreeNode } from '../tree/tree-node.js';
import { QueryScope } from '../tree/query-scope.js';
import { readSelect } from './select-reader.js';
import type { Reading } from './reading.js';
import { identOf, isGiven, itemsOf, nodeOf, variantOf } from './rust-nodes.js';

const QUERY_KEYS = ['with', 'body', 'order_by', 'limit_clause', 'fetch'] as const;

/**
 * Reads a subquery, CTE or derived table, which stands in a scope.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readSubquery(reading: Reading, value: unknown, outer: QueryScope): void {
  readQuery(reading, nodeOf(value, 'a query'), outer, true);
}

/**
 * Reads a query with its WITH, set operations, order and limit.
 * @param outer the scope that it stands in
 * @param isNested it is not the statement itself
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readQuery(reading: Reading, query: TreeNode, outer: QueryScope | undefined, isNested: boolean): void {
  expectOnly(query, 'a query', ...QUERY_KEYS);
  const isSetOperation = variantOf(query['body']).name === 'SetOperation';
  const scope = new QueryScope(outer, isNested || isSetOperation);
  readWith(reading, query['with'], scope);
  const first = readBody(reading, query['body'], scope);
  readOrderBy(reading, query['order_by'], first);
  readLimit(reading, query['limit_clause'], first);
  readFetch(reading, query['fetch'], first);
}

/**
 * Reads WITH. A CTE sees those before it, and itself only with RECURSIVE: without, its own name is the real table.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readWith(reading: Reading, value: unknown, scope: QueryScope): void {
  if (!isGiven(value)) return;
  const clause = nodeOf(value, 'WITH');
  expectOnly(clause, 'WITH', 'with_token', 'recursive', 'cte_tables');
  for (const item of itemsOf(clause['cte_tables'])) {
    const cte = nodeOf(item, 'WITH');
    expectOnly(cte, 'WITH', 'alias', 'query', 'closing_paren_token');
    const alias = nodeOf(cte['alias'], 'WITH');
    expectOnly(alias, 'WITH', 'explicit', 'name', 'columns');
    const { name } = identOf(alias['name']);
    reading.collector.identifier(name);
    for (const column of itemsOf(alias['columns'])) {
      const node = nodeOf(column, 'a column');
      expectOnly(node, 'a column', 'name');
      reading.collector.identifier(identOf(node['name']).name);
    }
    const isRecursive = clause['recursive'] === true;
    if (isRecursive) scope.addCte(name);
    reading.subquery(cte['query'], new QueryScope(scope, scope.nested, { name, isRecursive }));
    scope.addCte(name);
  }
}

/** @returns the scope of its first arm, whose columns ORDER BY may name */
function readBody(reading: Reading, value: unknown, scope: QueryScope): QueryScope {
  const { name, fields } = variantOf(value);
  switch (name) {
    case 'Select':
      return readSelect(reading, nodeOf(fields, 'SELECT'), scope);
    case 'Query':
      // Parentheses: what stands in them has an order and a limit of its own.
      readQuery(reading, nodeOf(fields, 'a query'), scope, scope.nested);
      return scope;
    case 'Values':
      readRows(reading, fields, scope);
      return scope;
    case 'SetOperation': {
      reading.collector.compound = true;
      const node = nodeOf(fields, 'a set operation');
      expectOnly(node, 'a set operation', 'op', 'set_quantifier', 'left', 'right');
      const first = readBody(reading, node['left'], scope);
      readBody(reading, node['right'], scope);
      return first;
    }
    default:
      return refuseTree(`a query of type ${name}`);
  }
}

/**
 * Reads the rows of VALUES.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readRows(reading: Reading, value: unknown, scope: QueryScope): void {
  const values = nodeOf(value, 'VALUES');
  expectOnly(values, 'VALUES', 'explicit_row', 'value_keyword', 'rows');
  for (const item of itemsOf(values['rows'])) {
    const row = nodeOf(item, 'VALUES');
    expectOnly(row, 'VALUES', 'content', 'opening_token', 'closing_token');
    reading.expressions(row['content'], { scope, clause: 'value' });
  }
}

function readOrderBy(reading: Reading, value: unknown, scope: QueryScope): void {
  if (!isGiven(value)) return;
  const clause = nodeOf(value, 'ORDER BY');
  expectOnly(clause, 'ORDER BY', 'kind');
  const { name, fields } = variantOf(clause['kind']);
  if (name !== 'Expressions') refuseTree(`ORDER BY ${name}`);
  reading.order(fields, { scope, clause: 'order' });
}

function readLimit(reading: Reading, value: unknown, scope: QueryScope): void {
  if (!isGiven(value)) return;
  const { name, fields } = variantOf(value);
  const limit = nodeOf(fields, 'LIMIT');
  if (name !== 'LimitOffset' && name !== 'OffsetCommaLimit') refuseTree('LIMIT');
  expectOnly(limit, 'LIMIT', 'limit', 'offset');
  reading.expression(limit['limit'], { scope, clause: 'other' });
  if (!isGiven(limit['offset'])) return;
  if (name === 'OffsetCommaLimit') reading.expression(limit['offset'], { scope, clause: 'other' });
  else {
    const offset = nodeOf(limit['offset'], 'OFFSET');
    expectOnly(offset, 'OFFSET', 'value', 'rows');
    reading.expression(offset['value'], { scope, clause: 'other' });
  }
}

// MariaDB: FETCH FIRST 5 ROWS ONLY is LIMIT 5.
function readFetch(reading: Reading, value: unknown, scope: QueryScope): void {
  if (!isGiven(value)) return;
  const fetch = nodeOf(value, 'FETCH');
  expectOnly(fetch, 'FETCH', 'quantity');
  reading.expression(fetch['quantity'], { scope, clause: 'other' });
}
