import { expect, it } from 'vitest';
import type { Analysis, StatementKind, WhereFact } from '../../src/sql/analysis.js';
import { analysisOf, FLAVOURS, scopeOf, tablesOf } from './analysed.js';

/** What a statement has besides its kind, tables and WHERE; what is left out is empty or false. */
export interface Facts {
  readonly functions?: readonly string[];
  readonly routines?: readonly string[];
  /** Session changes as `variable=value`, in order. */
  readonly sets?: readonly string[];
  readonly naturalJoin?: true;
  readonly locks?: true;
  readonly explains?: true;
  readonly file?: true;
  readonly localInfile?: true;
  readonly compound?: true;
  readonly readWrite?: boolean;
  readonly upsertsQuery?: true;
}

/** Statement, kind, operation, tables as `tablesOf` writes them, WHERE, the rest. */
export type StatementRow = readonly [string, StatementKind, string, string, WhereFact, Facts?];

/** One test for each row: both servers are told the same. */
export function readsAll(rows: readonly StatementRow[]): void {
  for (const [sql, kind, operation, tables, where, facts] of rows) {
    it(`reads ${sql}`, () => {
      for (const flavour of FLAVOURS) {
        const analysis = analysisOf(sql, scopeOf(flavour));
        expect(analysis.problem, flavour).toBeUndefined();
        const seen = [analysis.kind, analysis.operation, tablesOf(analysis.tables), analysis.where, factsOf(analysis)];
        expect(seen, flavour).toEqual([kind, operation, tables, where, facts ?? {}]);
      }
    });
  }
}

function factsOf(analysis: Analysis): Facts {
  const { functions, routines, sets, naturalJoin, locks, explains, file, localInfile, compound } = analysis;
  const { readWrite, upsertsQuery } = analysis;
  return {
    ...(functions.length > 0 && { functions }),
    ...(routines !== undefined && { routines }),
    ...(sets !== undefined && { sets: sets.map(({ variable, value }) => `${variable}=${value ?? '?'}`) }),
    ...(naturalJoin === true && { naturalJoin }),
    ...(locks === true && { locks }),
    ...(explains === true && { explains }),
    ...(file && { file }),
    ...(localInfile && { localInfile }),
    ...(compound && { compound }),
    ...(readWrite !== undefined && { readWrite }),
    ...(upsertsQuery === true && { upsertsQuery }),
  };
}
