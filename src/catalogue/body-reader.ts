import type { AnalysedStatement, AnalysisScope, TableUse } from '../sql/analysis.js';
import type { Analyser, Bounds } from '../sql/index.js';
import type {
  CatalogueReference,
  CatalogueRoutine,
  CatalogueTable,
  CatalogueTrigger,
  GeneratedColumn,
} from './schema-objects.js';

/** Reads what stands in a schema's objects, each once. */
export class BodyReader {
  readonly #analyser: Analyser;
  readonly #bodies = new WeakMap<CatalogueRoutine | CatalogueTrigger, readonly AnalysedStatement[]>();
  readonly #queries = new WeakMap<CatalogueTable, AnalysedStatement>();

  constructor(analyser: Analyser) {
    this.#analyser = analyser;
  }

  /** The statements of a routine or trigger; undefined where its body may not be read. */
  statementsOf(
    object: CatalogueRoutine | CatalogueTrigger,
    outer: AnalysisScope,
  ): readonly AnalysedStatement[] | undefined {
    const { body, schema, sqlMode } = object;
    if (body === undefined) return undefined;
    let statements = this.#bodies.get(object);
    if (statements === undefined) {
      const context =
        'table' in object
          ? { parameters: [], row: { schema, table: object.table } }
          : { parameters: object.parameters };
      statements = this.#analyser.analyseRoutine(body, context, this.scopeIn(schema, outer, sqlMode));
      this.#bodies.set(object, statements);
    }
    return statements;
  }

  /** The query of a view; undefined for a table. */
  queryOf(table: CatalogueTable, outer: AnalysisScope): AnalysedStatement | undefined {
    const { definition, schema } = table;
    if (definition === undefined) return undefined;
    let query = this.#queries.get(table);
    if (query === undefined) {
      query = this.#analyser.analyseView(definition, this.scopeIn(schema, outer));
      this.#queries.set(table, query);
    }
    return query;
  }

  /**
   * What bounds the rows that a statement changes, its views seen through.
   * @param viewOf the view of a name; undefined for what is none
   */
  boundsOf(
    statement: AnalysedStatement,
    outer: AnalysisScope,
    viewOf: (use: Pick<TableUse, 'schema' | 'table'>) => CatalogueTable | undefined,
  ): Bounds {
    return this.#analyser.boundsOf(statement, outer, (schema, table) => {
      const view = viewOf({ schema, table });
      if (view === undefined) return undefined;
      // Without lineage the first parser does not understand it.
      const isSeen = this.queryOf(view, outer)?.analysis.lineage !== undefined;
      const definition = isSeen ? view.definition : undefined;
      return { definition, columns: view.viewColumns, scope: this.scopeIn(view.schema, outer) };
    });
  }

  /** What a foreign key does to the rows of its table. */
  cascadeOf(
    reference: CatalogueReference,
    operation: 'DELETE' | 'UPDATE',
    scope: AnalysisScope,
  ): readonly AnalysedStatement[] {
    const table = `${quoted(reference.schema)}.${quoted(reference.table)}`;
    const [first = '', ...more] = reference.ownColumns.map((column) => `${quoted(column)} = 1`);
    const change =
      operation === 'DELETE' ? `DELETE FROM ${table}` : `UPDATE ${table} SET ${[first, ...more].join(', ')}`;
    return this.#analyse(`${change} WHERE ${first}`, scope);
  }

  /** The columns that a generated column is made of, those by others of its table included; `*` where that is not understood. */
  basesOf(column: GeneratedColumn, { generated }: CatalogueTable, scope: AnalysisScope): readonly string[] {
    const bases = new Set<string>();
    const open = [column];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const name of this.#namesIn(next.expression, scope)) {
        if (bases.has(name)) continue;
        bases.add(name);
        open.push(...generated.filter((other) => other.name.toLowerCase() === name.toLowerCase()));
      }
    }
    return [...bases];
  }

  #namesIn(expression: string, scope: AnalysisScope): readonly string[] {
    // MySQL gives it with its quotes escaped.
    for (const text of [expression, expression.replace(/\\(['\\])/g, '$1')]) {
      const [statement] = this.#analyse(`SELECT ${text}`, scope);
      if (statement?.analysis.kind === 'select') return statement.analysis.columns.map(({ column }) => column);
    }
    return ['*'];
  }

  /** How texts are read that stand in a schema. */
  scopeIn(schema: string, { dialect }: AnalysisScope, sqlMode = ''): AnalysisScope {
    return this.#analyser.scope(dialect, schema, sqlMode);
  }

  #analyse(text: string, scope: AnalysisScope): readonly AnalysedStatement[] {
    const bytes = Buffer.from(text);
    return this.#analyser.analyse(bytes, 0, bytes.length, scope).statements;
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
