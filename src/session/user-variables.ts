import type { AnalysedStatement, SessionChange } from '../sql/analysis.js';

/** Most variables that are remembered, and most characters of a value. */
const MAX_VARIABLES = 100;
const MAX_VALUE_CHARS = 4_096;

const NO_ROUTINES: readonly string[] = [];

/**
 * The user variables of a session whose values are known, as of the idiom that keeps a setting and restores it: `SET @old = @@sql_mode`,
 * `SET sql_mode = @old`. Where one may have been given another value, all are forgotten;
 * a trigger may do it unseen, and so the server is asked what has come of a setting that was restored.
 */
export class UserVariables {
  readonly #values = new Map<string, string>();

  /** @param name lower case, with its `@` */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** None is known any more. */
  clear(): void {
    this.#values.clear();
  }

  /** One is set; undefined where its new value is not known. */
  set(name: string, value: string | undefined): void {
    this.#values.delete(name);
    if (value === undefined || value.length > MAX_VALUE_CHARS || this.#values.size >= MAX_VARIABLES) return;
    this.#values.set(name, value);
  }

  /**
   * A statement has run.
   * @param seesInside whether it is known what triggers and views do
   */
  follow(statement: AnalysedStatement, seesInside: boolean): void {
    if (this.#values.size > 0 && maySetOne(statement, seesInside)) this.clear();
  }
}

/** Whether a statement may give a user variable a value, but for SET: `:=` and INTO count as files. */
function maySetOne({ analysis, inner = [] }: AnalysedStatement, seesInside: boolean): boolean {
  const { kind, file, localInfile, tables, routines = NO_ROUTINES } = analysis;
  if (kind === 'unknown' || kind === 'call' || kind === 'load' || file || localInfile) return true;
  return inner.length > 0 || routines.length > 0 || (!seesInside && tables.length > 0);
}

/**
 * What the change at this place of a SET sets its variable to; undefined where that is not known. What stands before it may have changed what it
 * takes.
 * @param known - values before the SET
 */
export function valueAt(
  sets: readonly SessionChange[],
  index: number,
  known: (variable: string) => string | undefined,
): string | undefined {
  const { value, from } = sets[index] ?? {};
  if (value !== undefined || from === undefined) return value;
  for (let before = 0; before < index; before += 1) {
    if (sets[before]?.variable === from) return undefined;
  }
  return known(from);
}
