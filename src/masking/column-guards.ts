import { anyNameMatcher, type NameMatcher, nameMatcher } from '../matching/index.js';
import { foldName } from '../sql/fold-name.js';
import { type KnownTables, LOST, type Origin } from '../sql/lineage/origins.js';
import type { MaskRule } from './mask-rule.js';

/** A column that a rule masks. */
export interface Guard {
  readonly rule: MaskRule;
  /** `schema.table.column`, lower case: how the record names it. */
  readonly column: string;
  /** Folded. */
  readonly table: string;
  /** Lower case; a pattern where the table's columns are not known. */
  readonly name: string;
}

/** A table as a statement or a result names it; without a schema where there is none. */
export interface TableName {
  readonly schema: string | undefined;
  readonly table: string;
}

interface Pattern {
  readonly isSchema: NameMatcher;
  readonly isTable: NameMatcher;
  readonly isColumn: NameMatcher;
  /** Its column as it is written. */
  readonly column: string;
}

interface CompiledRule {
  readonly rule: MaskRule;
  /** Its columns are not masked. */
  readonly isPlain: boolean;
  readonly patterns: readonly Pattern[];
  readonly isTag: NameMatcher;
}

/** `[pii:email]` in a comment. */
const TAG = /\[([^\][]{1,128})\]/g;

/** Finds out which columns are masked. Of the rules that a column fits, the first counts. */
export class ColumnGuards {
  readonly #rules: readonly CompiledRule[];

  /** @param plain - rules whose columns are not masked */
  constructor(rules: readonly MaskRule[], plain: ReadonlySet<MaskRule>) {
    this.#rules = rules.map((rule) => ({
      rule,
      isPlain: plain.has(rule),
      patterns: rule.columns.map(patternOf),
      isTag: anyNameMatcher(rule.tags),
    }));
  }

  /** The guard of a column as it is named. `*` is any column of the table. */
  ofColumn(name: TableName, column: string, tables?: KnownTables): Guard | undefined {
    if (column === '*') return this.ofTable(name, tables)[0];
    const found = this.#rules.find((rule) => fits(rule, name, column) || isTagged(rule, name, column, tables));
    return found === undefined || found.isPlain ? undefined : guardOf(found.rule, name, column);
  }

  /** A guard for what may be any column. */
  get any(): Guard | undefined {
    const masked = this.#rules.find(({ isPlain }) => !isPlain);
    return masked && { rule: masked.rule, column: '?', table: '?', name: '*' };
  }

  /** The guard of what an origin may be; undefined where nothing masked can be there. */
  ofOrigin(
    { schema, table, column }: Origin,
    touched: readonly Guard[],
    tables: KnownTables | undefined,
  ): Guard | undefined {
    return table === LOST.table ? touched[0] : this.ofColumn({ schema, table }, column, tables);
  }

  /** Guards of the masked columns of a table; where its columns are not known, of those that it may have. */
  ofTable(name: TableName, tables: KnownTables | undefined): readonly Guard[] {
    const known = tables?.find(name.schema, name.table);
    if (known !== undefined && known.length > 0 && known.every(({ isOpaque }) => !isOpaque)) {
      const columns = new Set(known.flatMap((each) => [...each.columns]));
      return [...columns].flatMap((column) => this.ofColumn(name, column, tables) ?? []);
    }
    return this.#rules.flatMap(({ rule, isPlain, patterns }) =>
      isPlain
        ? []
        : patterns
            .filter(({ isSchema, isTable }) => isSchema(name.schema) && isTable(name.table))
            .map(({ column }) => guardOf(rule, name, column)),
    );
  }
}

/** Without a schema, a table may be of any. */
function patternOf([schema, table, column]: MaskRule['columns'][number]): Pattern {
  return {
    isSchema: nameMatcher(schema, true),
    isTable: nameMatcher(table, true),
    isColumn: nameMatcher(column, true),
    column,
  };
}

function fits({ patterns }: CompiledRule, { schema, table }: TableName, column: string): boolean {
  return patterns.some(({ isSchema, isTable, isColumn }) => isSchema(schema) && isTable(table) && isColumn(column));
}

function isTagged(
  { rule, isTag }: CompiledRule,
  { schema, table }: TableName,
  column: string,
  tables: KnownTables | undefined,
): boolean {
  if (rule.tags.length === 0) return false;
  const comments = (tables?.find(schema, table) ?? []).map((known) => known.commentOf(column));
  return comments.some((comment) => Array.from(comment.matchAll(TAG), ([, tag]) => tag).some(isTag));
}

function guardOf(rule: MaskRule, { schema, table }: TableName, column: string): Guard {
  const [folded, name] = [foldName(table), column.toLowerCase()];
  return { rule, column: [foldName(schema ?? '*'), folded, name].join('.'), table: folded, name };
}
