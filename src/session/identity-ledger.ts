import { type AuditTrail, encodeAgent, joinFragments } from '../audit/index.js';
import type { Identity } from '../identity/identity.js';
import { epochMicros } from './clock.js';

/** Most agents whose token is remembered; beyond, those that came first are forgotten. */
const MAX_AGENTS = 1_000;

/** Records that the token of an agent was renewed, has run out, or was revoked: once for each, on however many connections. */
export class IdentityLedger {
  readonly #trail: AuditTrail;
  readonly #latest = new Map<string, Identity>();
  readonly #ended = new WeakSet<Identity>();

  constructor(trail: AuditTrail) {
    this.#trail = trail;
  }

  /** An agent runs a statement with this token. @throws FailureError where that could not be recorded */
  used(identity: Identity): void {
    const key = JSON.stringify([identity.issuer, identity.subject]);
    const known = this.#latest.get(key);
    if (known === identity || (known !== undefined && known.expiresAtMs >= identity.expiresAtMs)) return;
    if (known !== undefined) this.#record(identity, 'renewed');
    this.#latest.delete(key);
    this.#latest.set(key, identity);
    for (const [oldest] of this.#latest) {
      if (this.#latest.size <= MAX_AGENTS) break;
      this.#latest.delete(oldest);
    }
  }

  /** A statement was refused because of what became of this token. @throws FailureError where that could not be recorded */
  ended(identity: Identity, action: 'expired' | 'revoked'): void {
    if (this.#ended.has(identity)) return;
    this.#record(identity, action);
    this.#ended.add(identity);
  }

  #record(identity: Identity, action: 'renewed' | 'expired' | 'revoked'): void {
    const event = `"event":${JSON.stringify({ action })}`;
    this.#trail.event('identity', epochMicros(), joinFragments(encodeAgent(identity), event));
  }
}
