import type {
  Assignment,
  ConditionClause,
  LineageCondition,
  QueryBlock,
  StatementLineage,
} from '../sql/lineage/lineage.js';
import { type KnownTables, LOST, type Origin, OriginReader, type Origins } from '../sql/lineage/origins.js';
import { foldName } from '../sql/fold-name.js';
import type { ColumnGuards, Guard } from './column-guards.js';
import type { OutputMask, OutputMasks } from './mask-effect.js';
import type { MaskRule } from './mask-rule.js';

/** What a statement's lineage says of masked columns. */
export interface LineageEffect {
  readonly refusal: string | undefined;
  /** A value that the statement brings along may be a masked one. */
  readonly redact: boolean;
  /** Names of columns of texts that values are looked up in. */
  readonly textLookUps: readonly string[];
  readonly outputs: OutputMasks | undefined;
}

/** What is known beside the lineage of a statement. */
export interface LineageSurroundings {
  readonly tables: KnownTables | undefined;
  /** Guards of the tables that it uses: what is lost may be any of them. */
  readonly touched: readonly Guard[];
  /** Tables that it names and that nobody knows, `schema.name`. */
  readonly absent: readonly string[];
  /** Rules whose columns may not be read at all. */
  readonly denied: ReadonlySet<MaskRule>;
}

const NO_TABLES: KnownTables = { find: () => undefined };

/** What a guarded value is used for, with where it comes from. */
interface GuardedUse {
  readonly origin: Origin;
  readonly guard: Guard;
}

/** A masked column that a condition is about. */
interface Asked {
  readonly guard: Guard;
  readonly problem: string | undefined;
  /** Its names in the condition, where it is a column of texts. */
  readonly texts: readonly string[];
}

/** Follows masked values through one statement. */
export class LineageJudge {
  readonly #guards: ColumnGuards;
  readonly #tables: KnownTables | undefined;
  readonly #touched: readonly Guard[];
  readonly #denied: ReadonlySet<MaskRule>;
  readonly #absent: ReadonlySet<string>;
  readonly #origins: OriginReader;

  constructor(guards: ColumnGuards, { tables, touched, absent, denied }: LineageSurroundings) {
    this.#guards = guards;
    this.#denied = denied;
    this.#absent = new Set(absent.map(foldName));
    this.#tables = tables;
    this.#touched = touched;
    this.#origins = new OriginReader(tables ?? NO_TABLES);
  }

  /** @param file - it keeps values in files or variables */
  judge(lineage: StatementLineage, file: boolean): LineageEffect {
    const outputs = lineage.result === undefined ? undefined : this.#outputs(lineage.result);
    const asked = lineage.blocks.flatMap((block) =>
      block.conditions.flatMap((condition) => this.#asked(block, condition)),
    );
    const refusal =
      this.#denialOf([
        ...asked.map(({ guard }) => guard),
        ...(outputs?.outputs ?? []).flatMap(({ guards }) => guards),
      ]) ??
      asked.find(({ problem }) => problem !== undefined)?.problem ??
      this.#actProblem(lineage) ??
      this.#comparisonProblem(lineage) ??
      this.#distinctProblem(lineage) ??
      this.#copyProblem(lineage.assignments) ??
      (file ? this.#fileProblem(outputs) : undefined);
    const textLookUps = [...new Set(asked.flatMap(({ texts }) => texts))];
    return { refusal, redact: asked.length > 0, textLookUps, outputs };
  }

