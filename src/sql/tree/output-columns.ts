import type { ColumnClause } from '../analysis.js';
import { childOf, childrenOf, nameOf } from './node-reader.js';
import { isNode, type TreeNode } from './parse.js';

/** The output columns of a SELECT, which ORDER BY, GROUP BY and HAVING may name again by alias or position. */
export class OutputColumns {
  readonly #expressions: readonly TreeNode[];
  readonly #aliases = new Map<string, TreeNode>();
  readonly #allNamed = new Set<ColumnClause>();
  readonly #named = new Map<TreeNode, Set<ColumnClause>>();

  /** @throws DenialError `STATEMENT_UNKNOWN` where the tree is none that is known */
  constructor(select: TreeNode) {
    const columns = childrenOf(select, 'columns');
    this.#expressions = columns.map((column) => childOf(column, 'expr')).filter(isNode);
    for (const column of columns) {
      const expression = childOf(column, 'expr');
      if (nameOf(column['as']) !== undefined && expression !== undefined) {
        this.#aliases.set(aliasKey(column['as']), expression);
      }
    }
  }

  /** What stands behind an alias. */
  behind(alias: unknown): TreeNode | undefined {
    return this.#aliases.get(aliasKey(alias));
  }

  /** All that a clause may name by a position, but for what it named before. */
  allNewIn(clause: ColumnClause): readonly TreeNode[] {
    if (this.#allNamed.has(clause)) return [];
    this.#allNamed.add(clause);
    return this.#expressions.filter((expression) => this.isNewIn(clause, expression));
  }

  /**
   * Whether a clause names this output for the first time. Each further time would say the same again: 2,000 columns that are named 2,000
   * times are four million.
   */
  isNewIn(clause: ColumnClause, expression: TreeNode): boolean {
    const clauses = this.#named.get(expression) ?? new Set();
    const isNew = !clauses.has(clause);
    this.#named.set(expression, clauses.add(clause));
    return isNew;
  }
}

/** How aliases are compared. */
function aliasKey(name: unknown): string {
  return (nameOf(name) ?? '').toLowerCase();
}
