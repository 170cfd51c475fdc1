import { isNode } from '../tree/tree-node.js';
import { childOf } from '../tree/node-reader.js';
import {
  type Comparison,
  comparesItself,
  isLive,
  isSometimesEmpty,
  passes,
  rowsPass,
  sidesOf,
  type Test,
} from './condition.js';
import type { Operand } from './operand.js';
import type { Source } from '../tree/query-scope.js';
import type { Column, Condition, LevelSource, QueryLevel } from './query-level.js';
import { remembered } from './remembered.js';
import { isOpaque } from './resolve-column.js';
import { TiedSources } from './tied-sources.js';
import { holds, isAggregate, isStar } from './value.js';

/** Any table: what an opaque source reads. */
const ANY = '*';
/** Most tables that a server joins. */
const MAX_SOURCES = 61;
type Owns = (column: Column) => boolean;

/** Whether one of the conditions of a WHERE bounds rows of some source. */
export function whereBounds(level: QueryLevel): boolean {
  const test = boundsTest(level, at(level), true);
  return level.conditions.some(({ node, clause }) => clause === 'where' && passes(node, level, test));
}

/**
 * The name of a table that a write of several tables does not bound: none of its rows is left out by a condition on it, or on a table that it is
 * tied to.
 * @param written the tables that are written, by the alias that they have
 */
export function unboundedTable(level: QueryLevel, written: readonly Source[]): string | undefined {
  if (level.sources.length < 2) return undefined;
  const bounded = [...boundedSources(level)].map(({ alias }) => alias);
  // Two sources of one alias are of different schemas: both have to be bounded.
  const isBounded = (alias: string): boolean =>
    level.sources.filter((source) => source.alias === alias).length === bounded.filter((one) => one === alias).length;
  return written.find(({ alias }) => !isBounded(alias.toLowerCase()))?.table?.name;
}

/**
 * The name of a table of a SELECT that no condition ties to the others. Where the SELECT is that of a view, a write with a condition on one of its
 * tables bounds no row of such a one.
 */
export function untiedTable(level: QueryLevel, sources: readonly Source[]): string | undefined {
  if (level.sources.length < 2 || level.sources.length > MAX_SOURCES) return undefined;
  const tied = new TiedSources(level).reachedFrom(level.sources.slice(0, 1));
  const isTied = ({ alias }: Source): boolean => [...tied].some((source) => source.alias === alias.toLowerCase());
  return sources.find((source) => source.table !== undefined && !isTied(source))?.table?.name;
}

/**
 * The sources of a query of which not every row counts: those that a condition bounds by their own columns, and those that a condition ties to
 * one of them.
 */
function boundedSources(level: QueryLevel): ReadonlySet<LevelSource> {
  return sourcesOf(level, '');
}

const NONE: ReadonlySet<LevelSource> = new Set();

const sourcesOf = remembered((level: QueryLevel): ReadonlySet<LevelSource> => {
  if (level.sources.length > MAX_SOURCES) return NONE;
  if (level.conditions.some((condition) => condition.clause === 'having' && isLive(condition, level, false))) {
    return new Set(level.sources);
  }
  const tied = new TiedSources(level);
  const boundBy = (clause: Condition['clause']): readonly LevelSource[] =>
    level.sources.filter((source) => isBoundBy(level, clause, (column) => column.source === source));
  const bounded = tied.reachedFrom(boundBy('where'), boundBy('join'));
  // A condition on a name that may be of any source, or with OR on several, bounds one of them, and with it those that it is tied to.
  if (!isBoundBy(level, 'where', at(level))) return bounded;
  const reached = level.sources.map((source) => tied.reachedFrom([source]));
  return new Set(level.sources.filter((source) => bounded.has(source) || reached.every((each) => each.has(source))));
}, NONE);

function isBoundBy(level: QueryLevel, clause: Condition['clause'], owns: Owns): boolean {
  const test = boundsTest(
    level,
    (column) => column.level === level && !(column.source !== undefined && isOpaque(column.source)) && owns(column),
    clause === 'where',
  );
  return level.conditions.some((condition) => condition.clause === clause && passes(condition.node, level, test));
}

/**
 * Whether a comparison bounds rows by a column of theirs: not with itself, nor with the same column of all rows of the same table.
 * @param isAcross whether a comparison with a column beside it counts: in ON it says which rows belong together, and not which are meant
 */