  #isAbsent({ schema, table }: Origin): boolean {
    return this.#absent.has(`${schema ?? ''}.${table}`);
  }

  #guarded(origins: Origins): readonly GuardedUse[] {
    return [...origins].flatMap((origin) => {
      const guard = this.#guards.ofOrigin(this.#isAbsent(origin) ? LOST : origin, this.#touched, this.#tables);
      return guard === undefined ? [] : [{ origin, guard }];
    });
  }

  #outputs(query: NonNullable<StatementLineage['result']>): OutputMasks {
    const { outputs, inOrder } = this.#origins.query(query);
    return { inOrder, outputs: outputs.map(({ name, origins }) => ({ name, ...this.#outputMask(origins) })) };
  }

  #outputMask(origins: Origins): OutputMask {
    const uses = this.#guarded(origins);
    const guards = uses.map(({ guard }) => guard);
    const [only] = origins;
    const isStar = origins.size === 1 && only?.exact === true && only.column === '*';
    if (isStar && !this.#isAbsent(only)) return { guards, isExact: false, anyOf: only };
    return { guards, isExact: uses.every(({ origin }) => origin.exact && origin.column !== '*') };
  }

  #asked(block: QueryBlock, condition: LineageCondition): readonly Asked[] {
    const uses = this.#guarded(this.#origins.condition(block, condition));
    return uses.map(({ origin, guard }) => ({
      guard,
      problem: problemOf(guard, condition, origin.exact),
      texts: guard.rule.filter === 'lookup' && this.#isText(origin) ? namesIn(condition) : [],
    }));
  }

  #isText({ schema, table, column }: Origin): boolean {
    return (this.#tables?.find(schema, table) ?? []).some((known) => known.isText(column));
  }

  /** What is made of a masked value may not fail, act or take its time in the light of it. */
  #actProblem({ blocks, assignments }: StatementLineage): string | undefined {
    const outputs = blocks.flatMap((block) =>
      block.outputs.flatMap((output) => (output.total ? [] : [this.#origins.output(output, block)])),
    );
    const values = assignments.flatMap(({ uses, exact, total, block }) =>
      total ? [] : [this.#origins.value(uses, exact, block)],
    );
    const use = [...outputs, ...values]
      .flatMap((origins) => this.#guarded(origins))
      .find(({ guard }) => guard.rule.filter !== 'any');
    return use && `${use.guard.column} is masked, and stands in an expression that may tell of it by failing or acting`;
  }

  #comparisonProblem({ naturalJoin, blocks, comparisons }: StatementLineage): string | undefined {
    const shared = naturalJoin ? blocks.flatMap((block) => this.#guarded(this.#origins.shared(block))) : [];
    const compared = comparisons.flatMap((query) =>
      this.#origins.query(query).outputs.flatMap(({ origins }) => this.#guarded(origins)),
    );
    const natural = shared.find(({ guard }) => guard.rule.filter !== 'any');
    if (natural !== undefined) return `${natural.guard.column} is masked, and a NATURAL JOIN compares it unseen`;
    const other = compared.find(({ guard }) => guard.rule.filter !== 'any');
    return other && `${other.guard.column} is masked, and INTERSECT or EXCEPT compares it`;
  }

  /** How many different values there are tells nothing of a column's own values, and much of what is made of them. */
  #distinctProblem({ blocks, unions }: StatementLineage): string | undefined {
    const distinct = blocks.filter((block) => block.distinct).map((block) => ({ arms: [block] }));
    const made = [...distinct, ...unions]
      .flatMap((query) => this.#origins.query(query).outputs.flatMap(({ origins }) => this.#guarded(origins)))
      .find(({ origin, guard }) => !origin.exact && guard.rule.filter !== 'any');
    return (
      made && `${made.guard.column} is masked, and what is made of it may not stand in DISTINCT or UNION without ALL`
    );
  }

  #denialOf(guards: readonly Guard[]): string | undefined {
    const guard = guards.find(({ rule }) => this.#denied.has(rule));
    return guard && `${guard.column} may not be read by this agent`;
  }

  #fileProblem(outputs: OutputMasks | undefined): string | undefined {
    const guard = outputs?.outputs.flatMap(({ guards }) => guards)[0];
    return guard && `${guard.column} is masked: it may not be kept in a file or a variable`;
  }

  #copyProblem(assignments: readonly Assignment[]): string | undefined {
    for (const assignment of assignments) {
      for (const { values, target } of this.#writes(assignment)) {
        const uses = this.#guarded(values);
        if (uses.length === 0) continue;
        const targets = this.#guarded(target);
        const leak = uses.find(({ origin, guard }) => !origin.exact || !isKept(guard, target, targets));
        if (leak !== undefined) return copyReason(leak);
      }
    }
    return undefined;
  }

  /** The values that are written, with the columns that they are written to. */
  #writes(assignment: Assignment): readonly { readonly values: Origins; readonly target: Origins }[] {
    const { block, target, qualifier, column, position, uses, exact, copies } = assignment;
    const reader = this.#origins;
    const named = column === undefined ? undefined : reader.column(qualifier, column, target);
    if (copies === undefined) {
      const into = named ?? reader.columnAt(target, position) ?? NOWHERE;
      return [{ values: reader.value(uses, exact, block), target: into }];
    }
    const { outputs, inOrder } = reader.query(copies);
    return outputs.flatMap(({ origins }, index) => {
      if (named !== undefined) return !inOrder || index === position ? [{ values: origins, target: named }] : [];
      return [{ values: origins, target: (inOrder ? reader.columnAt(target, index) : undefined) ?? NOWHERE }];
    });
  }
}

/** What is made of a value could be looked up where it was written. */
function copyReason({ guard, origin }: GuardedUse): string {
  const what = origin.exact
    ? 'may not be copied to where no mask guards it as it does'
    : 'may only be written unchanged';
  return `${guard.column} is masked, and ${what}`;
}

const NOWHERE: Origins = new Set();

/** Whether all columns that a value may be written to are masked as it is, or so that nothing of it is left. */
function isKept({ rule }: Guard, target: Origins, targets: readonly GuardedUse[]): boolean {
  const isSure = target.size > 0 && targets.length === target.size && targets.every(isColumn);
  return isSure && targets.every(({ guard }) => guard.rule === rule || HIDES_ALL.has(guard.rule.mask));
}

/** Whether a use is of one column of a table that is known, and not of what may be any. */
function isColumn({ origin, guard }: GuardedUse): boolean {
  return origin.exact && origin.column !== '*' && guard.name === origin.column;
}

/** Maskers that leave nothing of a value. */
const HIDES_ALL: ReadonlySet<string> = new Set(['redact', 'null']);

/** Why a condition may not be about a masked column; undefined where it may. */
function problemOf({ rule, column }: Guard, { clause, lookup }: LineageCondition, exact: boolean): string | undefined {
  if (rule.filter === 'any' || (rule.filter === 'lookup' && lookup && exact)) return undefined;
  const isLookup = rule.filter === 'lookup' && LOOKUP_CLAUSES.includes(clause);
  const may = isLookup ? 'may only be compared for equality with a value' : 'may not stand';
  return `${column} is masked, and in ${CLAUSES[clause]} it ${may}`;
}

function namesIn({ uses }: LineageCondition): readonly string[] {
  return uses.flatMap((use) => ('column' in use ? [use.column] : []));
}

const LOOKUP_CLAUSES: readonly ConditionClause[] = ['where', 'join', 'having'];
const CLAUSES: Record<ConditionClause, string> = {
  where: 'WHERE',
  join: 'the condition of a join',
  group: 'GROUP BY',
  having: 'HAVING',
  order: 'ORDER BY',
};
