import type { AuditLogger } from '../../audit/audit-logger.js';
import type { RecordStore } from '../store/record-store.js';
import type { SignedWebhook } from './alert-rules.js';
import { WebhookSender } from './webhook-sender.js';

const LOOK_MS = 1_000;
const AT_A_TIME = 100;

/** Tells webhooks of alerts, in their order. One that could not be told is told again and again, over restarts as well; the others wait for it. */
export class AlertSender {
  readonly #store: RecordStore;
  readonly #sender: WebhookSender;
  readonly #logger: AuditLogger;
  readonly #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;

  constructor(store: RecordStore, webhooks: readonly SignedWebhook[], logger: AuditLogger) {
    this.#store = store;
    this.#sender = new WebhookSender(webhooks, logger);
    this.#logger = logger;
    if (webhooks.length === 0) return;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#sender.close();
    await this.#working;
  }

  #look(): void {
    if (this.#working !== undefined) return;
    this.#working = this.#tellAll()
      .catch((error: unknown) => this.#logger.error({ error }, 'alerts cannot be told'))
      .finally(() => (this.#working = undefined));
  }

  async #tellAll(): Promise<void> {
    for (const { position, ...alert } of await this.#store.untoldAlerts(AT_A_TIME)) {
      if (!(await this.#sender.tell({ type: `alert.${alert.kind}`, alert }))) return;
      await this.#store.alertTold(position);
    }
  }
}
