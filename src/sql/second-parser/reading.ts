import type { ColumnClause } from '../analysis.js';
import type { Collector } from '../tree/collector.js';
import { expectOnly } from '../tree/node-reader.js';
import type { QueryScope } from '../tree/query-scope.js';
import { isGiven, itemsOf, nodeOf } from './rust-nodes.js';

/** Where an expression stands. */
export interface Position {
  readonly scope: QueryScope;
  readonly clause: ColumnClause;
}

/** How the parts of a tree that may stand in any other part are read. */
export interface Readers {
  readonly query: (reading: Reading, query: unknown, scope: QueryScope) => void;
  readonly expression: (reading: Reading, expression: unknown, position: Position) => void;
}

/** One tree as it is read. Every method that reads throws DenialError `STATEMENT_UNKNOWN` at what it does not know. */
export class Reading {
  readonly collector: Collector;
  readonly #readers: Readers;

  constructor(collector: Collector, readers: Readers) {
    this.collector = collector;
    this.#readers = readers;
  }

  /** Reads a subquery, CTE or derived table. */
  subquery(query: unknown, scope: QueryScope): void {
    this.collector.compound = true;
    this.#readers.query(this, query, scope);
  }

  /** Reads an expression, if there is one. */
  expression(value: unknown, position: Position): void {
    if (isGiven(value)) this.#readers.expression(this, value, position);
  }

  /** Reads a list of expressions, which may be absent. */
  expressions(values: unknown, position: Position): void {
    for (const value of itemsOf(values)) this.#readers.expression(this, value, position);
  }

  /** Reads the items of ORDER BY and its like. */
  order(items: unknown, position: Position): void {
    for (const item of itemsOf(items)) {
      const node = nodeOf(item, 'an order');
      expectOnly(node, 'an order', 'expr', 'options');
      this.expression(node['expr'], position);
    }
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
