import { setTimeout as delay } from 'node:timers/promises';

import type { SendResult } from '../../audit/index.js';
import { objectIn } from '../http-answer.js';
import { HttpReceiver } from '../http-receiver.js';
import { routeOf } from '../receiver-options.js';
import type { CheckedAcknowledgement, CheckedSplunkOptions } from './splunk-options.js';

/** Asks whether indexers have what was sent. */
export class SplunkIndexers {
  readonly #url: string;
  readonly #receiver: HttpReceiver;
  readonly #acknowledgement: CheckedAcknowledgement;

  constructor(options: CheckedSplunkOptions, acknowledgement: CheckedAcknowledgement) {
    this.#acknowledgement = acknowledgement;
    this.#url = routeOf(options.url, `/services/collector/ack?channel=${acknowledgement.channel}`);
    this.#receiver = new HttpReceiver({ ...options, url: this.#url, gzip: false });
  }

  /**
   * Asks until indexers have the batch, or the time is over.
   * @param ackId - from the answer to the batch
   * @param headers - those of the batch
   */
  async confirm(ackId: unknown, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<SendResult> {
    if (typeof ackId !== 'number') {
      return {
        status: 'retry',
        reason: `${this.#url}: no ackId was given: switch indexer acknowledgement on for the token`,
      };
    }
    const { pollMs, timeoutMs } = this.#acknowledgement;
    for (const end = performance.now() + timeoutMs; performance.now() < end && !signal.aborted;) {
      if (await this.#isIndexed(ackId, headers, signal)) return { status: 'accepted' };
      await delay(pollMs, undefined, { signal }).catch(() => undefined);
    }
    return { status: 'retry', reason: `${this.#url}: the batch was not indexed within ${String(timeoutMs)} ms` };
  }

  /** Closes the kept connections. */
  close(): void {
    this.#receiver.close();
  }

  /** What goes wrong with a question is asked again. */
  async #isIndexed(ackId: number, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean> {
    const body = Buffer.from(JSON.stringify({ acks: [ackId] }));
    const answer = await this.#receiver.post(headers, body, signal);
    if (typeof answer === 'string') return false;
    const acks = objectIn(answer)?.['acks'];
    return typeof acks === 'object' && acks !== null && (acks as Record<string, unknown>)[String(ackId)] === true;
  }
}
