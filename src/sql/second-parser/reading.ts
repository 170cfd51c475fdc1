import type { ColumnClause } from '../analysis.js';
import type { Collector } from '../tree/collector.js';
import type { QueryScope } from '../tree/query-scope.js';

/** Where an expression stands. */
export interface Position {
  readonly scope: QueryScope;
  readonly clause: ColumnClause;
}

/** Reads a query that stands in a scope. */
export type QueryReader = (reading: Reading, query: unknown, scope: QueryScope) => void;

/** One tree as it is read. */
export class Reading {
  readonly collector: Collector;
  readonly #readQuery: QueryReader;

  constructor(collector: Collector, readQuery: QueryReader) {
    this.collector = collector;
    this.#readQuery = readQuery;
  }

  /** Reads a subquery, CTE or derived table. */
  subquery(query: unknown, scope: QueryScope): void {
    this.collector.compound = true;
    this.#readQuery(this, query, scope);
  }

  /** A function is called. @param parts its name, with that of its schema before it where it is written */
  call(...parts: readonly string[]): void {
    for (const part of parts) this.collector.word(part);
    this.collector.call(parts.join('.'));
  }

  /** A word of the grammar in the tree's own spelling: `UnsignedInteger` is two. */
  words(spelling: string): void {
    for (const word of spelling.split(/(?<=[a-z])(?=[A-Z])/)) this.collector.word(word);
  }
}
