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
  readonly sources: Source[] = [];
  readonly #ctes: Set<string>;

  constructor(parent: QueryScope | undefined, nested: boolean, ctes: Iterable<string> = []) {
    this.parent = parent;
    this.nested = nested;
    this.#ctes = new Set(ctes);
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
    const exact = this.sources.filter(({ alias }) => alias === qualifier);
    const folded = qualifier.toLowerCase();
    const found = exact.length > 0 ? exact : this.sources.filter(({ alias }) => alias.toLowerCase() === folded);
    if (found.length > 1) return undefined;
    const [source] = found;
    return source === undefined ? this.parent?.find(qualifier) : { source, scope: this };
  }

  /** The sources that are written where a qualifier names the target: the one that it means, all real tables where that is not known. */
  writable(qualifier: string | undefined): readonly Source[] {
    const found = qualifier === undefined ? undefined : this.find(qualifier)?.source;
    return found?.table === undefined ? this.sources.filter(({ table }) => table !== undefined) : [found];
  }

  /** The table that a column belongs to; undefined where that is ambiguous or no real table. */
  tableOf(qualifier: string | undefined): string | undefined {
    if (qualifier !== undefined) return this.find(qualifier)?.source.table?.name;
    const sources = this.#allSources();
    return sources.length === 1 ? sources[0]?.table?.name : undefined;
  }

  #allSources(): readonly Source[] {
    return this.parent === undefined ? this.sources : [...this.sources, ...this.parent.#allSources()];
  }
}
