import type { Approval } from '../approval/approver.js';
import { type CountersignErrorCode, FailureError } from '../errors.js';
import type { RecordDemand } from '../guardrails/record-demand.js';
import type { Verdict, VerdictNote } from '../guardrails/verdict.js';
import type { Identity } from '../identity/identity.js';
import { revocationOf } from '../identity/token-revocation.js';
import type { MaskPolicy } from '../masking/mask-policy.js';
import type { AnalysedStatement, Analysis, InnerStatement } from '../sql/analysis.js';
import { sqlModeProblem } from '../sql/index.js';
import { type Assertions, assertionsFromAttributes } from './assertions.js';
import type { QueryAttributes } from '../wire/parameters.js';
import type { Caller } from './caller.js';
import type { SessionPolicy } from './session-options.js';
import { isReadable, isReadableInResults } from './session-state.js';
import { valueAt } from './user-variables.js';

/** Why a command does not run. */
export interface Refusal {
  readonly code: CountersignErrorCode;
  /** Name of the rule that refused. */
  readonly rule: string;
  readonly reason: string;
  /** What the rules had to say beside. */
  readonly notes?: readonly VerdictNote[];
  /** How somebody who was asked decided. */
  readonly approval?: Approval;
}

/** Who runs a statement, resolved from the caller and the governor's own identity. */
export interface Actor {
  readonly identity: Identity | undefined;
  readonly taskId: string | undefined;
  readonly taskSource: 'claim' | 'asserted';
  /** What a statement says of its task does not count: the token, the calling code or the login said it. */
  readonly isTaskFixed: boolean;
  readonly assertions: Assertions | undefined;
  readonly origin: object | undefined;
}

/** Finds out who a caller is. A task in the token goes before an asserted one. */
export function actorOf(caller: Caller | undefined, policy: SessionPolicy): Actor {
  const holder = caller === undefined ? undefined : (caller.identity ?? policy.defaultIdentity);
  const identity = holder !== undefined && 'current' in holder ? holder.current : holder;
  const { assertions, origin } = caller ?? {};
  if (identity?.taskId !== undefined) {
    return { identity, taskId: identity.taskId, taskSource: 'claim', isTaskFixed: true, assertions, origin };
  }
  const isTaskFixed = caller?.taskId !== undefined;
  const taskId = isTaskFixed ? caller.taskId : assertions?.taskId;
  return { identity, taskId, taskSource: 'asserted', isTaskFixed, assertions, origin };
}

/** The actor of a statement that says more of itself. */
export function withAttributes(actor: Actor, attributes: QueryAttributes | undefined): Actor {
  if (attributes === undefined) return actor;
  const assertions = assertionsFromAttributes(actor.assertions, attributes);
  return { ...actor, assertions, taskId: actor.isTaskFixed ? actor.taskId : assertions?.taskId };
}

/** The masks that hold for an actor. */
export function masksOf({ identity, taskId }: Actor, { masks }: SessionPolicy): MaskPolicy {
  return masks.ofEverybody ?? masks.of(identity && { identity, taskId, nowMs: Date.now() });
}

/** Refuses an actor without an identity that is in date, and not revoked, now. */
export function identityRefusal(actor: Actor): Refusal | undefined {
  const { identity } = actor;
  if (identity === undefined) {
    return {
      code: 'IDENTITY_MISSING',
      rule: 'identity',
      reason:
        'no verified identity is attached to this call: wrap it in withIdentity, or give the governor an identity',
    };
  }
  if (identity.expiresAtMs > Date.now()) return revocationRefusal(identity);
  const since = new Date(identity.expiresAtMs).toISOString();
  return {
    code: 'IDENTITY_EXPIRED',
    rule: 'identity',
    reason: `the identity of ${identity.subject} expired at ${since}: renew its token`,
  };
}

/** Refuses an identity whose token was revoked, or of which nobody can say any more that it was not. */
function revocationRefusal(identity: Identity): Refusal | undefined {
  const revocation = revocationOf(identity);
  if (revocation?.isRevoked === true) {
    const reason = `the token of ${identity.subject} has been revoked: get a new one`;
    return { code: 'IDENTITY_REVOKED', rule: 'identity', reason };
  }
  if (revocation?.isUnknown !== true) return undefined;
  const reason = `whether the token of ${identity.subject} has been revoked cannot be told now: try again`;
  return { code: 'ISSUER_UNREACHABLE', rule: 'identity', reason };
}

/** Asks the rules about one statement. @param count how many statements the text has that it came in */
export function verdictOn(statement: AnalysedStatement, count: number, actor: Actor, policy: SessionPolicy): Verdict {
  const { identity, taskId } = actor;
  if (identity === undefined) throw new FailureError('INTERNAL', 'a statement is judged before its identity');
  return (
    policy.authorizations.judge(statement, identity) ?? policy.guardrails.judge(statement, count, identity, taskId)
  );
}

const NO_DEMANDS: readonly never[] = [];

/** How each statement is to be recorded, also where it is refused; empty where no rule says so. */
export function demandsOf(
  statements: readonly AnalysedStatement[],
  actor: Actor,
  policy: SessionPolicy,
): readonly (RecordDemand | undefined)[] {
  const { recordOfAnybody } = policy.guardrails;
  if (recordOfAnybody === undefined) return NO_DEMANDS;
  return statements.map((statement) =>
    actor.identity === undefined ? recordOfAnybody : verdictOn(statement, statements.length, actor, policy).record,
  );
}

