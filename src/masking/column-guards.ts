import { nameMatcher } from '../matching/index.js';
import { foldName } from '../sql/fold-name.js';
import { type KnownTables, LOST, type Origin } from '../sql/lineage/origins.js';
import type { MaskRule } from './mask-rule.js';

/** A column that a rule masks. */
export interface Guard {
  readonly rule: MaskRule;
  /** `schema.table.column`, lower case: how the record names it. */
  readonly column: string;
}

/** A table as a statement or a result names it; without a schema where there is none. */
export interface TableName {
  readonly schema: string | undefined;
  readonly table: string;
}

interface Pattern {
  readonly rule: MaskRule;
  readonly isSchema: (name: string | undefined) => boolean;
  readonly isTable: (name: string | undefined) => boolean;
  readonly isColumn: (name: string | undefined) => boolean;
  /** Its column where that is no pattern. */
  readonly column: string;
}

/** `[pii:email]` in a comment. */
const TAG = /\[([^\][]{1,128})\]/g;

/** Finds out which columns are masked. */
export class ColumnGuards {
  readonly #patterns: readonly Pattern[];
  readonly #tagged: readonly { readonly rule: MaskRule; readonly isTag: (name: string | undefined) => boolean }[];

  constructor(rules: readonly MaskRule[]) {
    this.#patterns = rules.flatMap((rule) =>
      rule.columns.map(([schema, table, column]) => ({
        rule,
        // Without a schema it may be any.
        isSchema: nameMatcher(schema, true),
        isTable: nameMatcher(table, true),
        isColumn: nameMatcher(column, true),
        column,
      })),
    );
    this.#tagged = rules.flatMap((rule) => rule.tags.map((tag) => ({ rule, isTag: nameMatcher(tag, false) })));
  }

  /** Nothing is masked. */
  get isEmpty(): boolean {
    return this.#patterns.length + this.#tagged.length === 0;
  }

  /** The guard of a column as it is named; the first rule counts. `*` is any column of the table. */
  ofColumn({ schema, table }: TableName, column: string, tables?: KnownTables): Guard | undefined {
    const isAny = column === '*';
    const pattern = this.#patterns.find(
      ({ isSchema, isTable, isColumn }) => isSchema(schema) && isTable(table) && (isAny || isColumn(column)),
    );
    if (pattern !== undefined) return guardOf(pattern.rule, schema, table, isAny ? pattern.column : column);
    return this.#ofTag({ schema, table }, column, tables);
  }

  /** The guard of what an origin may be; undefined where nothing masked can be there. */
  ofOrigin(
    { schema, table, column }: Origin,
    touched: readonly Guard[],
    tables: KnownTables | undefined,
  ): Guard | undefined {
    return table === LOST.table ? touched[0] : this.ofColumn({ schema, table }, column, tables);
  }

  /** A guard for each rule that masks a column of a table. */
  ofTable({ schema, table }: TableName, tables: KnownTables | undefined): readonly Guard[] {
    const known = tables?.find(schema, table);
    if (known !== undefined && known.length > 0 && known.every(({ isOpaque }) => !isOpaque)) {
      const columns = new Set(known.flatMap((each) => [...each.columns]));
      return [...columns].flatMap((column) => this.ofColumn({ schema, table }, column, tables) ?? []);
    }
    const patterns = this.#patterns.filter(({ isSchema, isTable }) => isSchema(schema) && isTable(table));
    return patterns.map(({ rule, column }) => guardOf(rule, schema, table, column));
  }

  #ofTag({ schema, table }: TableName, column: string, tables: KnownTables | undefined): Guard | undefined {
    if (this.#tagged.length === 0) return undefined;
    for (const known of tables?.find(schema, table) ?? []) {
      for (const name of column === '*' ? known.columns : [column]) {
        const tags = Array.from(known.commentOf(name).matchAll(TAG), ([, tag]) => tag);
        const found = this.#tagged.find(({ isTag }) => tags.some(isTag));
        if (found !== undefined) return guardOf(found.rule, schema, table, name);
      }
    }
    return undefined;
  }
}

function guardOf(rule: MaskRule, schema: string | undefined, table: string, column: string): Guard {
  return { rule, column: [foldName(schema ?? '*'), foldName(table), column.toLowerCase()].join('.') };
}
