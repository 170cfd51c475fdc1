import { DenialError, isCountersignError } from '../errors.js';
import type { Analysis, AnalysisScope } from './analysis.js';
import type { SeeView } from './bounds/query-level.js';
import { foreignFunctions } from './built-in-functions.js';
import { isOneOf, type Token, word } from './canonical/token.js';
import { TokenCursor } from './canonical/token-cursor.js';
import { withWholeMode } from './grammar/added-mode.js';
import { unknownAnalysis } from './grammar/analysis-of.js';
import { killStatement, lockStatement } from './grammar/administration-statement.js';
import { callStatement, doStatement } from './grammar/call-statement.js';
import { definitionStatement } from './grammar/definition-statement.js';
import { explainStatement } from './grammar/explain-statement.js';
import { loadStatement } from './grammar/load-statement.js';
import { setStatement } from './grammar/set-statement.js';
import { showStatement } from './grammar/show-statement.js';
import { transactionStatement } from './grammar/transaction-statement.js';
import { useStatement } from './grammar/use-statement.js';
import { shadowedFunctions } from './shadowed-functions.js';
import { pipesAsConcat } from './sql-mode.js';
import type { QueryContext } from './query-context.js';
import type { WorkBudget } from './work-budget.js';
import { queryStatement } from './tree/query-statement.js';

/** Deepest nesting of parentheses that a parser gets: it recurses. */
const MAX_DEPTH = 64;
/** Most tokens that a parser gets: it takes about 20 µs for each in the worst case. */
const MAX_TOKENS = 8_000;

/**
 * Analyses one statement. Never throws: what is not understood is `unknown`, with the reason.
 * @param tokens of its canonical text
 * @param budget of the whole text
 * @param seeView sees through views, where the bounds of rows are judged
 */
export function analyseStatement(
  tokens: readonly Token[],
  scope: AnalysisScope,
  budget: WorkBudget,
  seeView?: SeeView,
): Analysis {
  if (tokens.length === 0) return unknownAnalysis('UNKNOWN', 'it is empty');
  try {
    const context = { namespace: scope.namespace, budget, ...(seeView && { seeView }) };
    const read = analyseTokens(new TokenCursor(asRead(tokens, scope.sqlMode)), context);
    const analysis = withWholeMode(read, scope.sqlMode);
    const { functions } = analysis;
    const foreign = [
      ...foreignFunctions(functions, scope.dialect),
      ...(analysis.kind === 'ddl' && !analysis.compound ? [] : shadowedFunctions(tokens, functions, scope.dialect)),
    ];
    return foreign.length === 0 ? analysis : { ...analysis, routines: [...(analysis.routines ?? []), ...foreign] };
  } catch (error) {
    // A RangeError is the parser's stack: as little understood as anything else.
    const problem = isCountersignError(error) ? error.message : 'it is too complex to be analysed';
    return unknownAnalysis(operationOf(tokens), problem);
  }
}

const OR = word('OR');
const AND = word('AND');

/** The parsers take `||` for concatenation and `&&` for an operator of its own, which bind more tightly than the words they stand for. */
export function asRead(tokens: readonly Token[], sqlMode: string): readonly Token[] {
  const isConcat = pipesAsConcat(sqlMode);
  return tokens.map((token) => {
    if (token.kind !== 'symbol') return token;
    if (token.text === '&&') return AND;
    return token.text === '||' && !isConcat ? OR : token;
  });
}

function analyseTokens(cursor: TokenCursor, context: QueryContext): Analysis {
  const { namespace } = context;
  const verb = cursor.peek();
  const inner = (at: TokenCursor): Analysis => analyseTokens(at, context);
  if (verb?.kind === 'symbol') return analyseQuery(cursor, context);
  switch (verb?.kind === 'word' ? verb.upper : '') {
    case 'SELECT':
    case 'WITH':
    case 'INSERT':
    case 'REPLACE':
    case 'UPDATE':
    case 'DELETE':
      return analyseQuery(cursor, context);
    case 'SET':
      return setStatement(cursor, inner);
    case 'SHOW':
      return showStatement(cursor, namespace);
    case 'USE':
      return useStatement(cursor);
    case 'CALL':
      return callStatement(cursor, inner);
    case 'DO':
      return doStatement(cursor, inner);
    case 'KILL':
      return killStatement(cursor);
    case 'LOCK':
    case 'UNLOCK':
      return lockStatement(cursor, namespace);
    case 'LOAD':
      return loadStatement(cursor, namespace, inner);
    case 'EXPLAIN':
    case 'DESCRIBE':
    case 'DESC':
    case 'ANALYZE':
      return explainStatement(cursor, namespace, inner);
    case 'CREATE':
    case 'ALTER':
    case 'DROP':
    case 'RENAME':
    case 'TRUNCATE':
      return definitionStatement(cursor, namespace, inner);
    default:
      return transactionStatement(cursor) ?? cursor.refuse('a statement that is known');
  }
}

function analyseQuery(cursor: TokenCursor, context: QueryContext): Analysis {
  const tokens = cursor.rest();
  let depth = 0;
  for (const token of tokens) {
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    if (depth > MAX_DEPTH) throw new DenialError('STATEMENT_UNKNOWN', 'its parentheses nest too deeply');
  }
  if (tokens.length > MAX_TOKENS) throw new DenialError('STATEMENT_UNKNOWN', 'it is too long to be analysed');
  return queryStatement(tokens, context);
}

// Verbs whose second word says what they do.
const SECOND_WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['SET', ['GLOBAL', 'PERSIST', 'PERSIST_ONLY', 'PASSWORD', 'ROLE', 'STATEMENT', 'DEFAULT', 'RESOURCE']],
  ['EXECUTE', ['IMMEDIATE']],
  ['LOCK', ['TABLES', 'TABLE', 'INSTANCE']],
  ['UNLOCK', ['TABLES', 'INSTANCE']],
  ['CHANGE', ['MASTER', 'REPLICATION']],
  ['ANALYZE', ['TABLE']],
  ['OPTIMIZE', ['TABLE']],
  ['REPAIR', ['TABLE']],
  ['CHECK', ['TABLE']],
]);
const TWO_WORDS = ['CREATE', 'ALTER', 'DROP', 'RENAME', 'INSTALL', 'UNINSTALL', 'SHOW', 'START', 'STOP'];

/** How rules and records name a statement that is not understood: its verb, never its literals. */
function operationOf(tokens: readonly Token[]): string {
  const [verb, second] = tokens;
  if (verb?.kind !== 'word') return 'UNKNOWN';
  const isPair =
    second?.kind === 'word' &&
    (TWO_WORDS.includes(verb.upper) || isOneOf(second, ...(SECOND_WORDS.get(verb.upper) ?? [])));
  return (isPair ? `${verb.upper} ${second.upper}` : verb.upper).slice(0, 64);
}
