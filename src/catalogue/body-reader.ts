import type { AnalysedStatement, AnalysisScope } from '../sql/analysis.js';
import type { Analyser } from '../sql/index.js';
import type { CatalogueReference, CatalogueRoutine, CatalogueTrigger, GeneratedColumn } from './schema-objects.js';

/** Reads what stands in a schema's objects, each once. */
export class BodyReader {
  readonly #analyser: Analyser;
  readonly #bodies = new WeakMap<CatalogueRoutine | CatalogueTrigger, readonly AnalysedStatement[]>();

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
      const parameters = 'parameters' in object ? object.parameters : [];
      statements = this.#analyser.analyseRoutine(body, parameters, this.scopeIn(schema, outer, sqlMode));
      this.#bodies.set(object, statements);
    }
    return statements;
  }

  /** The query of a view. */
  queryOf(definition: string, scope: AnalysisScope): readonly AnalysedStatement[] {
    return this.#analyse(definition, scope);
  }

  /** What a foreign key does to the rows of its table. */
  cascadeOf(
    reference: CatalogueReference,
    operation: 'DELETE' | 'UPDATE',
    scope: AnalysisScope,
  ): readonly AnalysedStatement[] {
    const table = `${quoted(reference.schema)}.${quoted(reference.table)}`;
    const key = quoted(reference.column);
    const change = operation === 'DELETE' ? `DELETE FROM ${table}` : `UPDATE ${table} SET ${key} = 1`;
    return this.#analyse(`${change} WHERE ${key} = 1`, scope);
  }

  /** The columns that a generated column is made of; `*` where that is not understood. */
  basesOf({ expression }: GeneratedColumn, scope: AnalysisScope): readonly string[] {
    const [statement] = this.#analyse(`SELECT ${expression}`, scope);
    if (statement?.analysis.kind !== 'select') return ['*'];
    return [...new Set(statement.analysis.columns.map(({ column }) => column))];
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
