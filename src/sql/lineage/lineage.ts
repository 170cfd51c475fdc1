/**
 * Where the values of a statement come from, as it is written: symbols, which the catalogue's tables give their meaning. Objects refer to each
 * other in cycles: a recursive CTE reads itself.
 *
 * @module
 */

/** Where a condition stands. */
export type ConditionClause = 'where' | 'join' | 'group' | 'having' | 'order';

/** What one statement reads, compares and writes. */
export interface StatementLineage {
  /** The query whose rows come back: of SELECT, or RETURNING. */
  readonly result?: QueryLineage;
  /** Every query of it, with those in subqueries; the one that UPDATE and DELETE are as well. */
  readonly blocks: readonly QueryBlock[];
  /** INTERSECT and EXCEPT: which rows come back depends on the values of these queries. */
  readonly comparisons: readonly QueryLineage[];
  /** UNION without ALL: how many rows come back depends on the values of these queries. */
  readonly unions: readonly QueryLineage[];
  /** What INSERT, REPLACE and UPDATE give columns. */
  readonly assignments: readonly Assignment[];
  /** A NATURAL JOIN stands somewhere in it. */
  readonly naturalJoin: boolean;
}

/** A SELECT, or several that set operations join. */
export interface QueryLineage {
  readonly arms: readonly QueryBlock[];
}

/** One SELECT. */
export interface QueryBlock {
  /** The query that it stands in, whose columns it may name. */
  readonly parent: QueryBlock | undefined;
  readonly sources: readonly LineageSource[];
  readonly outputs: readonly LineageOutput[];
  /** What decides which rows come back, and in which order. */
  readonly conditions: readonly LineageCondition[];
  /** DISTINCT: how many rows come back depends on their values. */
  readonly distinct: boolean;
  /** JOIN … USING: columns of `*` are fewer and in another order. */
  readonly mergesColumns: boolean;
}

/** A table, derived table or CTE in a FROM. */
export interface LineageSource {
  /** Alias or name, lower case. */
  readonly alias: string;
  /** The table; undefined for what a query makes. */
  readonly table: { readonly schema: string | undefined; readonly name: string } | undefined;
  /** The query that makes it. Beside `table`, where it depends on the server's folding of names which of the two is meant. */
  readonly query: QueryLineage | undefined;
  /** Names that its columns get beside it, lower case: `WITH d (x)`. */
  readonly names: readonly string[];
}

/** An output column, or a star that stands for several. */
export interface LineageOutput {
  /** Lower case; undefined where it is the text of an expression, or may be another one to the server. */
  readonly name: string | undefined;
  /** `*`, or the qualifier of `t.*`, lower case. */
  readonly star?: string;
  readonly uses: readonly LineageUse[];
  /** It is nothing but a column. */
  readonly exact: boolean;
  /** To evaluate it tells nothing: it cannot fail, and leaves nothing behind. */
  readonly total: boolean;
}

/** What decides about rows. */
export interface LineageCondition {
  readonly clause: ConditionClause;
  /** A column that is compared for equality with values that the statement brings along. */
  readonly lookup: boolean;
  /** Names may mean output columns. */
  readonly aliases: boolean;
  readonly uses: readonly LineageUse[];
}

/** A column or a query whose value is used. */
export type LineageUse =
  | {
      readonly column: string;
      /** Lower case. */
      readonly qualifier: string | undefined;
      /** Only whether it is NULL matters, or how many of it are not. */
      readonly presence?: true;
      /** It stands in a window, where it may mean an output column. */
      readonly inWindow?: true;
    }
  | { readonly query: QueryLineage }
  /** `ORDER BY 2`: the output column at this place, from 0; any where it is not known. */
  | { readonly output: number | 'any' };

/** A column that is given a value. */
export interface Assignment {
  /** Where the names of `uses` are looked up. */
  readonly block: QueryBlock;
  /** Where the column that is written is looked up. */
  readonly target: QueryBlock;
  readonly qualifier: string | undefined;
  /** The column; undefined for the one at `position` of the table, or, where a query is copied, for all of them in order. */
  readonly column: string | undefined;
  readonly position: number;
  readonly uses: readonly LineageUse[];
  /** It is nothing but a column. */
  readonly exact: boolean;
  /** To evaluate it tells nothing. */
  readonly total: boolean;
  /** The output column at `position` of this query is copied. */
  readonly copies?: QueryLineage;
}
