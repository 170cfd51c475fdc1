/** Compares what the server says to a statement with what the analysis makes of it. */
import type { Analysis, AnalysisScope, TableAccess } from '../../src/sql/analysis.js';
import type { Analyser } from '../../src/sql/index.js';
import type { CorpusStatement } from './corpus-statement.js';
import type { Probe } from './prober.js';
import type { ScratchTable } from './scratch-schema.js';

/** A statement that the server accepts. */
export interface Comparison {
  readonly sql: string;
  readonly place: string;
  /** Its first word, upper case, read without the analysis. */
  readonly verb: string;
  /** Why the analysis does not understand it; undefined where it does. */
  readonly problem: string | undefined;
  /** What is wrong with what was understood: nothing may be. */
  readonly faults: readonly string[];
}

/** Verbs of statements that read or change rows. */
export const DML: readonly string[] = ['SELECT', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'WITH', 'VALUES', 'TABLE'];

// Comments, those that the server runs opened, and parentheses.
const BEFORE_VERB = /^(?:\s|\(|\/\*M?!\d*|\/\*[\s\S]*?\*\/|--[\s][^\n]*\n|#[^\n]*\n)*/;

/** The first word of a statement, upper case. */
export function verbOf(sql: string): string {
  const start = BEFORE_VERB.exec(sql)?.[0].length ?? 0;
  return /^[a-z]+/i.exec(sql.slice(start))?.[0].toUpperCase() ?? 'NONE';
}

/** Compares a statement that was accepted. */
export function compare(
  { sql, place }: CorpusStatement,
  { needed, refused }: Probe,
  analyser: Analyser,
  scope: AnalysisScope,
): Comparison {
  const bytes = Buffer.from(sql);
  const { statements } = analyser.analyse(bytes, 0, bytes.length, scope);
  const problem = statements.find(({ analysis }) => analysis.problem !== undefined)?.analysis.problem;
  const faults: string[] = [];
  const [statement] = statements;
  if (statements.length !== 1) faults.push(`split into ${String(statements.length)}, where the server sees one`);
  else if (problem === undefined && statement !== undefined)
    faults.push(...faultsOf(statement.analysis, needed, refused));
  return { sql, place, verb: verbOf(sql), problem, faults };
}

function* faultsOf(
  analysis: Analysis,
  needed: readonly ScratchTable[],
  refused: ScratchTable | undefined,
): Generator<string> {
  for (const table of needed) {
    if (!uses(analysis, table, 'read')) yield `table missed: ${table.schema}.${table.table}`;
  }
  // EXPLAIN needs the rights of what it explains, and changes nothing.
  if (refused === undefined || analysis.kind === 'explain') return;
  // The server names a target by its alias' schema, which is the default one: then it is the table of that name elsewhere.
  const isNeeded = needed.some(({ schema, table }) => schema === refused.schema && table === refused.table);
  const written = isNeeded ? [refused] : needed.filter(({ table }) => table === refused.table);
  if (![refused, ...written].some((table) => uses(analysis, table, 'write'))) {
    yield `write read as read: ${refused.schema}.${refused.table}`;
  }
}

function uses({ tables }: Analysis, { schema, table }: ScratchTable, atLeast: TableAccess): boolean {
  return tables.some(
    (use) => use.schema === schema && use.table === table && (atLeast === 'read' || use.access === 'write'),
  );
}
