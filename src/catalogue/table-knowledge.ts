import type { AnalysisScope } from '../sql/analysis.js';
import { foldName } from '../sql/fold-name.js';
import type { KnownTable, KnownTables } from '../sql/lineage/origins.js';
import type { BodyReader } from './body-reader.js';
import type { CatalogueTable, SchemaObjects } from './schema-objects.js';

/** Types of which a number equals a value or none. A text equals each number that it begins with. */
const VALUES_ALONE: ReadonlySet<string> = new Set([
  ...['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'float', 'double', 'bit', 'year'],
  ...['date', 'datetime', 'timestamp', 'time'],
]);

/** What a catalogue knows of tables, for the lineage of values. */
export class TableKnowledge implements KnownTables {
  readonly #schemas: ReadonlyMap<string, SchemaObjects>;
  readonly #bodies: BodyReader;
  readonly #scope: AnalysisScope;
  readonly #known = new WeakMap<CatalogueTable, KnownTable>();

  /** @param scope of which the dialect counts */
  constructor(schemas: ReadonlyMap<string, SchemaObjects>, bodies: BodyReader, scope: AnalysisScope) {
    this.#schemas = schemas;
    this.#bodies = bodies;
    this.#scope = scope;
  }

  find(schema: string | undefined, name: string): readonly KnownTable[] | undefined {
    const tables = schema === undefined ? undefined : this.#schema(schema)?.tables.get(name.toLowerCase());
    return tables?.map((table) => this.#knownOf(table));
  }

  /** By its name, in whichever case where none has it exactly. */
  #schema(name: string): SchemaObjects | undefined {
    const folded = foldName(name);
    return this.#schemas.get(name) ?? [...this.#schemas.values()].find((schema) => foldName(schema.name) === folded);
  }

  #knownOf(table: CatalogueTable): KnownTable {
    let known = this.#known.get(table);
    if (known === undefined) {
      known = this.#read(table);
      this.#known.set(table, known);
    }
    return known;
  }

  #read(table: CatalogueTable): KnownTable {
    const { schema, name, columns, definition, isDoor } = table;
    const scope = this.#bodies.scopeIn(schema, this.#scope);
    const query = this.#bodies.queryOf(table, scope)?.analysis.lineage?.result;
    return {
      schema,
      name,
      visible: columns.filter(({ isVisible }) => isVisible).map((column) => column.name.toLowerCase()),
      columns: new Set(columns.map((column) => column.name.toLowerCase())),
      query,
      isOpaque: isDoor || (definition !== undefined && query === undefined),
      basesOf: (column) => {
        const generated = table.generated.find((each) => each.name.toLowerCase() === column);
        if (generated === undefined) return [];
        return this.#bodies.basesOf(generated, table, scope).map((base) => base.toLowerCase());
      },
      isText: (column) => {
        const type = columns.find((each) => each.name.toLowerCase() === column)?.dataType;
        return type !== undefined && !VALUES_ALONE.has(type);
      },
      commentOf: (column) => columns.find((each) => each.name.toLowerCase() === column)?.comment ?? '',
    };
  }
}
