import { isCountersignError } from '../../errors.js';
import { describeStatement, describeUnreadable } from '../analysed-statement.js';
import type { AnalysedStatement, AnalysisScope } from '../analysis.js';
import { WorkBudget } from '../work-budget.js';
import { isName, isOneOf, SELECT, type Token } from '../canonical/token.js';
import { routineParts } from './routine-statements.js';
import { namesVariable, withoutVariables } from './routine-variables.js';

/** Most statements and expressions of one routine: each costs a parse. */
const MAX_PARTS = 256;
/** What a whole body may cost, each of its statements read twice at most: it is analysed once and kept. */
const MAX_WORK = 8_000_000;

/**
 * Analyses what the body of a routine or trigger does: one analysis for each statement, and for each expression that reads or calls something.
 * Never throws: what is not understood is one statement of kind `unknown`.
 * @param parameters names of the routine's, lower case
 */
export function readRoutine(
  body: readonly Token[],
  parameters: readonly string[],
  scope: AnalysisScope,
): readonly AnalysedStatement[] {
  try {
    const { parts, variables } = routineParts(body, parameters);
    if (parts.length > MAX_PARTS) return [describeUnreadable('', `its body has ${parts.length} statements`)];
    const budget = new WorkBudget(MAX_WORK);
    return parts.flatMap(({ kind, tokens }) =>
      kind === 'statement'
        ? [readStatement(tokens, variables, scope, budget)]
        : readExpression(tokens, variables, scope, budget),
    );
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    return [describeUnreadable('', error.message)];
  }
}

function readExpression(
  tokens: readonly Token[],
  variables: ReadonlySet<string>,
  scope: AnalysisScope,
  budget: WorkBudget,
): readonly AnalysedStatement[] {
  const statement = describeStatement([SELECT, ...withoutVariables(tokens, variables)], scope, budget);
  const { kind, tables, functions } = statement.analysis;
  return kind === 'unknown' || tables.length + functions.length > 0 ? [statement] : [];
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
