import { foldName } from '../fold-name.js';
import { refuseTree } from './node-reader.js';

const SELF_NAMED =
  'a CTE within a CTE that reads a table of its own name, over which MariaDB may hang: name the CTE otherwise';

/** A table, or a derived table or CTE, that a FROM offers. */
export interface Source {
  /** Alias or name, as written. */
  readonly alias: string;
  /** The real table; undefined for what a query makes. */
  readonly table: { readonly schema: string | undefined; readonly name: string } | undefined;
}

/** The CTE whose definition stands in a scope. */
export interface CteDefinition {
  readonly name: string;
  /** Its name means itself in it, and not a table. */
  readonly isRecursive: boolean;
}

/** What names mean inside one query. */
export class QueryScope {
  readonly parent: QueryScope | undefined;
  /** In a subquery, CTE, derived table or set operation. */
  readonly nested: boolean;
  readonly #sources: Source[] = [];
  readonly #byAlias = new SourceIndex();
  readonly #byFoldedAlias = new SourceIndex();
  readonly #ctes = new Set<string>();
  readonly #definition: CteDefinition | undefined;

  constructor(parent: QueryScope | undefined, nested: boolean, definition?: CteDefinition) {
    this.parent = parent;
    this.nested = nested;
    this.#definition = definition;
  }

  /** What its FROM offers so far. */
  get sources(): readonly Source[] {
    return this.#sources;
  }

  /** FROM offers one more. */
  addSource(source: Source): void {
    this.#sources.push(source);
    this.#byAlias.add(source.alias, source);
    this.#byFoldedAlias.add(source.alias.toLowerCase(), source);
  }

  /** A CTE is visible from now on. */
  addCte(name: string): void {
    this.#ctes.add(name);
  }

  /**
   * Whether a name without a schema is a CTE. Compared exactly: whether another case means the CTE or a real table depends on the
   * server's `lower_case_table_names`, so it is taken as the table.
   * @throws DenialError `STATEMENT_UNKNOWN` in a CTE of this name within another: where that is used twice, the parser of MariaDB 10.11 comes to no
   * end, and no limit of time holds in it
   */
  isCte(name: string): boolean {
    if (this.#isWithinNested(foldName(name))) refuseTree(SELF_NAMED);
    return this.#hasCte(name);
  }

  #hasCte(name: string): boolean {
    const { parent } = this;
    return this.#ctes.has(name) || (parent === undefined ? false : parent.#hasCte(name));
  }

  /** Whether it stands in the definition of a CTE of this name that stands in the definition of another. */
  #isWithinNested(name: string): boolean {
    const { parent } = this;
    if (parent === undefined) return false;
    const isOwn = this.#definition?.isRecursive === false && foldName(this.#definition.name) === name;
    return isOwn ? parent.#isWithinDefinition : parent.#isWithinNested(name);
  }

  get #isWithinDefinition(): boolean {
    const { parent } = this;
    return this.#definition !== undefined || (parent === undefined ? false : parent.#isWithinDefinition);
  }

  /** The source that a qualifier means, and the scope that it stands in. */
  find(qualifier: string): { readonly source: Source; readonly scope: QueryScope } | undefined {
    const found = this.#byAlias.get(qualifier) ?? this.#byFoldedAlias.get(qualifier.toLowerCase());
    if (found === 'ambiguous') return undefined;
    return found === undefined ? this.parent?.find(qualifier) : { source: found, scope: this };
  }

  /** The sources that are written where qualifiers name the targets: those that they mean, all real tables where that is not known. */
  writable(qualifiers: readonly (string | undefined)[]): readonly Source[] {
    // Each of them once, of many columns and many tables.
    const found = [...new Set(qualifiers)].map((name) => (name === undefined ? undefined : this.find(name)?.source));
    const isKnown = found.length > 0 && found.every((source) => source?.table !== undefined);
    const sources = isKnown ? found : this.sources;
    return [...new Set(sources)].filter((source) => source?.table !== undefined) as readonly Source[];
  }

  /** The table that a column belongs to; undefined where that is ambiguous or no real table. */
  tableOf(qualifier: string | undefined): string | undefined {
    if (qualifier !== undefined) return this.find(qualifier)?.source.table?.name;
    const [only, ...others] = this.#firstTwo();
    return others.length === 0 ? only?.table?.name : undefined;
  }

  /** The sources of this query and those around it, two at most: a column is looked up in many. */
  #firstTwo(): readonly Source[] {
    const own = this.#sources.slice(0, 2);
    return own.length === 2 || this.parent === undefined ? own : [...own, ...this.parent.#firstTwo()].slice(0, 2);
  }
}

/** Sources by name, so that each column is found at once. */
class SourceIndex {
  readonly #sources = new Map<string, Source | 'ambiguous'>();

  add(name: string, source: Source): void {
    this.#sources.set(name, this.#sources.has(name) ? 'ambiguous' : source);
  }

  get(name: string): Source | 'ambiguous' | undefined {
    return this.#sources.get(name);
  }
}
