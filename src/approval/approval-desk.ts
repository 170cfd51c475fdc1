import { createHmac, randomBytes, randomUUID } from 'node:crypto';

import { messageOf } from '../message-of.js';
import type { Approval, ApprovalAnswer, ApprovalRequest, Approver } from './approver.js';

/** What the desk is given: the rest of a request is its own. */
export type ApprovalSubject = Omit<ApprovalRequest, 'id' | 'digest' | 'expiresAtMs'>;

const MAX_TEXT = 1_000;

/** Brings requests to the approver, and makes of whatever comes back a decision. */
export class ApprovalDesk {
  readonly #approver: Approver;
  readonly #timeoutMs: number;
  /** Values that a request does not show are not to be guessed from its digest. */
  readonly #key = randomBytes(32);

  /** @param timeoutMs - after which a request without an answer is denied */
  constructor(approver: Approver, timeoutMs: number) {
    this.#approver = approver;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Makes a request of what waits.
   * @param exact - the bytes that are to run, values that the request does not show included
   */
  request(subject: ApprovalSubject, exact: readonly Buffer[]): ApprovalRequest {
    return Object.freeze({
      ...subject,
      id: randomUUID(),
      digest: this.#digestOf(subject, exact),
      expiresAtMs: Date.now() + this.#timeoutMs,
    });
  }

  #digestOf({ identity, taskId, server, namespace }: ApprovalSubject, exact: readonly Buffer[]): string {
    const { subject, issuer } = identity;
    const bound = [subject, issuer, taskId ?? null, server, namespace ?? null, exact.map(({ length }) => length)];
    const hmac = createHmac('sha256', this.#key).update(JSON.stringify(bound));
    for (const bytes of exact) hmac.update(bytes);
    return hmac.digest('base64url');
  }

  /** Asks the approver. Never rejects: what is no approval denies. */
  async ask(request: ApprovalRequest, signal: AbortSignal): Promise<Approval> {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort('expired'), request.expiresAtMs - Date.now());
    const cancel = (): void => end.abort('cancelled');
    signal.addEventListener('abort', cancel);
    try {
      if (signal.aborted) return unanswered(request, 'cancelled');
      const answer = await Promise.race([this.#approver(request, end.signal), aborted(end.signal)]);
      return answer === 'expired' || answer === 'cancelled' ? unanswered(request, answer) : answered(request, answer);
    } catch (error) {
      return decided(request, 'rejected', undefined, `the approver failed: ${messageOf(error)}`);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      end.abort('cancelled');
    }
  }
}

/** Resolves with why nobody waits any more. */
function aborted(signal: AbortSignal): Promise<'expired' | 'cancelled'> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason === 'expired' ? 'expired' : 'cancelled'), {
      once: true,
    });
  });
}

/** The answer is somebody else's code: only `true` approves, and only with a name. */
function answered(request: ApprovalRequest, answer: ApprovalAnswer): Approval {
  const { approved, by, reason } = answer;
  if (typeof by !== 'string' || by === '')
    return decided(request, 'rejected', undefined, 'the approver did not say who decided');
  const name = by.slice(0, MAX_TEXT);
  const words = typeof reason === 'string' && reason !== '' ? reason.slice(0, MAX_TEXT) : undefined;
  if (approved === true) return decided(request, 'approved', name, words);
  return decided(request, 'rejected', name, `${name} rejected it${words === undefined ? '' : `: ${words}`}`);
}

function unanswered(request: ApprovalRequest, decision: 'expired' | 'cancelled'): Approval {
  const reason = decision === 'expired' ? 'nobody approved it in time' : 'nobody waits for the approval any more';
  return decided(request, decision, undefined, reason);
}

function decided(
  { id, rule }: ApprovalRequest,
  decision: Approval['decision'],
  by: string | undefined,
  reason: string | undefined,
): Approval {
  return Object.freeze({ id, rule, decision, by, at: new Date().toISOString(), reason });
}
