import type { ColumnClause } from '../analysis.js';
import { lowerCase } from '../canonical/token.js';
import { childOf, childrenOf, nameOf } from './node-reader.js';
import { LITERAL_ALIAS } from './parser-text.js';
import { isNode, type TreeNode } from './tree-node.js';

/** The output columns of a SELECT, which ORDER BY, GROUP BY and HAVING may name again by alias or position. */
export class OutputColumns {
  readonly #expressions: readonly TreeNode[];
  readonly #aliases = new Map<string, TreeNode[]>();
  /** Those whose alias may be any: it is a literal, or in letters that the server folds by its own rules. */
  readonly #ofUnknownAlias: TreeNode[] = [];
  readonly #allNamed = new Set<ColumnClause>();
  readonly #named = new Map<TreeNode, Set<ColumnClause>>();

  /** @throws DenialError `STATEMENT_UNKNOWN` where the tree is none that is known */
  constructor(select: TreeNode) {
    const columns = childrenOf(select, 'columns');
    this.#expressions = columns.map((column) => childOf(column, 'expr')).filter(isNode);
    for (const column of columns) {
      const alias = nameOf(column['as']);
      const expression = childOf(column, 'expr');
      if (alias === undefined || expression === undefined) continue;
      if (isSure(alias))
        this.#aliases.set(lowerCase(alias), [...(this.#aliases.get(lowerCase(alias)) ?? []), expression]);
      else this.#ofUnknownAlias.push(expression);
    }
  }

  /** What may stand behind a name. */
  behind(name: string): readonly TreeNode[] {
    const known = isSure(name) ? (this.#aliases.get(lowerCase(name)) ?? []) : [...this.#aliases.values()].flat();
    return [...known, ...this.#ofUnknownAlias];
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

/** Whether a name is the same as another only where its ASCII letters are. A literal stands as `?`. */
function isSure(name: string): boolean {
  return name !== LITERAL_ALIAS && Buffer.byteLength(name) === name.length;
}
