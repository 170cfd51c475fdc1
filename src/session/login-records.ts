import { randomUUID } from 'node:crypto';
import { type AuditTrail, encodeAgent, encodeSession, encodeTask, joinFragments } from '../audit/index.js';
import type { Identity } from '../identity/identity.js';
import { epochMicros } from './clock.js';

/**
 * Records a client that was not let in.
 * @param client `address:port`
 * @throws FailureError `JOURNAL_UNAVAILABLE`
 */
export function recordRefusedLogin(trail: AuditTrail, client: string, reason: string): void {
  const session = encodeSession({ id: randomUUID(), mode: 'proxy', client });
  const event = `"event":${JSON.stringify({ action: 'refused', reason })}`;
  trail.event('session', epochMicros(), joinFragments(`${session}}`, event));
}

/** A credential that stands for an identity. */
export interface IssuedCredential {
  readonly identity: Identity;
  /** That its sessions are bound to. */
  readonly task: string | undefined;
  /** `address:port` that asked for it. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/**
 * Records that an agent was given a credential of minutes.
 * @throws FailureError `JOURNAL_UNAVAILABLE`
 */
export function recordCredential(trail: AuditTrail, { identity, task, client, expiresAtMs }: IssuedCredential): void {
  const reason = `a short-lived credential for ${client}, until ${new Date(expiresAtMs).toISOString()}`;
  const event = `"event":${JSON.stringify({ action: 'issued', reason })}`;
  const taskFragment = task === undefined ? undefined : encodeTask({ id: task, source: 'asserted' });
  trail.event('identity', epochMicros(), joinFragments(encodeAgent(identity), taskFragment, event));
}
