import type { AnalysedStatement, Analysis, AnalysisScope, TableUse } from '../../src/sql/analysis.js';
import { createAnalyser, type Analyser } from '../../src/sql/index.js';

/** A server that the tests analyse for. */
export type Flavour = 'mysql' | 'mariadb';

/** Both servers. */
export const FLAVOURS: readonly Flavour[] = ['mysql', 'mariadb'];

/** One analyser for the tests of a file. */
export const analyser: Analyser = createAnalyser();

/** A session on the schema `shop`. */
export function scopeOf(flavour: Flavour, sqlMode = ''): AnalysisScope {
  return analyser.scope({ flavour, version: flavour === 'mysql' ? 80036 : 101118 }, 'shop', sqlMode);
}

/** The statements of a text. */
export function statementsOf(text: string | Uint8Array, scope: AnalysisScope): readonly AnalysedStatement[] {
  const bytes = Buffer.from(text);
  return analyser.analyse(bytes, 0, bytes.length, scope).statements;
}

/** The analysis of a text that holds one statement. */
export function analysisOf(text: string | Uint8Array, scope: AnalysisScope): Analysis {
  const [statement, ...others] = statementsOf(text, scope);
  if (statement === undefined || others.length > 0) throw new Error(`one statement was expected: ${String(text)}`);
  return statement.analysis;
}

/** The tables as short text: `shop.orders read`, `shop.orders write`; `nested` where one is not outermost. */
export function tablesOf(tables: readonly TableUse[]): string {
  return tables
    .map(({ schema, table, access, outermost }) => {
      const place = outermost ? '' : ' nested';
      return `${schema === undefined ? '' : `${schema}.`}${table} ${access}${place}`;
    })
    .join(', ');
}
