import type { AnalysedStatement, TableAccess, TableUse } from './analysis.js';

/** A table that a statement touches, itself or by what it leads to. */
export interface TouchedTable {
  readonly schema: string | undefined;
  readonly table: string;
  readonly access: TableAccess;
  /** The view, routine, trigger or foreign key that it is touched by, with those that lead there: `shop.a > shop.b`. Absent where it is named. */
  readonly via?: string;
}

/** The tables that a statement names, and those that it touches beside, each once for every way. */
export function touchedTables({ analysis, inner = [] }: AnalysedStatement): readonly TouchedTable[] {
  const own = analysis.tables.map(nameOf);
  if (inner.length === 0) return own;
  const found = new Map<string, TouchedTable>();
  for (const { statement, within } of inner) {
    const via = within.join(' > ');
    for (const use of statement.analysis.tables) {
      const table = { ...nameOf(use), via };
      found.set(JSON.stringify(table), table);
    }
  }
  return [...own, ...found.values()];
}

function nameOf({ schema, table, access }: TableUse): TouchedTable {
  return { schema, table, access };
}
