import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { AuditLogger } from '../../audit/audit-logger.js';
import { withDeadline } from '../../deadline.js';
import { messageOf } from '../../message-of.js';
import { createWebhookSigner, webhookHeaders } from '../../webhook-signature.js';
import type { SignedWebhook } from './alert-rules.js';

const TIMEOUT_MS = 15_000;
/** Messages that are being told. */
const MAX_WAITING = 100;
const RETRIES_MS = [0, 1_000, 5_000, 30_000, 120_000];

/** Tells receivers of something, signed, and tries again for a few minutes. */
export class WebhookSender {
  readonly #webhooks: readonly SignedWebhook[];
  readonly #logger: AuditLogger;
  readonly #end = new AbortController();
  #waiting = 0;

  constructor(webhooks: readonly SignedWebhook[], logger: AuditLogger) {
    this.#webhooks = webhooks;
    this.#logger = logger;
  }

  /** Resolves with whether none of them needs to be told again: it took it, or said that it never will. */
  async tell(message: object): Promise<boolean> {
    if (this.#waiting >= MAX_WAITING) {
      this.#logger.error({ waiting: this.#waiting }, 'webhooks are not told: too much waits for them');
      return false;
    }
    this.#waiting += 1;
    const body = Buffer.from(JSON.stringify(message));
    const taken = await Promise.all(this.#webhooks.map((webhook) => this.#post(webhook, body)));
    this.#waiting -= 1;
    return taken.every(Boolean);
  }

  close(): void {
    this.#end.abort();
  }

  async #post({ url, secret }: SignedWebhook, body: Buffer): Promise<boolean> {
    const id = `msg_${randomUUID()}`;
    const signers = [createWebhookSigner(secret)];
    let problem = '';
    let isRefusal = false;
    for (const wait of RETRIES_MS) {
      try {
        await delay(wait, undefined, { signal: this.#end.signal, ref: false });
        const headers = { 'content-type': 'application/json', ...webhookHeaders(id, Date.now(), body, signers) };
        const { ok, status } = await withDeadline(TIMEOUT_MS, this.#end.signal, (signal) =>
          fetch(url, { method: 'POST', headers, body, redirect: 'error', signal }),
        );
        if (ok) return true;
        problem = `it answered ${status}`;
        // It will not take this one.
        isRefusal = status >= 400 && status < 500 && status !== 429 && status !== 408;
        if (isRefusal) break;
      } catch (error) {
        if (this.#end.signal.aborted) return false;
        problem = messageOf(error);
      }
    }
    // Without the path, which is itself a secret with some receivers.
    this.#logger.error({ webhook: new URL(url).origin, problem }, 'a webhook could not be told');
    return isRefusal;
  }
}
