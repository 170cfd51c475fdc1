import type { Analysis, AnalysedStatement, ColumnUse, InnerStatement } from '../sql/analysis.js';
import type { ColumnDefinition } from '../wire/column-definition.js';
import type { CellMasker, RowMask } from '../wire/row-rewriter.js';
import { foldName } from '../sql/fold-name.js';
import type { MaskRule } from './mask-rule.js';
import { sideChannelProblem } from './side-channels.js';

/** What the masks mean for one statement; computed once per analysed statement. */
export interface MaskEffect {
  /** The statement names a table that has masked columns: its results are inspected, and texts of its errors withheld. */
  readonly inspect: boolean;
  /** Why it is refused; undefined where it may run. */
  readonly refusal: string | undefined;
  /** A literal or parameter of it may be a masked value: it must not stand in the record. */
  readonly redact: boolean;
  /** How many columns of its result are masked ones at least. */
  readonly maskedOutputs: number;
}

/** The masks of one result set. */
export interface ResultMask {
  readonly mask: RowMask;
  /** `schema.table.column` of each masked output column, without repeats. */
  readonly columns: readonly string[];
}

const UNTOUCHED: MaskEffect = { inspect: false, refusal: undefined, redact: false, maskedOutputs: 0 };

/** How a record names what is masked because nobody can say what it is. */
const UNKNOWN_ORIGIN = '?';
const nothing: CellMasker = () => null;

/** Definitions of what runs later, by itself or for others. */
const DEFINES_BODY = /^(?:CREATE|ALTER) (?:PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE)$/;

/** Whether the names of a column are in a character set that is not known of here: no name holds a NUL, and in UCS-2 and its like all ASCII ones do. */
function isIllegible({ schema, orgTable, orgName }: ColumnDefinition): boolean {
  return schema.includes('\0') || orgTable.includes('\0') || orgName.includes('\0');
}

/** Decides what the masks do to statements and results. */
export class MaskPolicy {
  readonly #rules: readonly MaskRule[];
  readonly #effects = new WeakMap<AnalysedStatement, MaskEffect>();

  constructor(rules: readonly MaskRule[]) {
    this.#rules = rules;
  }

  /** The masks' effect on a statement. */
  effectOn(statement: AnalysedStatement): MaskEffect {
    if (this.#rules.length === 0) return UNTOUCHED;
    let effect = this.#effects.get(statement);
    if (effect === undefined) {
      effect = this.#judgeAll(statement);
      this.#effects.set(statement, effect);
    }
    return effect;
  }

  /** Whether any of these statements is inspected. */
  inspects(statements: readonly AnalysedStatement[]): boolean {
    for (const statement of statements) if (this.effectOn(statement).inspect) return true;
    return false;
  }

  /**
   * The masks for a result set, by the origin that the server gives each column; undefined where there is none. A column without an origin is
   * masked where one that should be is missing (MySQL gives none to what ROLLUP groups by), and so is one whose origin cannot be read.
   * @param statement whose result it is, where that is known
   */
  maskFor(columns: readonly ColumnDefinition[], statement: AnalysedStatement | undefined): ResultMask | undefined {
    const rules = columns.map((column) => this.#ruleFor(column));
    const expected = statement === undefined ? 0 : this.effectOn(statement).maskedOutputs;
    const isMissing = rules.filter((rule) => rule !== undefined).length < expected;
    const names = new Set<string>();
    const mask = columns.map((column, index): CellMasker | undefined => {
      const rule = rules[index];
      const isUnknown = isIllegible(column) || (isMissing && column.orgTable === '');
      if (rule === undefined && !isUnknown) return undefined;
      names.add(rule?.column ?? UNKNOWN_ORIGIN);
      return rule?.masker ?? nothing;
    });
    return names.size === 0 ? undefined : { mask, columns: [...names] };
  }

  #ruleFor(column: ColumnDefinition): MaskRule | undefined {
    return this.#rules.find(
      (candidate) =>
        candidate.columnName === column.orgName.toLowerCase() &&
        candidate.tableName === foldName(column.orgTable) &&
        candidate.schemaName === foldName(column.schema),
    );
  }

  /** The effect of a statement and of all that it leads to. */
  #judgeAll({ analysis, inner = [] }: AnalysedStatement): MaskEffect {
    const effects = [this.#judge(analysis), ...inner.map((part) => this.#judgeInner(part))];
    return {
      inspect: effects.some(({ inspect }) => inspect),
      refusal: effects.find(({ refusal }) => refusal !== undefined)?.refusal,
      redact: effects.some(({ redact }) => redact),
      maskedOutputs: effects[0]?.maskedOutputs ?? 0,
    };
  }

