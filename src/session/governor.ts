import { randomUUID } from 'node:crypto';
import { type AuditTrail, type AuditTrailOptions, createAuditTrail } from '../audit/index.js';
import { FailureError } from '../errors.js';
import { defaultRules } from '../guardrails/built-in.js';
import type { Rule } from '../guardrails/rule.js';
import type { Identity, IdentityHolder } from '../identity/identity.js';
import { MaskPolicy } from '../masking/mask-policy.js';
import type { MaskRule } from '../masking/mask-rule.js';
import { createAnalyser } from '../sql/index.js';
import { GovernedSession } from './governed-session.js';
import { parseGovernorOptions } from './governor-options.js';
import type { SessionEdges, SessionOrigin, SessionPolicy } from './session-options.js';

/** How a governor is set up. */
export interface GovernorOptions {
  /** Where records are journaled, and where they go from there. */
  readonly audit: AuditTrailOptions;
  /** Whose a statement is when its call says nothing: the process's own agent. Without it, such statements are refused. */
  readonly identity?: Identity | IdentityHolder;
  /** The guardrails, in order. Default {@link defaultRules}. */
  readonly rules?: readonly Rule[];
  /** The masked columns. Default none. */
  readonly masks?: readonly MaskRule[];
  /** Most bytes of one packet from the client. Default 256 MiB; from 1 MiB to 2 GiB. */
  readonly maxPacketBytes?: number;
  /** Most statements prepared on one connection. Default 16,382, which is MySQL's own default. */
  readonly maxPreparedStatements?: number;
  /** Most characters of a statement's text in its record. Default 65,536. */
  readonly maxRecordedTextBytes?: number;
}

/** What governs connections: one a process is enough. */
export interface Governor {
  /**
   * Opens the governed wire of one connection. For adapters and the proxy; an application calls an adapter's `govern`.
   * @throws FailureError `GOVERNOR_CLOSED`
   */
  openSession(origin: SessionOrigin, edges: SessionEdges): GovernedSession;
  /** The audit trail: its figures, and records of other types. */
  readonly trail: AuditTrail;
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
  const { limits, rules, masks } = parseGovernorOptions(options);
  const trail = await createAuditTrail(options.audit);
  const policy: SessionPolicy = {
    ...limits,
    analyser: createAnalyser(),
    rules: rules ?? defaultRules(),
    masks: new MaskPolicy(masks ?? []),
    trail,
    defaultIdentity: options.identity,
  };
  let closed = false;
  return {
    trail,
    openSession(origin, edges): GovernedSession {
      if (closed)
        throw new FailureError('GOVERNOR_CLOSED', 'this governor is closed: create another before you connect');
      return new GovernedSession(policy, origin, edges, randomUUID());
    },
    async close(): Promise<void> {
      closed = true;
      await trail.close();
    },
  };
}
