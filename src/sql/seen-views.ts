import { isCountersignError } from '../errors.js';
import type { Analysis, AnalysisScope } from './analysis.js';
import type { SeenView, SeeView } from './bounds/query-level.js';
import { readTokens, type Token } from './canonical/token.js';
import { analyseStatement, asRead } from './statement-analysis.js';
import { queryLevels } from './tree/query-statement.js';
import { WorkBudget } from './work-budget.js';

/** The query of a view. */
export interface ViewQuery {
  /** Canonical; undefined where it is not understood well enough to see through it. */
  readonly tokens: readonly Token[] | undefined;
  /** How it is read. */
  readonly scope: AnalysisScope;
  /** Names of its columns, in order. */
  readonly columns: readonly string[];
}

/** What bounds the rows that a statement changes. */
export type Bounds = Pick<Analysis, 'where' | 'unboundedTable'>;

const UNSEEN: SeenView = { arms: undefined, names: [] };

/**
 * Judges the conditions of a statement as if the queries of its views stood in it: `DELETE FROM v WHERE one = 1` bounds nothing where the view
 * gives each of its rows a constant for `one`.
 * @param fingerprint of a statement that is understood
 * @param viewOf finds a view; undefined for what is none
 */
export function boundsThroughViews(
  fingerprint: string,
  scope: AnalysisScope,
  viewOf: (schema: string | undefined, name: string) => ViewQuery | undefined,
): Bounds {
  const budget = new WorkBudget();
  const known = new Map<string, SeenView | undefined>();
  const seeFrom =
    ({ namespace }: AnalysisScope): SeeView =>
    (schema = namespace, name) => {
      const key = JSON.stringify([schema, name]);
      if (known.has(key)) return known.get(key);
      // A view that names itself, which no server has.
      known.set(key, UNSEEN);
      const view = viewOf(schema, name);
      const seen = view && seenOf(view);
      known.set(key, seen);
      return seen;
    };
  const seenOf = ({ tokens, scope: inner, columns }: ViewQuery): SeenView => {
    if (tokens === undefined) return UNSEEN;
    try {
      const context = { namespace: inner.namespace, budget, seeView: seeFrom(inner) };
      const arms = queryLevels(asRead(tokens, inner.sqlMode), context);
      const isNamed = arms[0]?.outputs.length === columns.length;
      return isNamed ? { arms, names: columns.map((name) => name.toLowerCase()) } : UNSEEN;
    } catch (error) {
      if (!isCountersignError(error)) throw error;
      return UNSEEN;
    }
  };
  const { kind, where, unboundedTable } = analyseStatement(readTokens(fingerprint), scope, budget, seeFrom(scope));
  // It is understood, and took too long with all its views.
  if (kind === 'unknown') return { where: 'constant' };
  return unboundedTable === undefined ? { where } : { where, unboundedTable };
}