/** Refuses what the rules deny, and what the masks cannot follow. */
export function statementRefusal(
  statement: AnalysedStatement,
  verdict: Verdict,
  masks: MaskPolicy,
): Refusal | undefined {
  if (verdict.effect === 'deny') {
    const code = statement.analysis.kind === 'unknown' ? 'STATEMENT_UNKNOWN' : 'DENIED_BY_RULE';
    const { rule = 'otherwise', reason = 'it is denied', notes } = verdict;
    return { code, rule, reason, notes };
  }
  const refusal = masks.effectOn(statement).refusal;
  return refusal === undefined ? undefined : { code: 'DENIED_BY_MASK', rule: 'masking', reason: refusal };
}

/**
 * Refuses what would change, unseen, how later bytes are read.
 * @param known - values of variables before the text
 */
export function sessionChangeRefusal(
  statements: readonly AnalysedStatement[],
  known: (variable: string) => string | undefined = nothingKnown,
): Refusal | undefined {
  const several = statements.length > 1;
  let redefined = false;
  for (const { analysis, inner } of statements) {
    const reason =
      (several ? orderProblem(analysis, redefined) : undefined) ??
      setProblem(analysis, several, known) ??
      innerSetProblem(inner) ??
      innerOrderProblem(inner);
    if (reason !== undefined) return { code: 'DENIED_BY_RULE', rule: 'session-state', reason };
    redefined ||= redefines(analysis) || inner?.some(({ statement }) => redefines(statement.analysis)) === true;
  }
  return undefined;
}

/** Why a statement of several may not stand where it stands. @param redefined - whether one before it gives names another meaning */
function orderProblem(analysis: Analysis, redefined: boolean): string | undefined {
  if (redefined && usesNames(analysis))
    return 'what stands before it in its text may give its names another meaning: send it by itself';
  return analysis.kind === 'unknown'
    ? 'what is not understood may change how the next statement is read: send it by itself'
    : undefined;
}

const PLAIN_DEFINITIONS: ReadonlySet<string> = new Set([
  ...['CREATE TABLE', 'ALTER TABLE', 'DROP TABLE', 'TRUNCATE TABLE', 'CREATE INDEX', 'DROP INDEX', 'CREATE DATABASE'],
]);

/** Whether a definition may make of a name something else than it was when the text was judged: RENAME, a view, a routine, a trigger. */
function redefines({ kind, operation, tables }: Analysis): boolean {
  if (kind !== 'ddl') return false;
  const isRenamed = operation === 'ALTER TABLE' && tables.filter(({ access }) => access === 'write').length > 1;
  return isRenamed || !PLAIN_DEFINITIONS.has(operation);
}

function usesNames(analysis: Analysis): boolean {
  return usesTables(analysis) || (analysis.kind !== 'ddl' && analysis.routines !== undefined);
}

/** Of definitions only CREATE TABLE … SELECT reads rows. */
function usesTables({ kind, operation, tables }: Analysis): boolean {
  if (kind !== 'ddl') return tables.length > 0;
  return operation === 'CREATE TABLE' && tables.some(({ access }) => access === 'read');
}

function nothingKnown(): undefined {
  return undefined;
}

function setProblem(
  { sets }: Analysis,
  several: boolean,
  known: (variable: string) => string | undefined,
): string | undefined {
  if (sets === undefined) return undefined;
  for (const [index, { variable }] of sets.entries()) {
    const reason = changeProblem(variable, valueAt(sets, index, known), several);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** What a routine sets holds behind it, but for its own sql_mode. */
function innerSetProblem(inner: readonly InnerStatement[] | undefined): string | undefined {
  if (inner === undefined) return undefined;
  for (const { statement, within } of inner) {
    const change = statement.analysis.sets?.find(({ variable }) => variable !== 'sql_mode' && READ_BY_US.has(variable));
    if (change !== undefined) return `${within.join(' > ')} sets ${change.variable}, unseen by its caller`;
  }
  return undefined;
}

/**
 * Why a routine may not both define and use tables: what it uses was judged before it ran, by what the names meant then, and loops have no order.
 * Routines it cannot define.
 */
function innerOrderProblem(inner: readonly InnerStatement[] | undefined): string | undefined {
  const defining = inner?.find(({ statement }) => redefines(statement.analysis));
  if (defining === undefined || inner?.some(({ statement }) => usesTables(statement.analysis)) !== true)
    return undefined;
  return `${defining.within.join(' > ')} may give names another meaning that are used beside it: send its statements by themselves`;
}

const READ_BY_US: ReadonlySet<string> = new Set([
  'sql_mode',
  'character_set_client',
  'character_set_results',
  'namespace',
]);

function changeProblem(variable: string, value: string | undefined, several: boolean): string | undefined {
  if (!READ_BY_US.has(variable)) return undefined;
  if (value === undefined) return `${variable} may only be set from a literal, or from a user variable that keeps one`;
  if (several)
    return `${variable} may only be set by a statement of its own, since it changes how the next one is read`;
  if (variable === 'character_set_client' && !isReadable(value)) {
    return `the character set ${value} would hide what a statement does: use utf8mb4`;
  }
  if (variable === 'character_set_results' && !isReadableInResults(value)) {
    return `the character set ${value} would hide which columns a result has: use utf8mb4`;
  }
  return variable === 'sql_mode' ? sqlModeProblem(value) : undefined;
}
