import { lowerCase } from '../canonical/token.js';
import { childOf, childrenOf, nameOf } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';
import type { LineageUse, QueryLineage } from './lineage.js';
import { tellsPresenceOnly, tellsRowsOnly } from './telling-functions.js';

/**
 * The columns and queries whose values an expression uses.
 * @param read - reads a subquery
 */
export function usesOf(node: TreeNode | undefined, read: (query: TreeNode) => QueryLineage): readonly LineageUse[] {
  const uses: LineageUse[] = [];
  visit(node, read, uses);
  return uses;
}

function visit(node: unknown, read: (query: TreeNode) => QueryLineage, uses: LineageUse[], inWindow = false): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, read, uses, inWindow);
    return;
  }
  if (!isNode(node)) return;
  const query = node['ast'];
  if (isNode(query)) {
    uses.push({ query: read(query) });
    return;
  }
  if (node['type'] === 'column_ref') {
    uses.push({ ...columnUse(node), ...(inWindow && { inWindow }) });
    return;
  }
  const choice = choiceIn(node);
  if (choice !== undefined) {
    uses.push(...presenceUses(choice.columns, inWindow));
    visit(choice.conditions, read, uses, inWindow);
    return;
  }
  const present = presenceOf(node);
  uses.push(...presenceUses(present ?? [], inWindow));
  const inner: LineageUse[] = tellsRowsOnly(node) ? [] : uses;
  for (const [key, value] of Object.entries(node)) {
    if (present === undefined || key === 'over') visit(value, read, inner, inWindow || key === 'over');
  }
}

function presenceUses(columns: readonly TreeNode[], inWindow: boolean): readonly LineageUse[] {
  return columns.map((column) => ({ ...columnUse(column), presence: true, ...(inWindow && { inWindow }) }));
}

function columnUse(node: TreeNode): { readonly column: string; readonly qualifier: string | undefined } {
  const qualifier = nameOf(node['table']);
  return {
    column: nameOf(node['column']) ?? '',
    qualifier: qualifier === undefined ? undefined : lowerCase(qualifier),
  };
}

/** The columns of which a call or comparison tells no more than whether they are NULL; undefined for every other expression. */
function presenceOf(node: TreeNode): readonly TreeNode[] | undefined {
  if (!tellsPresenceOnly(node)) return undefined;
  const columns = argumentsOf(node);
  return columns.length > 0 && columns.every((column) => column['type'] === 'column_ref') ? columns : undefined;
}

/** What `COUNT(CASE WHEN … THEN column END)` counts, and by which conditions. */
interface CountedChoice {
  readonly columns: readonly TreeNode[];
  readonly conditions: readonly unknown[];
}

function choiceIn(node: TreeNode): CountedChoice | undefined {
  const [only, ...others] = tellsPresenceOnly(node) && !isNode(node['over']) ? argumentsOf(node) : [];
  if (only?.['type'] !== 'case' || others.length > 0) return undefined;
  const arms = childrenOf(only, 'args');
  const results = arms.map((arm) => childOf(arm, 'result')).filter(isNode);
  const columns = results.filter((result) => result['type'] === 'column_ref');
  if (!results.every((result) => result['type'] === 'column_ref' || result['type'] === 'null')) return undefined;
  return { columns, conditions: [only['expr'], ...arms.map((arm) => arm['cond'])] };
}

/** What COUNT, ISNULL or IS is about. */
function argumentsOf(node: TreeNode): readonly TreeNode[] {
  if (node['type'] === 'binary_expr') return [childOf(node, 'left')].filter(isNode);
  const args = childOf(node, 'args') ?? {};
  const expression = childOf(args, 'expr') ?? args;
  return expression['type'] === 'expr_list' ? childrenOf(expression, 'value') : [expression];
}
