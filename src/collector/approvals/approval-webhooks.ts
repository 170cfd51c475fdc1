import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { AuditLogger } from '../../audit/audit-logger.js';
import { withDeadline } from '../../deadline.js';
import { messageOf } from '../../message-of.js';
import { createWebhookSigner, isSignedWebhook, webhookHeaders } from '../../webhook-signature.js';
import type { ApprovalView } from './approval-book.js';
import type { ApprovalWebhook } from './approval-rules.js';

const TIMEOUT_MS = 15_000;
const RETRIES_MS = [0, 1_000, 5_000, 30_000, 120_000];

/** Tells receivers of requests, and believes what they send back. */
export class ApprovalWebhooks {
  readonly #webhooks: readonly ApprovalWebhook[];
  readonly #callback: (id: string) => string;
  readonly #logger: AuditLogger;
  readonly #end = new AbortController();

  /** @param callback - the URL that a decision on a request is to be posted to */
  constructor(webhooks: readonly ApprovalWebhook[], callback: (id: string) => string, logger: AuditLogger) {
    this.#webhooks = webhooks;
    this.#callback = callback;
    this.#logger = logger;
  }

  /** Tells all of them how a request stands: `approval.pending`, `approval.approved` … */
  tell(view: ApprovalView): void {
    const { id } = view.request;
    const callback = view.status === 'pending' ? { callback_url: this.#callback(id) } : {};
    const body = Buffer.from(JSON.stringify({ type: `approval.${view.status}`, approval: view, ...callback }));
    for (const webhook of this.#webhooks) void this.#post(webhook, body);
  }

  /** Whether a callback is signed by a receiver that knows one of the secrets, and is of now. */
  isSigned(headers: Readonly<Record<string, unknown>>, body: Buffer): boolean {
    const secrets = this.#webhooks.map(({ secret }) => secret);
    return isSignedWebhook(headers, body, secrets);
  }

  close(): void {
    this.#end.abort();
  }

  async #post({ url, secret }: ApprovalWebhook, body: Buffer): Promise<void> {
    const id = `msg_${randomUUID()}`;
    const signers = [createWebhookSigner(secret)];
    let problem = '';
    for (const wait of RETRIES_MS) {
      try {
        await delay(wait, undefined, { signal: this.#end.signal, ref: false });
        const headers = { 'content-type': 'application/json', ...webhookHeaders(id, Date.now(), body, signers) };
        const { ok, status } = await withDeadline(TIMEOUT_MS, this.#end.signal, (signal) =>
          fetch(url, { method: 'POST', headers, body, redirect: 'error', signal }),
        );
        if (ok) return;
        problem = `it answered ${status}`;
      } catch (error) {
        if (this.#end.signal.aborted) return;
        problem = messageOf(error);
      }
    }
    // Without the path, which is itself a secret with some receivers.
    const { origin } = new URL(url);
    this.#logger.error({ webhook: origin, problem }, 'a webhook could not be told of an approval');
  }
}
