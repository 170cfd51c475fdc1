import type { QueryContext } from '../query-context.js';
import type { ColumnUse, TableAccess, TableUse, WhereFact } from '../analysis.js';
import type { SeeView } from '../bounds/query-level.js';
import { refuseTree } from './node-reader.js';
import type { QueryScope } from './query-scope.js';

/** Most uses of columns that are kept: the longest statement has some thousand, each in a few clauses. */
const MAX_COLUMNS = 50_000;

/** How a table is used. */
export interface UseOfTable {
  readonly access: TableAccess;
  /** `outermost`: in the FROM of the outermost SELECT, or target of the write; `beside`: read by an UPDATE or DELETE of several tables. */
  readonly position: 'outermost' | 'beside' | 'nested';
}

interface KnownTable {
  readonly schema: string | undefined;
  readonly table: string;
  access: TableAccess;
  outermost: boolean;
  nested: boolean;
}

/** Gathers what a tree names, and how often, so that it can be held against the tokens. */
export class Collector {
  readonly columns: ColumnUse[] = [];
  readonly functions: Set<string> = new Set();
  /** How often each identifier was seen, in lower case: tables, columns, aliases. */
  readonly identifiers: Map<string, number> = new Map();
  /** Functions, types, units and other words of the grammar, likewise. */
  readonly words: Map<string, number> = new Map();
  compound = false;
  file = false;
  /** INSERT … ON DUPLICATE KEY UPDATE. */
  upserts = false;
  /** Rows that a query gives overwrite others: REPLACE, ON DUPLICATE KEY UPDATE. */
  upsertsQuery = false;
  /** Sees through views, where the bounds of rows are judged. */
  readonly seeView: SeeView | undefined;
  readonly #namespace: string | undefined;
  /** Of the outermost query. */
  where: WhereFact = 'absent';
  /** A table of several that is written, and whose rows nothing bounds. */
  unboundedTable: string | undefined = undefined;
  #isAgain = false;
  readonly #tables = new Map<string, KnownTable>();

  constructor({ namespace, seeView }: Pick<QueryContext, 'namespace' | 'seeView'>) {
    this.#namespace = namespace;
    this.seeView = seeView;
  }

  /** The tables, each once: `write` covers `read`, and one is outermost only where all its uses are. */
  get tables(): readonly TableUse[] {
    return [...this.#tables.values()].map(({ schema, table, access, outermost, nested }) => ({
      schema,
      table,
      access,
      outermost: outermost && !nested,
    }));
  }

  /** What is gone through was gone through before, and is named again, as behind an alias. */
  get isAgain(): boolean {
    return this.#isAgain;
  }

  /** Goes through something again, which is not counted again. */
  again(walk: () => void): void {
    const before = this.#isAgain;
    this.#isAgain = true;
    walk();
    this.#isAgain = before;
  }

  /** A real table is used. */
  table(schema: string | undefined, table: string, use: UseOfTable): void {
    const full = schema ?? this.#namespace;
    const key = JSON.stringify([full, table]);
    const known = this.#tables.get(key) ?? { schema: full, table, access: use.access, outermost: false, nested: false };
    if (use.access === 'write') known.access = 'write';
    if (use.position === 'outermost') known.outermost = true;
    if (use.position === 'nested') known.nested = true;
    this.#tables.set(key, known);
  }

  /** Counts identifiers that the tree names. */
  identifier(...names: readonly (string | undefined)[]): void {
    for (const name of names) this.#count(this.identifiers, name);
  }

  /** Counts the words of a keyword, type or unit. */
  word(text: unknown): void {
    if (typeof text !== 'string') return;
    for (const part of text.split(/[^\w$\u0080-\uffff]+/)) this.#count(this.words, part);
  }

  /** A function is called. */
  call(name: string): void {
    const folded = name.toLowerCase();
    this.functions.add(folded);
    if (folded === 'load_file') this.file = true;
  }

  /** A column is named. */
  column(use: Omit<ColumnUse, 'table' | 'nested'>, qualifier: string | undefined, scope: QueryScope): void {
    const { column, clause, bare } = use;
    if (this.columns.length >= MAX_COLUMNS) refuseTree('so many uses of columns');
    // A spread would make objects three times the size, and the cache keeps them.
    this.columns.push({ table: scope.tableOf(qualifier), column, clause, bare, nested: scope.nested });
  }

  #count(counts: Map<string, number>, name: string | undefined): void {
    if (name === undefined || name === '' || this.#isAgain) return;
    const folded = name.toLowerCase();
    counts.set(folded, (counts.get(folded) ?? 0) + 1);
  }
}