  /** Where a value goes from within a view, a routine or a trigger is not followed: a masked column may not be named there. */
  #judgeInner({ statement: { analysis }, within }: InnerStatement): MaskEffect {
    const effect = this.#judge(analysis);
    if (effect.refusal !== undefined) return { ...effect, refusal: `in ${within.join(' > ')}: ${effect.refusal}` };
    if (!effect.inspect) return effect;
    const touched = this.#touchedBy(analysis);
    const named = analysis.columns.flatMap((use) => touched.filter(names(use)))[0];
    if (named === undefined) return effect;
    return { ...effect, refusal: `${named.column} is masked, and ${within.join(' > ')} names it`, redact: true };
  }

  #touchedBy({ tables }: Analysis): readonly MaskRule[] {
    return this.#rules.filter((rule) =>
      tables.some(
        ({ schema, table }) =>
          foldName(table) === rule.tableName && (schema === undefined || foldName(schema) === rule.schemaName),
      ),
    );
  }

  #judge(analysis: Analysis): MaskEffect {
    // A rule may let it run. Whether it shows a masked column nobody can say.
    if (analysis.kind === 'unknown') return { ...UNTOUCHED, refusal: 'it is not understood', redact: true };
    if (DEFINES_BODY.test(analysis.operation)) {
      return { ...UNTOUCHED, refusal: 'where masked values go in what it defines is not followed' };
    }
    const problem = sideChannelProblem(analysis);
    if (problem !== undefined) return { ...UNTOUCHED, refusal: problem };
    const touched = this.#touchedBy(analysis);
    if (touched.length === 0) return effectElsewhere(analysis);
    const refusal = refusalOf(analysis, touched);
    const writes = analysis.kind === 'insert' || analysis.kind === 'replace';
    const plain = (use: ColumnUse): boolean => use.clause === 'output' && use.bare;
    const redact = writes || analysis.columns.some((use) => !plain(use) && touched.some(names(use)));
    const outputs = analysis.kind === 'select' ? analysis.columns.filter((use) => plain(use) && !use.nested) : [];
    return { inspect: true, refusal, redact, maskedOutputs: outputs.filter((use) => touched.some(names(use))).length };
  }
}

/** The effect on a statement that names no table with masked columns. */
function effectElsewhere({ kind, sets }: Analysis): MaskEffect {
  // What a routine returns is not seen from its call: its results are masked by their origin.
  if (kind === 'call') return { ...UNTOUCHED, inspect: true };
  // What a user variable is given may be a masked value.
  const redact = sets?.some(({ variable }) => variable.startsWith('@')) === true;
  return redact ? { ...UNTOUCHED, redact } : UNTOUCHED;
}

/** Whether a use may mean the rule's column. A qualifier that could not be resolved may mean any table. */
function names(use: ColumnUse): (rule: MaskRule) => boolean {
  const column = use.column.toLowerCase();
  const table = use.table === undefined ? undefined : foldName(use.table);
  return (rule) => (column === rule.columnName || column === '*') && (table === undefined || table === rule.tableName);
}

/**
 * Until lineage exists, a masked column may be a plain output column of the outermost SELECT, be compared with a value for
 * equality, and be written; everything else that names it, or that could, is refused.
 */
function refusalOf(analysis: Analysis, touched: readonly MaskRule[]): string | undefined {
  if (analysis.naturalJoin === true) return 'a NATURAL JOIN over a table with masked columns compares them unseen';
  if (analysis.file) return 'a file may not be written from a table with masked columns';
  const plainKinds = ['select', 'insert', 'replace', 'update', 'delete', 'show', 'explain'];
  if (!plainKinds.includes(analysis.kind)) return `${analysis.operation} over a table with masked columns`;
  for (const use of analysis.columns) {
    // The server folds names by its collation (U+0130 equals i), which no comparison here would notice.
    if (!isAscii(use.column)) return `the column name ${JSON.stringify(use.column)} is not ASCII`;
    const rule = touched.find(names(use));
    if (rule !== undefined && (analysis.kind === 'explain' || analysis.explains === true))
      return `${rule.column} is masked: EXPLAIN may show its values`;
    if (rule !== undefined && !isPlain(use, analysis)) {
      return `${rule.column} is masked, and ${where(use)} it may only stand as a plain output column or in column = value`;
    }
  }
  return undefined;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function isPlain(use: ColumnUse, analysis: Analysis): boolean {
  if (use.clause === 'where') return use.bare;
  if (use.nested) return false;
  if (use.clause === 'output') return use.bare && analysis.kind === 'select' && !analysis.compound;
  return (use.clause === 'set' || use.clause === 'value') && use.bare && !analysis.compound;
}

function where(use: ColumnUse): string {
  return use.column === '*' ? 'behind *' : `in this ${use.clause === 'output' ? 'expression' : use.clause}`;
}
