import { comparesItself, isLive, isSometimesEmpty, operandOf, passes, sidesOf, type Test } from './condition.js';
import type { Column, Condition, LevelSource, QueryLevel } from './query-level.js';

/** Most sources of one condition that are looked at in pairs. */
const MAX_TIED = 8;

/** Sources that an outer join ties: each row of the one that is kept stands beside few of the other, if beside any. */
interface OuterTie {
  readonly kept: LevelSource;
  readonly nullable: LevelSource;
}

/** Which sources of a query stand row by row beside each other. */
export class TiedSources {
  readonly #level: QueryLevel;
  readonly #outerTies: OuterTie[] = [];
  /** Those that conditions tie which every row meets. */
  #groups: readonly ReadonlySet<LevelSource>[];

  constructor(level: QueryLevel) {
    this.#level = level;
    this.#groups = level.sources.map((source) => new Set([source]));
    for (const condition of level.conditions) this.#tie(condition);
    for (const { left, right, nullable } of level.usings) {
      // The column may be of any table on that side.
      if (this.#areTied(left) && this.#areTied(right)) this.#join([left[0], right[0]], nullable);
    }
  }

  /**
   * The sources that are bounded where these are.
   * @param meant those that a WHERE is about: it leaves out rows of a table that is kept, too
   * @param joined those that a condition of a join bounds
   */
  reachedFrom(meant: Iterable<LevelSource>, joined: Iterable<LevelSource> = []): ReadonlySet<LevelSource> {
    const whole = new Set<LevelSource>();
    for (const source of meant) this.#add(source, whole);
    for (let size = -1; size < whole.size;) {
      size = whole.size;
      for (const { kept, nullable } of this.#outerTies) if (whole.has(nullable)) this.#add(kept, whole);
    }
    const reached = new Set(whole);
    for (const source of joined) this.#add(source, reached);
    for (let size = -1; size < reached.size;) {
      size = reached.size;
      for (const { kept, nullable } of this.#outerTies) if (reached.has(kept)) this.#add(nullable, reached);
    }
    return reached;
  }

  #add(source: LevelSource, reached: Set<LevelSource>): void {
    if (reached.has(source)) return;
    for (const one of this.#groups.find((group) => group.has(source)) ?? []) reached.add(one);
  }

  #tie(condition: Condition): void {
    const { node, clause, nullable } = condition;
    if (clause === 'having' || this.#level.sources.length < 2) return;
    const named = sourcesIn(operandOf(node, this.#level).columns, this.#level);
    if (named.length > MAX_TIED) return;
    // An outer join on a condition that is never true, or with a query that gives nothing, leaves all rows.
    const isJoined = (): boolean =>
      isLive(condition, this.#level, true) && named.every(({ arms }) => arms === undefined || isSometimesEmpty(arms));
    if (clause === 'outer join' && !isJoined()) return;
    for (const [index, one] of named.entries()) {
      for (const other of named.slice(index + 1)) {
        if (passes(node, this.#level, tieTest(one, other))) this.#join([one, other], nullable);
      }
    }
  }

  #areTied(sources: readonly LevelSource[]): boolean {
    return this.#groups.some((group) => sources.every((source) => group.has(source)));
  }

  #join([one, other]: readonly (LevelSource | undefined)[], nullable: readonly LevelSource[] | undefined): void {
    if (one === undefined || other === undefined) return;
    if (nullable === undefined) {
      const touched = this.#groups.filter((group) => group.has(one) || group.has(other));
      const merged = new Set(touched.flatMap((group) => [...group]));
      this.#groups = [...this.#groups.filter((group) => !touched.includes(group)), merged];
    } else if (nullable.includes(one) !== nullable.includes(other)) {
      this.#outerTies.push(nullable.includes(one) ? { kept: other, nullable: one } : { kept: one, nullable: other });
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
  const sources = columns.flatMap((column) => (column.level === level ? [column.source] : []));
  return [...new Set(sources.filter((source) => source !== undefined))];
}
