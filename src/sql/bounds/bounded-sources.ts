import { isNode } from '../tree/tree-node.js';
import { childOf } from '../tree/node-reader.js';
import { type Comparison, comparesItself, isLive, isSometimesEmpty, passes, rowsPass, type Test } from './condition.js';
import { type Operand, operandOf } from './operand.js';
import type { Source } from '../tree/query-scope.js';
import type { Column, Condition, LevelSource, QueryLevel } from './query-level.js';
import { remembered } from './remembered.js';
import { holds, isOpaque, isStar } from './resolve-column.js';
import { isAggregate } from './value.js';

/** Any table: what an opaque source reads. */
const ANY = '*';
/** Most tables that a server joins. */
const MAX_SOURCES = 61;
/** Most sources of one condition that are looked at in pairs. */
const MAX_TIED = 8;

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
  const [first] = tiedGroups(level);
  const isTied = ({ alias }: Source): boolean => [...(first ?? [])].some((tied) => tied.alias === alias.toLowerCase());
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
  const groups = tiedGroups(level);
  return new Set(groups.filter((group) => isGroupBounded(level, group)).flatMap((group) => [...group]));
}, NONE);

function isGroupBounded(level: QueryLevel, group: ReadonlySet<LevelSource>): boolean {
  const isWhole = group.size === level.sources.length;
  // A name that may be of any source bounds one of them, and with it those that it is tied to.
  const owns: Owns = (column) =>
    column.level === level &&
    (column.source === undefined ? isWhole : group.has(column.source) && !isOpaque(column.source));
  return level.conditions.some((condition) => {
    const { node, clause } = condition;
    if (clause === 'outer join') return false;
    if (clause === 'having') return isLive(condition, level, false);
    return passes(node, level, boundsTest(level, owns, clause === 'where'));
  });
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

function sidesOf({ left, right }: Comparison): readonly Operand[] {
  return right === undefined ? [left] : [left, right];
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
  return isShared && (gives(one, other.name) || gives(other, one.name));
}

function gives({ source, name }: Column, wanted: string): boolean {
  if (source?.arms !== undefined) return outputsGive(source.arms, wanted);
  return name === wanted || (source !== undefined && isOpaque(source));
}

/** Whether a column is looked for among all rows of its own table: `id IN (SELECT id FROM t)`. */
function isAmongItself({ left, right }: Comparison, owns: Owns): boolean {
  if (right === undefined) return false;
  const isAmong = (side: Operand, among: Operand): boolean =>
    side.columns
      .filter(owns)
      .some((column) =>
        among.queries.some((arms) => intersects(tablesOf(column), unboundedIn(arms)) && outputsGive(arms, column.name)),
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

/** The sources of a query, those together of which one row stands beside few of the other. */
function tiedGroups(level: QueryLevel): readonly ReadonlySet<LevelSource>[] {
  const groups = new Groups(level.sources);
  for (const condition of level.conditions) tie(groups, condition, level);
  for (const { left, right } of level.usings) {
    if (groups.areTied(left) && groups.areTied(right)) groups.join([...left, ...right]);
  }
  return groups.all;
}

function tie(groups: Groups, condition: Condition, level: QueryLevel): void {
  const { node, clause } = condition;
  if (clause === 'having' || level.sources.length < 2) return;
  const named = sourcesIn(operandOf(node, level).columns, level);
  // An outer join on a condition that is never true, or with a query that gives nothing, leaves all rows.
  const isJoined = (): boolean =>
    isLive(condition, level, true) && named.every(({ arms }) => arms === undefined || isSometimesEmpty(arms));
  if (clause === 'outer join' && !isJoined()) return;
  if (named.length > MAX_TIED) return;
  for (const [index, one] of named.entries()) {
    for (const other of named.slice(index + 1)) {
      if (passes(node, level, tieTest(one, other))) groups.join([one, other]);
    }
  }
}

function tieTest(one: LevelSource, other: LevelSource): Test {
  return (comparison) => {
    const sources = sidesOf(comparison).flatMap(({ columns }) => columns.map(({ source }) => source));
    return sources.includes(one) && sources.includes(other) && !comparesItself(comparison, () => false);
  };
}

/** The sources of a level that columns are known to be of. */
function sourcesIn(columns: readonly Column[], level: QueryLevel): readonly LevelSource[] {
  const sources = columns.filter(at(level)).map(({ source }) => source);
  return [...new Set(sources.filter((source) => source !== undefined))];
}

function at(level: QueryLevel): Owns {
  return (column) => column.level === level;
}

/** Sources in groups, which grow together. */
class Groups {
  #groups: readonly ReadonlySet<LevelSource>[];

  constructor(sources: readonly LevelSource[]) {
    this.#groups = sources.map((source) => new Set([source]));
  }

  get all(): readonly ReadonlySet<LevelSource>[] {
    return this.#groups;
  }

  areTied(sources: readonly LevelSource[]): boolean {
    return this.#groups.some((group) => sources.every((source) => group.has(source)));
  }

  join(sources: readonly LevelSource[]): void {
    const touched = this.#groups.filter((group) => sources.some((source) => group.has(source)));
    const merged = new Set(touched.flatMap((group) => [...group]));
    this.#groups = [...this.#groups.filter((group) => !touched.includes(group)), merged];
  }
}
