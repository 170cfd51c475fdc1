import type { Analysis, AnalysedStatement, ColumnUse, InnerStatement } from '../sql/analysis.js';
import type { KnownTables } from '../sql/lineage/origins.js';
import type { ColumnDefinition } from '../wire/column-definition.js';
import type { CellMasker, RowMask } from '../wire/row-rewriter.js';
import { foldName } from '../sql/fold-name.js';
import { ColumnGuards, type Guard, type TableName } from './column-guards.js';
import { LineageJudge } from './lineage-judge.js';
import { type MaskedOutput, type MaskEffect, type OutputMask, type OutputMasks, UNTOUCHED } from './mask-effect.js';
import type { MaskRule } from './mask-rule.js';
import { hideAll } from './maskers.js';
import { denialOf, nameProblem, names } from './name-judge.js';
import { sideChannelProblem } from './side-channels.js';

/** The masks of one result set. */
export interface ResultMask {
  readonly mask: RowMask;
  /** `schema.table.column` of each masked output column, without repeats. */
  readonly columns: readonly string[];
}

/** How a record names what is masked because nobody can say what it is. */
const UNKNOWN_ORIGIN = '?';
const nothing: CellMasker = () => false;

/** Definitions of what runs later, by itself or for others. */
const DEFINES_BODY = /^(?:CREATE|ALTER) (?:PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE)$/;

/** Whether the names of a column are in a character set that is not known of here: no name holds a NUL, and in UCS-2 and its like all ASCII ones do. */
function isIllegible({ schema, orgTable, orgName }: ColumnDefinition): boolean {
  return schema.includes('\0') || orgTable.includes('\0') || orgName.includes('\0');
}

/** Decides what the masks of one caller do to statements and results. */
export class MaskPolicy {
  readonly #guards: ColumnGuards;
  readonly #denied: ReadonlySet<MaskRule>;
  readonly #isEmpty: boolean;
  readonly #effects = new WeakMap<AnalysedStatement, MaskEffect>();

  /**
   * @param denied - those of the rules whose columns the caller may not read at all
   * @param plain - those whose columns the caller sees as they are: of the rules for a column the first counts, and it may be one of these
   */
  constructor(
    rules: readonly MaskRule[],
    denied: ReadonlySet<MaskRule> = new Set(),
    plain: ReadonlySet<MaskRule> = new Set(),
  ) {
    this.#guards = new ColumnGuards(rules, plain);
    this.#denied = denied;
    this.#isEmpty = rules.every((rule) => plain.has(rule));
  }

