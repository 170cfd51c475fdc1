import type { AuditLogger } from '../../audit/audit-logger.js';
import { secretOfWebhook } from '../../webhook-signature.js';
import type { SignedWebhook } from '../alerts/alert-rules.js';
import { WebhookSender } from '../alerts/webhook-sender.js';
import type { ApprovalView } from './approval-book.js';

/** Tells receivers of requests, and believes what they send back. */
export class ApprovalWebhooks {
  readonly #secrets: readonly string[];
  readonly #sender: WebhookSender;
  readonly #callback: (id: string) => string;

  /** @param callback - the URL that a decision on a request is to be posted to */
  constructor(webhooks: readonly SignedWebhook[], callback: (id: string) => string, logger: AuditLogger) {
    this.#secrets = webhooks.map(({ secret }) => secret);
    this.#sender = new WebhookSender(webhooks, logger);
    this.#callback = callback;
  }

  /** Tells all of them how a request stands: `approval.pending`, `approval.approved` … */
  tell(view: ApprovalView): void {
    const callback = view.status === 'pending' ? { callback_url: this.#callback(view.request.id) } : {};
    void this.#sender.tell({ type: `approval.${view.status}`, approval: view, ...callback });
  }

  /** Whether a callback is signed by a receiver that knows one of the secrets, and is of now. */
  isSigned(headers: Readonly<Record<string, unknown>>, body: Buffer): boolean {
    return secretOfWebhook(headers, body, this.#secrets) !== undefined;
  }

  close(): void {
    this.#sender.close();
  }
}
