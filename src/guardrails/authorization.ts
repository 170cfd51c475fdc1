import type { SqlAuthorization } from '../identity/authorization-details.js';
import type { Identity } from '../identity/identity.js';
import type { AnalysedStatement, Analysis, TableUse } from '../sql/analysis.js';
import { unseenOf } from './facts.js';
import { anyNameMatcher, type NameMatcher, nameMatcher } from '../matching/index.js';
import type { Verdict } from './verdict.js';

/** One authorization, compiled. */
interface Grant {
  readonly action: NameMatcher;
  readonly covers: (table: TableUse) => boolean;
  /** It names no tables: it covers what none is seen of, too. */
  readonly isForAll: boolean;
}

type Answers = WeakMap<AnalysedStatement, Verdict | 'granted'>;

interface Granted {
  readonly grants: readonly Grant[];
  readonly answers: Answers;
}

/** The rule's name in records and errors. */
const RULE = 'authorization-details';

/**
 * Narrows what an identity may do to what the `authorization_details` of its token say (RFC 9396). They never widen what the policy allows.
 */
export class AuthorizationJudge {
  readonly #environment: string | undefined;
  readonly #known = new WeakMap<Identity, Granted>();

  constructor(environment: string | undefined) {
    this.#environment = environment;
  }

  /** A denial; undefined where the token says nothing about statements, or covers this one. */
  judge(statement: AnalysedStatement, identity: Identity): Verdict | undefined {
    const { authorizations } = identity;
    if (authorizations === undefined) return undefined;
    let known = this.#known.get(identity);
    if (known === undefined) {
      known = { grants: this.#compile(authorizations), answers: new WeakMap() };
      this.#known.set(identity, known);
    }
    let answer = known.answers.get(statement);
    if (answer === undefined) {
      const reason = problemOfAll(statement, known.grants);
      answer =
        reason === undefined
          ? 'granted'
          : Object.freeze({ effect: 'deny', rule: RULE, reason, notes: [], limits: undefined, record: undefined });
      known.answers.set(statement, answer);
    }
    return answer === 'granted' ? undefined : answer;
  }

  #compile(authorizations: readonly SqlAuthorization[]): readonly Grant[] {
    return authorizations
      .filter(({ locations }) => locations === undefined || anyNameMatcher(locations)(this.#environment))
      .map(({ actions, tables }) => {
        const pairs = (tables ?? ['*.*']).map(pairOf);
        const covers = ({ schema, table }: TableUse): boolean =>
          pairs.some((pair) => pair.schema(schema) && pair.table(table));
        return { action: anyNameMatcher(actions), covers, isForAll: tables === undefined };
      });
  }
}

function pairOf(pattern: string): { readonly schema: NameMatcher; readonly table: NameMatcher } {
  const [schema = '', ...rest] = pattern.split('.');
  // A schema that is not known fits where every schema does.
  return { schema: nameMatcher(schema, schema === '*'), table: nameMatcher(rest.join('.'), false) };
}

const OF_SESSION: ReadonlySet<string> = new Set(['session', 'transaction', 'use']);
const READS: ReadonlySet<string> = new Set(['select', 'show', 'explain']);

/** Of a statement and all that it leads to. */
function problemOfAll({ analysis, inner = [] }: AnalysedStatement, grants: readonly Grant[]): string | undefined {
  const problem = problemOf(analysis, grants);
  if (problem !== undefined) return problem;
  for (const { statement, within } of inner) {
    const innerProblem = problemOf(statement.analysis, grants);
    if (innerProblem !== undefined) return `in ${within.join(' > ')}: ${innerProblem}`;
  }
  return undefined;
}

function problemOf(analysis: Analysis, grants: readonly Grant[]): string | undefined {
  const { kind, operation, tables, file } = analysis;
  if (OF_SESSION.has(kind)) return undefined;
  const what = "the token's authorization_details do not cover";
  if (kind === 'unknown' || file) return `${what} ${operation}: it is not seen what it touches`;
  const uncovered = tables.find((table) => !grants.some((grant) => isGranted(grant, analysis, table)));
  if (uncovered !== undefined) {
    return `${what} ${operation} with ${uncovered.access} access to ${uncovered.schema ?? '?'}.${uncovered.table}`;
  }
  const forAll = grants.filter(({ isForAll }) => isForAll);
  const [unseen] = unseenOf(analysis);
  if (unseen !== undefined && !forAll.some(({ action }) => action('call'))) {
    return `${what} ${unseen}, whose inside is not seen`;
  }
  if (tables.length > 0) return undefined;
  const candidates = kind === 'select' ? grants : forAll;
  return candidates.some(({ action }) => isAction(action, analysis, undefined)) ? undefined : `${what} ${operation}`;
}

function isGranted({ action, covers }: Grant, analysis: Analysis, table: TableUse): boolean {
  return covers(table) && isAction(action, analysis, table.access);
}

/** A table that is read is covered by `read`, whatever the statement writes elsewhere; one that is written by the statement's own action. */
function isAction(
  action: NameMatcher,
  { kind, operation, upserts }: Analysis,
  access: TableUse['access'] | undefined,
): boolean {
  if (access === 'read' || (access === undefined && READS.has(kind))) return action('read') || action(operation);
  if (kind === 'ddl' || kind === 'call' || kind === 'administration') return action(kind) || action(operation);
  return action('write') || (action(operation) && (upserts !== true || action('UPDATE')));
}
