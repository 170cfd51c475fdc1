import { nameOf } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';
import { remembered } from './remembered.js';
import { isAggregate, isValue } from './value.js';
import type { Column, LevelSource, QueryLevel } from './query-level.js';

/**
 * What a name of a column means at a level. A column that a derived table fills with a constant is none: to compare it tells nothing about
 * rows.
 */
export function resolveColumn(node: TreeNode, level: QueryLevel): Column | undefined {
  const qualifier = nameOf(node['table'])?.toLowerCase();
  const name = (nameOf(node['column']) ?? '').toLowerCase();
  for (let at: QueryLevel | undefined = level; at !== undefined; at = at.parent) {
    const candidates = at.sources.filter((source) =>
      qualifier === undefined ? mayHave(source, name) : source.alias === qualifier,
    );
    if (candidates.length === 0) continue;
    if (candidates.some((source) => isConstant(source, name))) return undefined;
    const source = candidates.length === 1 ? candidates[0] : undefined;
    return { level: at, source, name, isQualified: qualifier !== undefined };
  }
  return undefined;
}

/** Whether nothing is known of what a source gives: a derived table that sees the tables beside it, or that only the second parser reads. */
export function isOpaque(source: LevelSource): boolean {
  return source.table === undefined && source.arms === undefined;
}

function mayHave(source: LevelSource, name: string): boolean {
  return source.arms === undefined || hasStar(source.arms[0]) || outputNames(source).includes(name);
}

function hasStar(level: QueryLevel | undefined): boolean {
  return level === undefined || level.outputs.some(({ expr }) => isStar(expr));
}

/** Whether an output is `*` or `t.*`. */
export function isStar(expr: unknown): boolean {
  return isNode(expr) && expr['type'] === 'column_ref' && nameOf(expr['column']) === '*';
}

function outputNames({ arms, names }: LevelSource): readonly string[] {
  if (names.length > 0) return names;
  return (arms?.[0]?.outputs ?? []).map(({ as, expr }) => {
    const own = isNode(expr) && expr['type'] === 'column_ref' ? nameOf(expr['column']) : undefined;
    return (nameOf(as) ?? own ?? '').toLowerCase();
  });
}

const isConstant = remembered((source: LevelSource, name: string): boolean => {
  if (source.arms === undefined) return false;
  const at = outputNames(source).indexOf(name);
  if (at >= 0) return source.arms.some((arm) => isConstantOutput(arm.outputs[at]?.['expr'], arm));
  return source.arms.some((arm) => arm.sources.some((inner) => isConstant(inner, name)));
}, true);

function isConstantOutput(expr: unknown, level: QueryLevel): boolean {
  if (!isNode(expr) || isStar(expr) || holds(expr, isAggregate)) return false;
  if (expr['type'] === 'column_ref') return resolveColumn(expr, level) === undefined;
  return !isValue(expr) || !holds(expr, (node) => node['type'] === 'column_ref');
}

/** Whether a query gives what is in rows, and no constant. */
export function givesRows(arms: readonly QueryLevel[]): boolean {
  return arms.some((arm) => arm.sources.length > 0 && arm.outputs.some(({ expr }) => !isConstantOutput(expr, arm)));
}

/** Whether a condition names an output of its query, by its alias, that is a constant. */
export function namesConstantOutput(condition: TreeNode, level: QueryLevel): boolean {
  const constants = level.outputs
    .filter(({ expr }) => isConstantOutput(expr, level))
    .map(({ as }) => nameOf(as)?.toLowerCase());
  return holds(
    condition,
    (node) => node['type'] === 'column_ref' && constants.includes(nameOf(node['column'])?.toLowerCase() ?? ''),
  );
}

/** Whether a node, or one in it, is of a kind. */
export function holds(value: unknown, isKind: (node: TreeNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item, isKind));
  if (!isNode(value)) return false;
  return isKind(value) || Object.values(value).some((child) => holds(child, isKind));
}
