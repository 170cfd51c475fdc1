import { isNode, type TreeNode } from '../tree/tree-node.js';
import type { Column, QueryLevel } from './query-level.js';
import { functionName, isAggregate, isChoice, isStar } from './value.js';

/** One side of a comparison. */
export interface Operand {
  /** The columns of this query, and of those around it, that it names. */
  readonly columns: readonly Column[];
  /** Its functions, in order: two sides with the same columns and functions may be the same value. */
  readonly functions: string;
  readonly hasAggregate: boolean;
  /** It names a column that may be a constant. */
  readonly isUnsure: boolean;
  /** The subqueries in it, each as its SELECTs. */
  readonly queries: readonly (readonly QueryLevel[])[];
}

/** Functions that hand on what they are given. */
const HANDING_ON: ReadonlySet<string> = new Set(['row', 'any', 'all', 'some', 'values']);

/** What a column is: what is in rows, one and the same for all of them, or, as far as can be told, either. */
export type Resolved = Column | 'constant' | 'unsure';

/** Tells what columns are, and what is in the outputs of subqueries. */
export interface ColumnSight {
  resolve(node: TreeNode, level: QueryLevel): Resolved;
  operandOf(node: TreeNode, level: QueryLevel): Operand;
}

/** Reads a value as one side of a comparison at a level. */
export function readOperand(node: TreeNode, level: QueryLevel, sight: ColumnSight): Operand {
  const reader = new OperandReader(level, sight);
  reader.read(node);
  const { columns, queries, functions, hasAggregate, isUnsure } = reader;
  return { columns, queries, functions: functions.join(' '), hasAggregate, isUnsure };
}

class OperandReader {
  readonly columns: Column[] = [];
  readonly functions: string[] = [];
  readonly queries: (readonly QueryLevel[])[] = [];
  hasAggregate = false;
  isUnsure = false;
  readonly #level: QueryLevel;
  readonly #sight: ColumnSight;

  constructor(level: QueryLevel, sight: ColumnSight) {
    this.#level = level;
    this.#sight = sight;
  }

  read(part: unknown): void {
    if (Array.isArray(part)) {
      for (const item of part) this.read(item);
    } else if (isNode(part)) this.#readNode(part);
  }

  #readNode(node: TreeNode): void {
    const query = node['ast'];
    if (isNode(query)) {
      this.#readQuery(query);
      return;
    }
    if (isAggregate(node)) this.hasAggregate = true;
    if (node['type'] === 'column_ref') {
      const column = isStar(node) ? 'constant' : this.#sight.resolve(node, this.#level);
      if (column === 'unsure') this.isUnsure = true;
      else if (column !== 'constant') this.columns.push(column);
      return;
    }
    const name = node['type'] === 'function' ? functionName(node) : '';
    if (name !== '' && !isChoice(name) && !HANDING_ON.has(name)) this.functions.push(name);
    for (const child of Object.values(node)) this.read(child);
  }

  /** Of a subquery, the columns from outside that it gives as they are: `(SELECT t.id)`. */
  #readQuery(query: TreeNode): void {
    const arms = this.#level.subquery(query);
    this.queries.push(arms);
    for (const arm of arms) {
      for (const { expr } of arm.outputs) {
        if (!isNode(expr)) continue;
        const output = this.#sight.operandOf(expr, arm);
        this.columns.push(...output.columns.filter((column) => column.level !== arm));
        this.queries.push(...output.queries);
      }
    }
  }
}
