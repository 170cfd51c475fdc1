import { isCountersignError } from '../../errors.js';
import { describeStatement, describeUnreadable } from '../analysed-statement.js';
import type { AnalysedStatement, AnalysisScope, ColumnUse } from '../analysis.js';
import { WorkBudget } from '../work-budget.js';
import { isName, isOneOf, type Token, word } from '../canonical/token.js';
import { routineParts } from './routine-statements.js';
import { namesVariable, rowColumns, withoutVariables } from './routine-variables.js';

/** Most statements and expressions of one routine: each costs a parse. */
const MAX_PARTS = 256;
/** What a whole body may cost, each of its statements read twice at most: it is analysed once and kept. */
const MAX_WORK = 8_000_000;

/** What is known of a body beside its text. */
export interface RoutineContext {
  /** Names of the routine's parameters, lower case. */
  readonly parameters: readonly string[];
  /** The table whose rows NEW and OLD of a trigger are. */
  readonly row?: { readonly schema: string; readonly table: string };
}

/**
 * Analyses what the body of a routine or trigger does: one analysis for each statement, and for each expression that reads or calls something.
 * Never throws: what is not understood is one statement of kind `unknown`.
 */
export function readRoutine(
  body: readonly Token[],
  { parameters, row }: RoutineContext,
  scope: AnalysisScope,
): readonly AnalysedStatement[] {
  try {
    const parts = routineParts(body, parameters);
    if (parts.length > MAX_PARTS) return [describeUnreadable('', `its body has ${parts.length} statements`)];
    const budget = new WorkBudget(MAX_WORK);
    const statements = parts.map(({ kind, tokens, variables }) => {
      const isStatement = kind === 'statement';
      const read = isStatement
        ? readStatement(tokens, variables, scope, budget)
        : describeStatement([word('SELECT'), ...withoutVariables(tokens, variables)], scope, budget);
      const statement = row === undefined ? read : withRow(read, rowColumns(tokens), row);
      return isStatement || doesSomething(statement) ? [statement] : [];
    });
    return statements.flat();
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    return [describeUnreadable('', error.message)];
  }
}

/** Whether an expression reads or calls something, or is not understood. */
function doesSomething({ analysis: { kind, tables, functions } }: AnalysedStatement): boolean {
  return kind === 'unknown' || tables.length + functions.length > 0;
}

/** NEW.column and OLD.column are literals to the parsers. What is done with them is done with columns of the trigger's table. */
function withRow(
  statement: AnalysedStatement,
  names: readonly string[],
  { schema, table }: NonNullable<RoutineContext['row']>,
): AnalysedStatement {
  if (names.length === 0) return statement;
  const { analysis } = statement;
  const read = { schema, table, access: 'read', outermost: false } as const;
  const columns = names.map((column): ColumnUse => ({ table, column, clause: 'value', bare: false, nested: false }));
  return Object.freeze({
    ...statement,
    analysis: Object.freeze({
      ...analysis,
      tables: [...analysis.tables, read],
      columns: [...analysis.columns, ...columns],
    }),
  });
}

function readStatement(
  tokens: readonly Token[],
  variables: ReadonlySet<string>,
  scope: AnalysisScope,
  budget: WorkBudget,
): AnalysedStatement {
  const plain = withoutTargets(tokens, variables);
  const replaced = describeStatement(withoutVariables(plain, variables), scope, budget);
  if (replaced.analysis.kind !== 'unknown') return replaced;
  // A name of a variable stands where only a column or table can. Whether the WHERE then bounds anything is not known.
  const named = describeStatement(withoutVariables(plain, new Set()), scope, budget);
  const where = plain.findIndex((token) => isOneOf(token, 'WHERE'));
  const isSure = where < 0 || !namesVariable(plain.slice(where), variables);
  if (isSure || named.analysis.where !== 'present') return named;
  return Object.freeze({ ...named, analysis: Object.freeze({ ...named.analysis, where: 'constant' }) });
}

/** SELECT … INTO variables of the routine touches nothing but them. */
function withoutTargets(tokens: readonly Token[], variables: ReadonlySet<string>): readonly Token[] {
  if (!isOneOf(tokens[0], 'SELECT', 'WITH', '(')) return tokens;
  const into = tokens.findIndex((token) => isOneOf(token, 'INTO'));
  let end = into;
  do {
    const target = tokens[end + 1];
    if (into < 0 || !isName(target) || !variables.has(target.value.toLowerCase())) return tokens;
    end += 2;
  } while (tokens[end]?.text === ',');
  return [...tokens.slice(0, into), ...tokens.slice(end)];
}
