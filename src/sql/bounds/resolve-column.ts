import { nameOf } from '../tree/node-reader.js';
import { isNode, type TreeNode } from '../tree/tree-node.js';
import { type ColumnSight, type Operand, readOperand, type Resolved } from './operand.js';
import type { LevelSource, QueryLevel } from './query-level.js';
import { remembered } from './remembered.js';
import { holds, holdsOutsideQueries, isAggregate, isStar, isValue } from './value.js';

/** What a query fills a column with: what is in rows, a constant, or a constant for some rows, as far as it can be told. */
type Content = 'rows' | 'constant' | 'unsure';

/** Whether what the SELECTs of a subquery give follows the rows of a query, or of one around it. */
export type Follows = (arms: readonly QueryLevel[], query: QueryLevel) => boolean;

/** Tells what the columns of queries are filled with. Everything is found out once. */
export class ColumnResolver implements ColumnSight {
  readonly #follows: Follows;
  readonly #operands = new WeakMap<TreeNode, Operand>();
  readonly #outputs = new WeakMap<TreeNode, Content>();
  readonly #contentOf = remembered<LevelSource, Content>(
    (source, name) => this.#contentOfColumn(source, name),
    'unsure',
  );
  readonly #contentOfAny = remembered<QueryLevel, Content>((arm) => this.#contentOfAll(arm), 'unsure');

  constructor(follows: Follows) {
    this.#follows = follows;
  }

  /** Reads a value as one side of a comparison at a level. */
  operandOf(node: TreeNode, level: QueryLevel): Operand {
    const known = this.#operands.get(node);
    if (known !== undefined) return known;
    const operand = readOperand(node, level, this);
    this.#operands.set(node, operand);
    return operand;
  }

  /**
   * What a name of a column means at a level. A column that a derived table fills with a constant is none: to compare it tells nothing about
   * rows. Nor is one that it may fill so: that comparison tells nothing at all.
   */
  resolve(node: TreeNode, level: QueryLevel): Resolved {
    const qualifier = nameOf(node['table'])?.toLowerCase();
    const name = (nameOf(node['column']) ?? '').toLowerCase();
    for (let at: QueryLevel | undefined = level; at !== undefined; at = at.parent) {
      const candidates = at.sources.filter((source) =>
        qualifier === undefined ? mayHave(source, name) : source.alias === qualifier,
      );
      if (candidates.length === 0) continue;
      const content = together(candidates.map((source) => this.#contentOf(source, name)));
      if (content !== 'rows') return content;
      const source = candidates.length === 1 ? candidates[0] : undefined;
      return { level: at, source, name, isQualified: qualifier !== undefined };
    }
    return 'constant';
  }

  /** Whether a query gives what is in rows, and no constant. */
  givesRows(arms: readonly QueryLevel[]): boolean {
    return arms.some(
      (arm) => arm.sources.length > 0 && arm.outputs.some(({ expr }) => this.#contentOfOutput(expr, arm) === 'rows'),
    );
  }

  /** Whether a condition names an output of its query, by its alias, that may be a constant. */
  namesConstantOutput(condition: TreeNode, level: QueryLevel): boolean {
    const constants = level.outputs
      .filter(({ expr }) => this.#contentOfOutput(expr, level) !== 'rows')
      .map(({ as }) => nameOf(as)?.toLowerCase());
    return holds(
      condition,
      (node) => node['type'] === 'column_ref' && constants.includes(nameOf(node['column'])?.toLowerCase() ?? ''),
    );
  }

  #contentOfColumn(source: LevelSource, name: string): Content {
    if (source.arms === undefined) return 'rows';
    const names = outputNames(source);
    const at = names.indexOf(name);
    const contents = source.arms.map((arm) => {
      if (!isCounted(source, arm)) return this.#contentOfAny(arm, '');
      if (at >= 0) return this.#contentOfOutput(arm.outputs[at]?.['expr'], arm);
      // An expression without an alias is named by its text; or the column is one behind a star.
      const texts = arm.outputs.filter((_output, index) => names[index] === '');
      const isText = texts.some(({ expr }) => this.#contentOfOutput(expr, arm) !== 'rows');
      return isText ? 'unsure' : this.#contentOfStar(source, arm, name);
    });
    return together(contents);
  }

  /** Of a column behind a star, which has its name in the first SELECT only. */
  #contentOfStar({ arms }: LevelSource, arm: QueryLevel, name: string): Content {
    const isFirst = arms?.[0] === arm;
    return together(
      arm.sources.map((inner) => (isFirst ? this.#contentOf(inner, name) : this.#contentOfSource(inner))),
    );
  }

  /** Of a column that may be any that a SELECT gives. */
  #contentOfAll(arm: QueryLevel): Content {
    const own = arm.outputs.map(({ expr }) => this.#contentOfOutput(expr, arm));
    const behind = hasStar(arm) ? arm.sources.map((source) => this.#contentOfSource(source)) : [];
    return [...own, ...behind].every((content) => content === 'rows') ? 'rows' : 'unsure';
  }

  #contentOfSource({ arms = [] }: LevelSource): Content {
    return together(arms.map((arm) => this.#contentOfAny(arm, '')));
  }

  #contentOfOutput(expr: unknown, level: QueryLevel): Content {
    if (!isNode(expr) || isStar(expr) || holdsOutsideQueries(expr, isAggregate)) return 'rows';
    const known = this.#outputs.get(expr);
    if (known !== undefined) return known;
    const content = this.#contentOfValue(expr, level);
    this.#outputs.set(expr, content);
    return content;
  }

  /** A subquery that follows no rows of the query around it gives one and the same for all of them. */
  #contentOfValue(expr: TreeNode, level: QueryLevel): Content {
    const { columns, queries, isUnsure } = this.operandOf(expr, level);
    const isOfRows =
      columns.some((column) => isOf(column.level, level)) || queries.some((arms) => this.#follows(arms, level));
    if (isUnsure) return 'unsure';
    if (!isOfRows) return 'constant';
    return isValue(expr) ? 'rows' : 'unsure';
  }
}

/** Whether nothing is known of what a source gives: a derived table that sees the tables beside it, or that only the second parser reads. */
export function isOpaque(source: LevelSource): boolean {
  return source.table === undefined && source.arms === undefined;
}

function mayHave(source: LevelSource, name: string): boolean {
  return source.arms === undefined || hasStar(source.arms[0]) || outputNames(source).includes(name);
}

function hasStar(level: QueryLevel | undefined): boolean {
  return level === undefined || level.outputs.some(({ expr }) => isStar(expr));
}

function outputNames({ arms, names }: LevelSource): readonly string[] {
  if (names.length > 0) return names;
  return (arms?.[0]?.outputs ?? []).map(({ as, expr }) => {
    const own = isNode(expr) && expr['type'] === 'column_ref' ? nameOf(expr['column']) : undefined;
    return (nameOf(as) ?? own ?? '').toLowerCase();
  });
}

/** Whether it is known which output of a SELECT is which column: a star of each SELECT is as wide as that of the first, where each has only that one. */
function isCounted({ arms = [], names }: LevelSource, arm: QueryLevel): boolean {
  const [first] = arms;
  if (names.length > 0 && hasStar(arm)) return false;
  if (first === undefined || first === arm) return true;
  const [star, ...more] = starsOf(first);
  const [same, ...others] = starsOf(arm);
  return first.outputs.length === arm.outputs.length && star === same && more.length + others.length === 0;
}

function starsOf({ outputs }: QueryLevel): readonly number[] {
  return outputs.flatMap(({ expr }, index) => (isStar(expr) ? [index] : []));
}

/** What is true of all of them, where one is. */
function together(contents: readonly Content[]): Content {
  const [first = 'rows', ...others] = contents;
  return others.every((content) => content === first) ? first : 'unsure';
}

/** Whether a level is a query or stands around it. */
export function isOf(level: QueryLevel, query: QueryLevel): boolean {
  for (let at: QueryLevel | undefined = query; at !== undefined; at = at.parent) if (at === level) return true;
  return false;
}
