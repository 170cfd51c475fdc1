/** What one schema holds, as far as it matters to what a statement does. Names are kept as the server gives them, and found folded. */
export interface SchemaObjects {
  readonly name: string;
  /** Under its name in lower case there are several tables where the server tells case apart. */
  readonly tables: ReadonlyMap<string, readonly CatalogueTable[]>;
  readonly routines: ReadonlyMap<string, readonly CatalogueRoutine[]>;
}

/** A table or view. */
export interface CatalogueTable {
  readonly schema: string;
  readonly name: string;
  /** Of a view; empty where it may not be read. Undefined for a table. */
  readonly definition: string | undefined;
  /** Its rows are elsewhere, in tables of other names: MERGE, FEDERATED and their like. */
  readonly isDoor: boolean;
  readonly triggers: readonly CatalogueTrigger[];
  /** Foreign keys of other tables that refer to it. */
  readonly referencedBy: readonly CatalogueReference[];
  /** First columns of its indexes, lower case. */
  readonly keyColumns: ReadonlySet<string>;
  /** In order; empty where nobody has asked for them. */
  readonly columns: readonly CatalogueColumn[];
  /** Columns that are computed of others. */
  readonly generated: readonly GeneratedColumn[];
  /** Of a view, the names of its columns, in order. */
  readonly viewColumns: readonly string[];
}

/** A column. */
export interface CatalogueColumn {
  readonly name: string;
  /** `*` stands for it. */
  readonly isVisible: boolean;
  readonly comment: string;
  /** Lower case, without lengths: `varchar`. */
  readonly dataType: string;
}

/** When a trigger fires. */
export type TriggerEvent = 'INSERT' | 'UPDATE' | 'DELETE';

/** A trigger. */
export interface CatalogueTrigger {
  readonly schema: string;
  /** That it is on. */
  readonly table: string;
  readonly name: string;
  readonly event: TriggerEvent;
  /** Undefined where it may not be read. */
  readonly body: string | undefined;
  readonly sqlMode: string;
}

/** A foreign key, seen from the table that it refers to. */
export interface CatalogueReference {
  readonly schema: string;
  readonly constraint: string;
  /** The table that changes with this one. */
  readonly table: string;
  /** Its columns of the foreign key. */
  readonly ownColumns: readonly string[];
  /** Columns of this table, lower case. */
  readonly columns: ReadonlySet<string>;
  /** `CASCADE`, `SET NULL`, `RESTRICT` …; `CASCADE` where it may not be read. */
  readonly onDelete: string;
  readonly onUpdate: string;
}

/** A generated column. */
export interface GeneratedColumn {
  readonly name: string;
  readonly expression: string;
}

/** A procedure or stored function. */
export interface CatalogueRoutine {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'procedure' | 'function';
  /** Undefined where it may not be read, or is not SQL. */
  readonly body: string | undefined;
  readonly sqlMode: string;
  /** Lower case. */
  readonly parameters: readonly string[];
}
