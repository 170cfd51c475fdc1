import { childOf, nameOf } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';
import { remembered } from './remembered.js';
import { argumentsOf, functionName, isAggregate, isValue, operatorOf } from './value.js';
import type { Column, LevelSource, QueryLevel } from './query-level.js';

/** What a query fills a column with: what is in rows, a constant, or a constant for some rows, as far as it can be told. */
type Content = 'rows' | 'constant' | 'unsure';

type Resolved = Column | 'constant' | 'unsure';

/**
 * What a name of a column means at a level. A column that a derived table fills with a constant is none: to compare it tells nothing about
 * rows. Nor is one that it may fill so: that comparison tells nothing at all.
 */
export function resolveColumn(node: TreeNode, level: QueryLevel): Resolved {
  const qualifier = nameOf(node['table'])?.toLowerCase();
  const name = (nameOf(node['column']) ?? '').toLowerCase();
  for (let at: QueryLevel | undefined = level; at !== undefined; at = at.parent) {
    const candidates = at.sources.filter((source) =>
      qualifier === undefined ? mayHave(source, name) : source.alias === qualifier,
    );
    if (candidates.length === 0) continue;
    const content = together(candidates.map((source) => contentOf(source, name)));
    if (content !== 'rows') return content;
    const source = candidates.length === 1 ? candidates[0] : undefined;
    return { level: at, source, name, isQualified: qualifier !== undefined };
  }
  return 'constant';
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

const contentOf = remembered<LevelSource, Content>((source, name) => {
  if (source.arms === undefined) return 'rows';
  const names = outputNames(source);
  const at = names.indexOf(name);
  const contents = source.arms.map((arm) => {
    if (!isCounted(source, arm)) return contentOfAny(arm, '');
    if (at >= 0) return contentOfOutput(arm.outputs[at]?.['expr'], arm);
    // An expression without an alias is named by its text; or the column is one behind a star.
    const texts = arm.outputs.filter((_output, index) => names[index] === '');
    const isText = texts.some(({ expr }) => contentOfOutput(expr, arm) !== 'rows');
    return isText ? 'unsure' : contentOfStar(source, arm, name);
  });
  return together(contents);
}, 'unsure');

/** Whether it is known which output of a SELECT is which column: a star of each SELECT is as wide as that of the first, where each has only that one. */
function isCounted({ arms = [], names }: LevelSource, arm: QueryLevel): boolean {
  const [first] = arms;
  if (names.length > 0 && hasStar(arm)) return false;
  if (first === undefined || first === arm) return true;
  const [star, ...more] = starsOf(first);
  const [same, ...others] = starsOf(arm);
  return first.outputs.length === arm.outputs.length && star === same && more.length + others.length === 0;
}

function starsOf({ outputs }: QueryLevel): readonly number[] {
  return outputs.flatMap(({ expr }, index) => (isStar(expr) ? [index] : []));
}

/** Of a column behind a star, which has its name in the first SELECT only. */
function contentOfStar({ arms }: LevelSource, arm: QueryLevel, name: string): Content {
  const isFirst = arms?.[0] === arm;
  return together(arm.sources.map((inner) => (isFirst ? contentOf(inner, name) : contentOfSource(inner))));
}

/** Of a column that may be any that a SELECT gives. */
const contentOfAny = remembered<QueryLevel, Content>((arm) => {
  const own = arm.outputs.map(({ expr }) => contentOfOutput(expr, arm));
  const behind = hasStar(arm) ? arm.sources.map(contentOfSource) : [];
  return [...own, ...behind].every((content) => content === 'rows') ? 'rows' : 'unsure';
}, 'unsure');

function contentOfSource({ arms = [] }: LevelSource): Content {
  return together(arms.map((arm) => contentOfAny(arm, '')));
}

/** What is true of all of them, where one is. */
function together(contents: readonly Content[]): Content {
  const [first = 'rows', ...others] = contents;
  return others.every((content) => content === first) ? first : 'unsure';
}

/** A subquery that names no column of a query around it gives one and the same for all rows. */
function contentOfOutput(expr: unknown, level: QueryLevel): Content {
  if (!isNode(expr) || isStar(expr) || holdsOutsideQueries(expr, isAggregate)) return 'rows';
  const columns = columnsFrom(expr, level, level);
  if (columns.every((column) => column === 'constant')) return 'constant';
  return isValue(expr) && !columns.includes('unsure') ? 'rows' : 'unsure';
}

/** What the columns are that an expression at a level, and the subqueries in it, take from a query or from those around it. */
function columnsFrom(part: unknown, at: QueryLevel, query: QueryLevel): Resolved[] {
  if (Array.isArray(part)) return part.flatMap((item) => columnsFrom(item, at, query));
  if (!isNode(part)) return [];
  const { ast } = part;
  if (isNode(ast)) {
    return at.subquery(ast).flatMap((arm) => {
      const conditions = arm.conditions.filter(({ clause }) => clause !== 'outer join');
      return [
        ...columnsFrom(arm.outputs, arm, query),
        ...conditions.flatMap(({ node }) => columnsOfCondition(node, arm, query)),
      ];
    });
  }
  if (part['type'] !== 'column_ref') return Object.values(part).flatMap((child) => columnsFrom(child, at, query));
  const column = isStar(part) ? 'constant' : resolveColumn(part, at);
  return typeof column === 'object' && !isOf(column.level, query) ? [] : [column];
}

/** Those that a condition of a subquery depends on: of OR only where each arm names one, and none where a column is compared with itself. */
function columnsOfCondition(node: TreeNode, at: QueryLevel, query: QueryLevel): Resolved[] {
  const [left, right] = [childOf(node, 'left'), childOf(node, 'right')];
  const negated = functionName(node) === 'not' ? argumentsOf(node)[0] : undefined;
  if (negated !== undefined) return columnsOfCondition(negated, at, query);
  if (left === undefined || right === undefined) return columnsFrom(node, at, query);
  const operator = operatorOf(node);
  if (operator === 'AND' || operator === 'OR') {
    const arms = [left, right].map((arm) => columnsOfCondition(arm, at, query));
    const isFreeArm = (arm: readonly Resolved[]): boolean => arm.every((column) => column === 'constant');
    return operator === 'OR' && arms.some(isFreeArm) ? [] : arms.flat();
  }
  const [one, other] = [columnsFrom(left, at, query), columnsFrom(right, at, query)];
  return one.some((column) => other.some((same) => isOneColumn(column, same))) ? [] : [...one, ...other];
}

function isOneColumn(one: Resolved, other: Resolved): boolean {
  if (typeof one === 'string' || typeof other === 'string') return false;
  return one.level === other.level && one.source === other.source && one.name === other.name;
}

/** Whether a level is a query or stands around it. */
function isOf(level: QueryLevel, query: QueryLevel): boolean {
  for (let at: QueryLevel | undefined = query; at !== undefined; at = at.parent) if (at === level) return true;
  return false;
}

/** Whether a query gives what is in rows, and no constant. */
export function givesRows(arms: readonly QueryLevel[]): boolean {
  return arms.some(
    (arm) => arm.sources.length > 0 && arm.outputs.some(({ expr }) => contentOfOutput(expr, arm) === 'rows'),
  );
}

/** Whether a condition names an output of its query, by its alias, that may be a constant. */
export function namesConstantOutput(condition: TreeNode, level: QueryLevel): boolean {
  const constants = level.outputs
    .filter(({ expr }) => contentOfOutput(expr, level) !== 'rows')
    .map(({ as }) => nameOf(as)?.toLowerCase());
  return holds(
    condition,
    (node) => node['type'] === 'column_ref' && constants.includes(nameOf(node['column'])?.toLowerCase() ?? ''),
  );
}

/** Whether a node, or one in it that stands in no subquery, is of a kind. */
function holdsOutsideQueries(value: unknown, isKind: (node: TreeNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsOutsideQueries(item, isKind));
  if (!isNode(value) || isNode(value['ast'])) return false;
  return isKind(value) || Object.values(value).some((child) => holdsOutsideQueries(child, isKind));
}

/** Whether a node, or one in it, is of a kind. */
export function holds(value: unknown, isKind: (node: TreeNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item, isKind));
  if (!isNode(value)) return false;
  return isKind(value) || Object.values(value).some((child) => holds(child, isKind));
}
