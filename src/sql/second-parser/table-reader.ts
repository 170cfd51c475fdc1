import type { UseOfTable } from '../tree/collector.js';
import { expectOnly, refuseTree } from '../tree/node-reader.js';
import { isNode } from '../tree/tree-node.js';
import type { QueryScope } from '../tree/query-scope.js';
import type { Reading } from './reading.js';
import { identOf, isGiven, itemsOf, nodeOf, objectNameOf, variantOf } from './rust-nodes.js';

/** What is read once all sources of a FROM are known. */
type Later = (() => void)[];

/**
 * Reads the tables of a FROM, with their joins; their conditions afterwards, since they may name any of them.
 * @param items each a relation with its joins
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readTables(reading: Reading, items: unknown, scope: QueryScope, use: UseOfTable): void {
  const later: Later = [];
  for (const item of itemsOf(items)) readJoined(reading, item, scope, use, later);
  for (const run of later) run();
}

function readJoined(reading: Reading, item: unknown, scope: QueryScope, use: UseOfTable, later: Later): void {
  const node = nodeOf(item, 'FROM');
  expectOnly(node, 'FROM', 'relation', 'joins');
  readRelation(reading, node['relation'], scope, use, later);
  for (const value of itemsOf(node['joins'])) {
    const join = nodeOf(value, 'a join');
    expectOnly(join, 'a join', 'relation', 'join_operator');
    readRelation(reading, join['relation'], scope, use, later);
    later.push(() => {
      readJoinOperator(reading, join['join_operator'], scope);
    });
  }
}

function readRelation(reading: Reading, value: unknown, scope: QueryScope, use: UseOfTable, later: Later): void {
  const { name, fields } = variantOf(value);
  const node = nodeOf(fields, 'a table');
  switch (name) {
    case 'Table':
      expectOnly(node, 'a table', 'name', 'alias');
      // A real table whose columns get other names would hide which ones are read.
      if (isNode(node['alias'])) expectOnly(node['alias'], 'the alias of a table', 'explicit', 'name');
      readTable(reading, node['name'], readAlias(reading, node['alias']), scope, use);
      return;
    case 'Derived':
      expectOnly(node, 'a derived table', 'lateral', 'subquery', 'alias');
      scope.addSource({ alias: readAlias(reading, node['alias']) ?? '', table: undefined });
      later.push(() => {
        // Only a lateral one sees the tables beside it.
        reading.subquery(node['subquery'], node['lateral'] === true ? scope : (scope.parent ?? scope));
      });
      return;
    case 'NestedJoin':
      expectOnly(node, 'a join', 'table_with_joins');
      readJoined(reading, node['table_with_joins'], scope, use, later);
      return;
    default:
      refuseTree(`a table of type ${name}`);
  }
}

/**
 * Reads a table by its name: a CTE where one of that name is visible and no schema is written, the real one otherwise.
 * @throws DenialError `STATEMENT_UNKNOWN`
 */
export function readTable(
  reading: Reading,
  value: unknown,
  alias: string | undefined,
  scope: QueryScope,
  use: UseOfTable,
): void {
  const parts = objectNameOf(value);
  const last = parts.at(-1);
  if (last === undefined || parts.length > 2) return refuseTree('the name of a table');
  // FROM DUAL is no table; the word is reserved, so that a table of this name is quoted.
  if (parts.length === 1 && !last.isQuoted && last.name.toLowerCase() === 'dual') return;
  const schema = parts.length === 2 ? parts[0]?.name : undefined;
  const { name } = last;
  reading.collector.identifier(schema, name);
  const isCte = schema === undefined && scope.isCte(name);
  scope.addSource({ alias: alias ?? name, table: isCte ? undefined : { schema, name } });
  if (!isCte) reading.collector.table(schema, name, use);
}

function readAlias({ collector }: Reading, value: unknown): string | undefined {
  if (!isGiven(value)) return undefined;
  const alias = nodeOf(value, 'an alias');
  expectOnly(alias, 'an alias', 'explicit', 'name', 'columns');
  for (const column of itemsOf(alias['columns'])) {
    const node = nodeOf(column, 'a column');
    expectOnly(node, 'a column', 'name');
    collector.identifier(identOf(node['name']).name);
  }
  const { name } = identOf(alias['name']);
  collector.identifier(name);
  return name;
}

const JOINS: ReadonlySet<string> = new Set([
  ...['Join', 'Inner', 'Left', 'LeftOuter', 'Right', 'RightOuter', 'CrossJoin', 'StraightJoin'],
]);

function readJoinOperator(reading: Reading, value: unknown, scope: QueryScope): void {
  const operator = variantOf(value);
  if (!JOINS.has(operator.name)) return refuseTree(`a join of type ${operator.name}`);
  const { name, fields } = variantOf(operator.fields);
  if (name === 'None') return;
  if (name === 'On') reading.expression(fields, { scope, clause: 'join' });
  else if (name === 'Using') for (const column of itemsOf(fields)) readUsed(reading, column, scope);
  else refuseTree(`a join with ${name}`);
}

function readUsed({ collector }: Reading, value: unknown, scope: QueryScope): void {
  const [column, ...others] = objectNameOf(value);
  if (column === undefined || others.length > 0) return refuseTree('USING');
  collector.identifier(column.name);
  collector.column({ column: column.name, clause: 'join', bare: false }, undefined, scope);
}