function boundsTest(level: QueryLevel, owns: Owns, isAcross: boolean): Test {
  const test: Test = (comparison) => {
    const sides = sidesOf(comparison);
    const columns = sides.flatMap((side) => side.columns);
    const isOwn = columns.some(owns) || sides.some(({ queries }) => queries.some((arms) => correlates(arms, test)));
    if (!isOwn || comparesItself(comparison, (one, other) => isReadAgain(one, other, comparison))) return false;
    if (!isAcross && new Set(columns.filter(at(level)).map(({ source }) => source)).size > 1) return false;
    return !isAmongItself(comparison, owns);
  };
  return test;
}

/** Whether what a subquery gives depends on columns from outside: `(SELECT COUNT(*) FROM u WHERE u.id = t.id)`. */
function correlates(arms: readonly QueryLevel[], test: Test): boolean {
  return isSometimesEmpty(arms) && arms.every((arm) => rowsPass(arm, test));
}

/** Whether two columns of different sources may be the same one of the same table. */
function isReadAgain(one: Column, other: Column, { operator, negated }: Comparison): boolean {
  if (one.source === other.source) return false;
  // a.id < b.id leaves out at least the row itself.
  if (['<', '>'].includes(operator) && !negated) return false;
  const isShared = intersects(tablesOf(one), tablesOf(other));
  return isShared && mayGive(one, other);
}

/** What queries make may have other names for the same columns. */
function mayGive(one: Column, other: Column): boolean {
  if (isNamedAnew(one))
    return isNamedAnew(other) || one.source?.arms === undefined || outputsGive(one.source.arms, other.name);
  return isNamedAnew(other) ? mayGive(other, one) : one.name === other.name;
}

function isNamedAnew({ source }: Column): boolean {
  return source !== undefined && source.table === undefined;
}

/** Whether a column is looked for among all rows of its own table: `id IN (SELECT id FROM t)`. */
function isAmongItself({ left, right }: Comparison, owns: Owns): boolean {
  if (right === undefined) return false;
  const isAmong = (side: Operand, among: Operand): boolean =>
    side.columns
      .filter(owns)
      .some((column) =>
        among.queries.some(
          (arms) =>
            intersects(tablesOf(column), unboundedIn(arms)) && (isNamedAnew(column) || outputsGive(arms, column.name)),
        ),
      );
  return isAmong(left, right) || isAmong(right, left);
}

function tablesOf({ source, level }: Column): ReadonlySet<string> {
  return new Set((source === undefined ? level.sources : [source]).flatMap((item) => [...unboundedTables(item)]));
}

/** The tables of which a source gives every row. */
function unboundedTables(source: LevelSource): ReadonlySet<string> {
  if (source.table !== undefined) return new Set([source.table]);
  return source.arms === undefined ? new Set([ANY]) : unboundedIn(source.arms);
}

function unboundedIn(arms: readonly QueryLevel[]): ReadonlySet<string> {
  return tablesIn(arms, '');
}

const tablesIn = remembered(
  (arms: readonly QueryLevel[]): ReadonlySet<string> => {
    const tables = arms.flatMap((arm) => {
      const bounded = boundedSources(arm);
      return arm.sources.filter((source) => !bounded.has(source)).flatMap((source) => [...unboundedTables(source)]);
    });
    return new Set(tables);
  },
  new Set([ANY]),
);

function intersects(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.has(ANY) || other.has(ANY) || [...one].some((table) => other.has(table));
}

/** Whether a query may give a column of a table as it is, under whatever name. An aggregate of it is another value, but for GROUP BY the column. */
const outputsGive = remembered(
  (arms: readonly QueryLevel[], name: string): boolean =>
    arms.some((arm) => {
      const derived = arm.sources.some((source) => source.arms !== undefined && outputsGive(source.arms, name));
      return arm.outputs.some(({ expr }) => {
        if (isStar(expr)) return derived || arm.sources.some(({ arms: inner }) => inner === undefined);
        const isGiven = derived || namesColumn(expr, name);
        return (
          isGiven && (!holds(expr, isAggregate) || arm.groups.some((group) => derived || namesColumn(group, name)))
        );
      });
    }),
  true,
);

function namesColumn(value: unknown, name: string): boolean {
  return holds(value, (node) => {
    const column = node['type'] === 'column_ref' ? node['column'] : undefined;
    const text = isNode(column) ? childOf(column, 'expr')?.['value'] : column;
    return typeof text === 'string' && text.toLowerCase() === name;
  });
}

function at(level: QueryLevel): Owns {
  return (column) => column.level === level;
}
