/** A table, or a derived table or CTE, that a FROM offers. */
export interface Source {
  /** Alias or name, as written. */
  readonly alias: string;
  /** The real table; undefined for what a query makes. */
  readonly table: { readonly schema: string | undefined; readonly name: string } | undefined;
}

/** What names mean inside one query. */
export class QueryScope {
  readonly parent: QueryScope | undefined;
  /** In a subquery, CTE, derived table or set operation. */
  readonly nested: boolean;
  readonly #sources: Source[] = [];
  readonly #byAlias = new SourceIndex();
  readonly #byFoldedAlias = new SourceIndex();
  readonly #ctes: Set<string>;

  constructor(parent: QueryScope | undefined, nested: boolean, ctes: Iterable<string> = []) {
    this.parent = parent;
    this.nested = nested;
    this.#ctes = new Set(ctes);
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
   */
  isCte(name: string): boolean {
    return this.#ctes.has(name) || (this.parent?.isCte(name) ?? false);
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
