import { randomUUID } from 'node:crypto';
import { type AuditLogger, type AuditTrail, createAuditTrail, nobodyAcknowledges } from '../audit/index.js';
import { FailureError } from '../errors.js';
import { AuthorizationJudge } from '../guardrails/authorization.js';
import { PolicyJudge } from '../guardrails/policy-judge.js';
import { defaultPolicy } from '../guardrails/presets.js';
import type { Policy } from '../guardrails/policy.js';
import { MaskBook } from '../masking/mask-book.js';
import type { MaskRule } from '../masking/mask-rule.js';
import { CatalogueBook, type CatalogueOptions } from '../catalogue/index.js';
import { createAnalyser } from '../sql/index.js';
import { assertionsOf, type TraceContext, validTrace } from './assertions.js';
import { type Caller, currentCaller, runAsNobody } from './caller.js';
import { GovernedSession } from './governed-session.js';
import { epochMicros } from './clock.js';
import { type GovernorOptions, parseGovernorOptions } from './governor-options.js';
import { IdentityLedger } from './identity-ledger.js';
import { policyEvent } from './policy-event.js';
import { SummaryBook } from './summary-book.js';
import { warningsToStderr } from './warnings-to-stderr.js';
import type { SessionEdges, SessionOrigin, SessionPolicy } from './session-options.js';

/** What governs connections: one a process is enough. */
export interface Governor {
  /**
   * Opens the governed wire of one connection. For adapters and the proxy; an application calls an adapter's `govern`.
   * @throws FailureError `GOVERNOR_CLOSED`
   */
  openSession(origin: SessionOrigin, edges: SessionEdges): GovernedSession;
  /** Who calls now, in which trace. For adapters. */
  caller(): Caller;
  /** The audit trail: its figures, and records of other types. */
  readonly trail: AuditTrail;
  /**
   * Judges and masks by another policy from the next statement on, on connections that are open as well. The server's own read-only mode is that
   * of the policy under which a connection was opened.
   * @throws FailureError `OPTIONS_INVALID` naming every problem: then the policy before stays
   */
  reload(options: Pick<GovernorOptions, 'policy' | 'masks' | 'environment'>): void;
  /**
   * Refuses every further statement, and delivers the records within the trail's deadline. What is left is delivered at the next
   * start. Close the pools before.
   */
  close(): Promise<void>;
}

/**
 * Creates a governor.
 * @throws FailureError `OPTIONS_INVALID` naming every option that is wrong; `JOURNAL_UNAVAILABLE` where the journal cannot be opened
 * @example
 * ```ts
 * const governor = await createGovernor({
 *   identity: agent,
 *   masks: [maskColumn('shop.customers.email', 'email')],
 *   audit: { directory: '.countersign', transports: [httpTransport({ url: 'http://127.0.0.1:7070/v1/records', token })] },
 * });
 * ```
 */
export async function createGovernor(options: GovernorOptions): Promise<Governor> {
  const { limits, policy, environment, approvals, catalogue, masks } = parseGovernorOptions(options);
  const logger = options.audit.logger ?? warningsToStderr();
  const trail = await runAsNobody(() => createAuditTrail({ ...options.audit, logger }));
  const rules = policy ?? defaultPolicy();
  if (!trail.isAcknowledged && asksForAcknowledgement(rules)) {
    await trail.close();
    throw nobodyAcknowledges('policy: a rule asks for durability');
  }
  recordPolicy(trail, rules, masks, environment);
  const catalogueOptions = catalogue && { ...catalogue, ...warningsOf(logger), columns: masks.length > 0 };
  const analyser = createAnalyser();
  const shared: Mutable<SessionPolicy> = {
    ...limits,
    analyser,
    catalogues: catalogueOptions && new CatalogueBook(analyser, catalogueOptions, catalogue?.account),
    ...judgedBy(rules, masks, environment),
    approvals,
    estimatesRows: options.approvalEstimates ?? false,
    trail,
    identities: new IdentityLedger(trail),
    summaries: new SummaryBook(trail),
    tags: options.tag ?? true,
    defaultIdentity: options.identity,
  };
  let closed = false;
  return {
    trail,
    caller: callerNow(options.trace),
    openSession(origin, edges): GovernedSession {
      if (closed)
        throw new FailureError('GOVERNOR_CLOSED', 'this governor is closed: create another before you connect');
      return new GovernedSession(shared, origin, edges, randomUUID());
    },
    reload(changed): void {
      const kept: Partial<Mutable<GovernorOptions>> = { ...options };
      delete kept.policy;
      delete kept.masks;
      delete kept.environment;
      const next = parseGovernorOptions({ ...kept, ...changed, audit: options.audit });
      const nextRules = next.policy ?? defaultPolicy();
      if (!trail.isAcknowledged && asksForAcknowledgement(nextRules)) {
        throw nobodyAcknowledges('policy: a rule asks for durability');
      }
      Object.assign(shared, judgedBy(nextRules, next.masks, next.environment));
      if (catalogueOptions !== undefined && catalogueOptions.columns !== next.masks.length > 0) {
        catalogueOptions.columns = next.masks.length > 0;
        shared.catalogues?.invalidate();
      }
      recordPolicy(trail, nextRules, next.masks, next.environment);
    },
    async close(): Promise<void> {
      closed = true;
      shared.summaries.close();
      await trail.close();
    },
  };
}

/** A trace that cannot be told is none: it is no reason not to run a statement. */
function callerNow(askTrace: (() => TraceContext | undefined) | undefined): () => Caller {
  if (askTrace === undefined) return currentCaller;
  const traceNow = (): TraceContext | undefined => {
    try {
      const trace = askTrace();
      return trace && validTrace(trace);
    } catch {
      return undefined;
    }
  };
  return () => {
    const caller = currentCaller();
    const trace = traceNow();
    return trace === undefined ? caller : { ...caller, assertions: assertionsOf(caller.assertions, { trace }) };
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The parts of a session's policy that follow from rules and masks. */
function judgedBy(
  rules: Policy,
  masks: readonly MaskRule[],
  environment: string | undefined,
): Pick<SessionPolicy, 'guardrails' | 'serverReadOnly' | 'authorizations' | 'masks'> {
  return {
    guardrails: new PolicyJudge(rules, environment),
    // A policy on a dry run refuses nothing, and neither may the server in its name.
    serverReadOnly: rules.serverReadOnly === true && rules.dryRun !== true,
    authorizations: new AuthorizationJudge(environment),
    masks: new MaskBook(masks),
  };
}

function asksForAcknowledgement({ rules }: Policy): boolean {
  return rules.some(({ record }) => record?.durability === 'remote');
}

function recordPolicy(
  trail: AuditTrail,
  rules: Policy,
  masks: readonly MaskRule[],
  environment: string | undefined,
): void {
  trail.event('policy', epochMicros(), `"event":${JSON.stringify(policyEvent(rules, masks, environment))}`);
}

function warningsOf(logger: AuditLogger): Pick<CatalogueOptions, 'onUnseenTriggers' | 'onFailure'> {
  return {
    onUnseenTriggers(schema): void {
      logger.warn(
        { schema },
        'the account may not see the triggers of this schema: grant it TRIGGER, or give the catalogue one that has it',
      );
    },
    onFailure(problem): void {
      logger.warn({ problem }, 'the schemas could not be read: statements that need them are refused');
    },
  };
}
