import { randomUUID } from 'node:crypto';
import { type AuditTrail, encodeSession, joinFragments } from '../audit/index.js';
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
