import type { ColumnClause } from '../analysis.js';
import type { Collector } from './collector.js';
import type { OutputColumns } from './output-columns.js';
import type { TreeNode } from './tree-node.js';
import type { QueryScope } from './query-scope.js';

/** What the walkers share. */
export interface Walk {
  readonly collector: Collector;
  /** Walks a subquery that stands in `scope`. */
  readonly subquery: (walk: Walk, query: TreeNode, scope: QueryScope) => void;
}

/** Where an expression stands. */
export interface Place {
  readonly scope: QueryScope;
  readonly clause: ColumnClause;
  /** Nothing lies between the clause and the expression. */
  readonly bare: boolean;
  /** Output columns that it may name by their alias. */
  readonly outputs?: OutputColumns;
  /** Those that a window in it may name. */
  readonly windowOutputs?: OutputColumns;
}