  /** The masks' effect on a statement. */
  effectOn(statement: AnalysedStatement): MaskEffect {
    if (this.#isEmpty) return UNTOUCHED;
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

  /** Names of masked columns of texts that these statements look values up in; undefined where there are none. */
  textLookUps(statements: readonly AnalysedStatement[]): readonly string[] | undefined {
    let names: readonly string[] | undefined;
    for (const statement of statements) {
      const { textLookUps } = this.effectOn(statement);
      if (textLookUps !== undefined) names = names === undefined ? textLookUps : [...names, ...textLookUps];
    }
    return names;
  }

  /** The output columns of a statement that are masked, as far as its lineage tells. */
  maskedOutputs(statement: AnalysedStatement): readonly MaskedOutput[] {
    const { outputs } = this.effectOn(statement);
    return (outputs?.outputs ?? []).flatMap(({ name, guards, isExact }, index) => {
      const [only] = guards;
      if (only === undefined) return [];
      const isOwn = isExact && guards.every(({ rule }) => rule === only.rule);
      const columns = [...new Set(guards.map(({ column }) => column))];
      return [
        { output: name ?? `column ${index + 1}`, mask: isOwn ? only.rule.mask : isExact ? 'redact' : 'null', columns },
      ];
    });
  }

  /**
   * The masks for a result set: of each column, by what it is made of, and by the origin that the server gives it; undefined where there is none.
   * @param statement whose result it is, where that is known
   */
  maskFor(columns: readonly ColumnDefinition[], statement: AnalysedStatement | undefined): ResultMask | undefined {
    const { outputs, maskedOutputs = 0 } = statement === undefined ? UNTOUCHED : this.effectOn(statement);
    const told = columns.map((column) => this.#toldGuard(column, statement?.tables));
    // MySQL tells no origin of what ROLLUP groups by.
    const isMissing = outputs === undefined && told.filter((guard) => guard !== undefined).length < maskedOutputs;
    const found = new Set<string>();
    const mask = columns.map((column, index): CellMasker | undefined => {
      const guard = told[index];
      const output = outputs && outputAt(outputs, columns.length, index, column);
      const isUnknown = isIllegible(column) || (isMissing && column.orgTable === '');
      const guards = guardsOf(output, guard, column);
      if (guards.length === 0 && !isUnknown) return undefined;
      for (const { column: name } of guards) found.add(name);
      if (guards.length === 0) found.add(UNKNOWN_ORIGIN);
      const [only] = guards;
      if (only === undefined || isIllegible(column)) return isIllegible(column) ? nothing : hideAll;
      // Whether something that is made of masked values is NULL may be the answer to a question about them.
      if (output !== undefined && isMade(output)) return nothing;
      const isOwn = guards.every(({ rule }) => rule === only.rule) && isOwnValue(output, guard);
      return isOwn ? only.rule.masker : hideAll;
    });
    return found.size === 0 ? undefined : { mask, columns: [...found] };
  }

  #toldGuard({ schema, orgTable, orgName }: ColumnDefinition, tables: KnownTables | undefined): Guard | undefined {
    if (orgTable === '' || orgName === '') return undefined;
    return this.#guards.ofColumn({ schema, table: orgTable }, orgName.toLowerCase(), tables);
  }

  /** The effect of a statement and of all that it leads to. */
  #judgeAll(statement: AnalysedStatement): MaskEffect {
    const { inner = [], tables, analysis } = statement;
    const isFollowed = lineageOf(analysis) !== undefined;
    const own = this.#judge(
      statement,
      inner.filter(({ isView }) => isView === true),
    );
    const effects = [own, ...inner.map((part) => this.#judgeInner(part, tables, isFollowed))];
    return {
      ...own,
      inspect: effects.some(({ inspect }) => inspect),
      refusal: effects.find(({ refusal }) => refusal !== undefined)?.refusal,
      redact: effects.some(({ redact }) => redact),
    };
  }

  /**
   * Where a value goes from within a routine or a trigger is not followed: a masked column may not be named there. What a view asks about is its
   * owner's business, and what it tells is part of the statement's lineage, where that is known.
   */
  #judgeInner(
    { statement: { analysis }, within, isView }: InnerStatement,
    tables: KnownTables | undefined,
    isFollowed: boolean,
  ): MaskEffect {
    const touched = this.#touchedBy(analysis, tables);
    const isSeenThrough = isFollowed && isView === true && tables !== undefined && analysis.lineage !== undefined;
    if (isSeenThrough) return { ...UNTOUCHED, inspect: touched.length > 0 };
    const effect = this.#judgeByName(analysis, touched);
    if (effect.refusal !== undefined) return { ...effect, refusal: `in ${within.join(' > ')}: ${effect.refusal}` };
    if (!effect.inspect) return effect;
    const named = analysis.columns.flatMap((use) => touched.filter(names(use)))[0];
    if (named === undefined) return effect;
    return { ...effect, refusal: `${named.column} is masked, and ${within.join(' > ')} names it`, redact: true };
  }

  #touchedBy({ tables }: Analysis, known: KnownTables | undefined): readonly Guard[] {
    return tables.flatMap((table) => this.#guards.ofTable(table, known));
  }

  #judge({ analysis, tables, absent = [] }: AnalysedStatement, views: readonly InnerStatement[]): MaskEffect {
    const lineage = lineageOf(analysis);
    const viewed = views.flatMap(({ statement }) => this.#touchedBy(statement.analysis, tables));
    // What was made since the catalogue was read may be a view over anything.
    const unknown = absent.length > 0 ? [this.#guards.any].filter((guard) => guard !== undefined) : [];
    const touched = [...unknown, ...this.#touchedBy(analysis, tables), ...viewed];
    const byName = this.#judgeByName(analysis, touched, lineage !== undefined);
    if (!byName.inspect || byName.refusal !== undefined) return byName;
    if (lineage === undefined) return { ...byName, refusal: unknownProblem(analysis, absent) };
    const { refusal, redact, textLookUps, outputs } = new LineageJudge(this.#guards, {
      tables,
      touched,
      absent,
      denied: this.#denied,
    }).judge(lineage, analysis.file);
    return {
      inspect: true,
      refusal,
      redact: byName.redact || redact,
      maskedOutputs: 0,
      ...(textLookUps.length > 0 && { textLookUps }),
      ...(outputs !== undefined && { outputs }),
    };
  }

  /** @param hasLineage - it is judged by its lineage as well */
  #judgeByName(analysis: Analysis, touched: readonly Guard[], hasLineage = false): MaskEffect {
    // A rule may let it run. Whether it shows a masked column nobody can say.
    if (analysis.kind === 'unknown') return { ...UNTOUCHED, refusal: 'it is not understood', redact: true };
    if (DEFINES_BODY.test(analysis.operation)) {
      return { ...UNTOUCHED, refusal: 'where masked values go in what it defines is not followed' };
    }
    const problem = sideChannelProblem(analysis);
    if (problem !== undefined) return { ...UNTOUCHED, refusal: problem };
    if (touched.length === 0) return effectElsewhere(analysis);
    const denied = touched.filter(({ rule }) => this.#denied.has(rule));
    const refusal = denialOf(analysis, denied) ?? (hasLineage ? undefined : nameProblem(analysis, touched));
    const writes = analysis.kind === 'insert' || analysis.kind === 'replace';
    const plain = (use: ColumnUse): boolean => use.clause === 'output' && use.bare;
    const redact = writes || analysis.columns.some((use) => !plain(use) && touched.some(names(use)));
    const outputs = analysis.kind === 'select' ? analysis.columns.filter((use) => plain(use) && !use.nested) : [];
    return { inspect: true, refusal, redact, maskedOutputs: outputs.filter((use) => touched.some(names(use))).length };
  }
}

const FOLLOWED: readonly string[] = ['select', 'insert', 'replace', 'update', 'delete'];

/** The lineage of a statement that it says all of: a plan may show any value that the statement touches. */
function lineageOf({ kind, explains, lineage }: Analysis): Analysis['lineage'] {
  return explains !== true && FOLLOWED.includes(kind) ? lineage : undefined;
}

/** Without lineage nobody can say what comes of a table that is not known; DESCRIBE shows none of its values. */
function unknownProblem({ operation, kind }: Analysis, [absent]: readonly string[]): string | undefined {
  if (absent === undefined || operation === 'DESCRIBE' || kind === 'show') return undefined;
  return `what ${absent} is, is not known yet`;
}

/** The effect on a statement that names no table with masked columns. */
function effectElsewhere({ kind, sets }: Analysis): MaskEffect {
  // What a routine returns is not seen from its call: its results are masked by their origin.
  if (kind === 'call') return { ...UNTOUCHED, inspect: true };
  // What a user variable is given may be a masked value.
  const redact = sets?.some(({ variable }) => variable.startsWith('@')) === true;
  return redact ? { ...UNTOUCHED, redact } : UNTOUCHED;
}

/** What is known of a column of the result: by its place, or by its name where places are not known. */
function outputAt(
  { outputs, inOrder }: OutputMasks,
  count: number,
  index: number,
  column: ColumnDefinition,
): OutputMask | undefined {
  const { name } = column;
  if (inOrder && outputs.length === count) return outputs[index];
  const named = outputs.filter((output) => output.name === undefined || output.name === name.toLowerCase());
  const found = named.length > 0 ? named : outputs;
  const tables = found.flatMap(({ anyOf }) => anyOf ?? []);
  const anyOf = tables.length === found.length ? tables.find((each) => isTable(each, column)) : undefined;
  return {
    guards: found.flatMap(({ guards }) => guards),
    isExact: found.length === 1 && found[0]?.isExact === true,
    ...(anyOf !== undefined && { anyOf }),
  };
}

/** Whether a column of the result is, or may be, made of masked values, and not one of them. */
function isMade({ guards, isExact, anyOf }: OutputMask): boolean {
  return guards.length > 0 && !isExact && anyOf === undefined;
}

/** Whether a masked column of the result is a masked column of a table, unchanged: its own masker can do with nothing else. */
function isOwnValue(output: OutputMask | undefined, told: Guard | undefined): boolean {
  if (output === undefined || output.guards.length === 0) return told !== undefined;
  return output.isExact || (output.anyOf !== undefined && told !== undefined);
}

function isTable({ schema, table }: TableName, column: ColumnDefinition): boolean {
  return schema !== undefined && foldName(column.schema) === schema && foldName(column.orgTable) === table;
}

/** The guards of a column of the result: what it is made of counts, and what the server says of it. */
function guardsOf(output: OutputMask | undefined, told: Guard | undefined, column: ColumnDefinition): readonly Guard[] {
  const isTold = output?.anyOf !== undefined && column.orgName !== '' && isTable(output.anyOf, column);
  const all = [...(isTold ? [] : (output?.guards ?? [])), ...(told === undefined ? [] : [told])];
  return [...new Map(all.map((guard) => [`${guard.rule.name} ${guard.column}`, guard])).values()];
}
