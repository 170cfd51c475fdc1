import { nameMatcher } from '../matching/index.js';
import type { Analysis, ColumnUse } from '../sql/analysis.js';
import { foldName } from '../sql/fold-name.js';
import type { Guard } from './column-guards.js';

/** Whether a use may mean a guarded column. A qualifier that could not be resolved may mean any table. */
export function names(use: ColumnUse): (guard: Guard) => boolean {
  const named = use.column.toLowerCase();
  const from = use.table === undefined ? undefined : foldName(use.table);
  return ({ table, name }) =>
    (from === undefined || table === from) && (named === '*' || name === named || isPatternOf(name, named));
}

function isPatternOf(name: string, named: string): boolean {
  return name.includes('*') && nameMatcher(name, true)(named);
}

/** Why a statement may not read columns that the caller may not read at all. To be written, they may be named. */
export function denialOf({ columns }: Analysis, denied: readonly Guard[]): string | undefined {
  const reads = denied.length === 0 ? [] : columns.filter(({ clause }) => clause !== 'set');
  const guard = reads.flatMap((use) => denied.filter(names(use)))[0];
  return guard && `${guard.column} may not be read by this agent`;
}

/** Of what administers the server, LOCK TABLES alone names tables, and no column. */
const PLAIN_KINDS: readonly string[] = [
  ...['select', 'insert', 'replace', 'update', 'delete', 'show', 'explain', 'administration'],
];

/**
 * Where no lineage is known, a masked column may be a plain output column of the outermost SELECT, be compared with a value for equality, and
 * be written; everything else that names it, or that could, is refused.
 */
export function nameProblem(analysis: Analysis, touched: readonly Guard[]): string | undefined {
  if (analysis.naturalJoin === true) return 'a NATURAL JOIN over a table with masked columns compares them unseen';
  if (analysis.file) return 'a file may not be written from a table with masked columns';
  if (!PLAIN_KINDS.includes(analysis.kind))
    return `${analysis.operation} over a table with masked columns, which only who sees them plain may run`;
  for (const use of analysis.columns) {
    // The server folds names by its collation (U+0130 equals i), which no comparison here would notice.
    if (!isAscii(use.column)) return `the column name ${JSON.stringify(use.column)} is not ASCII`;
    const guard = touched.find(names(use));
    if (guard !== undefined && (analysis.kind === 'explain' || analysis.explains === true))
      return `${guard.column} is masked: EXPLAIN may show its values`;
    if (guard !== undefined && !isPlain(use, analysis, guard)) {
      return `${guard.column} is masked, and ${where(use)} it may only stand as a plain output column or in column = value`;
    }
  }
  return undefined;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function isPlain(use: ColumnUse, analysis: Analysis, { rule }: Guard): boolean {
  if (use.clause === 'where') return use.bare && rule.filter !== 'none';
  if (use.nested) return false;
  if (use.clause === 'output') return use.bare && analysis.kind === 'select' && !analysis.compound;
  return (use.clause === 'set' || use.clause === 'value') && use.bare && !analysis.compound;
}

function where(use: ColumnUse): string {
  return use.column === '*' ? 'behind *' : `in this ${use.clause === 'output' ? 'expression' : use.clause}`;
}
