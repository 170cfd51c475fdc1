import { isNode, type TreeNode } from '../tree/tree-node.js';
import type { QueryScope } from '../tree/query-scope.js';
import { conditionTree, NEVER_BOUND } from './condition-tree.js';
import { identOf, isGiven, itemsOf, objectNameOf, variantOf } from './rust-nodes.js';

/**
 * The tables of a FROM in the shape of the first parser's, with the conditions of their joins, for the rule for bounded rows. What a query makes
 * stands there without its query: nothing is known of it.
 */
export function fromTree(items: unknown, scope: QueryScope): readonly TreeNode[] {
  return itemsOf(items).flatMap((item) => {
    if (!isNode(item)) return [];
    const joined = itemsOf(item['joins']).filter(isNode);
    return [sourceTree(item['relation'], scope), ...joined.map((join) => joinTree(join, scope))];
  });
}

function sourceTree(relation: unknown, scope: QueryScope): TreeNode {
  const { name, fields } = variantOf(relation);
  const node = isNode(fields) ? fields : {};
  const alias = isNode(node['alias']) ? identOf(node['alias']['name']).name : undefined;
  if (name === 'NestedJoin') return { expr: fromTree([node['table_with_joins']], scope) };
  if (name !== 'Table') return { expr: {}, as: alias };
  const [last, schema] = objectNameOf(node['name']).toReversed();
  if (last === undefined) return { expr: {}, as: alias };
  const isCte = schema === undefined && scope.isCte(last.name);
  return isCte ? { expr: {}, as: alias ?? last.name } : { db: schema?.name, table: last.name, as: alias };
}

function joinTree(join: TreeNode, scope: QueryScope): TreeNode {
  const operator = variantOf(join['join_operator']);
  const constraint = variantOf(operator.fields);
  const using = constraint.name === 'Using' ? itemsOf(constraint.fields) : [];
  const isOn = constraint.name === 'On' && isGiven(constraint.fields);
  return {
    ...sourceTree(join['relation'], scope),
    join: operator.name,
    using,
    on: isOn ? (conditionTree(constraint.fields) ?? NEVER_BOUND) : undefined,
  };
}
