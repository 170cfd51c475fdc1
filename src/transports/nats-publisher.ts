import type { JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { connectNats, type NatsClient } from './nats-client.js';
import type { CheckedNatsOptions } from './nats-options.js';

/** Publishes that wait for their acknowledgement at a time. */
const MAX_IN_FLIGHT = 256;

/** A record to publish. */
export interface NatsMessage {
  /** `Nats-Msg-Id`, by which a stream knows a repetition. */
  readonly id: string;
  readonly subject: string;
  readonly payload: Buffer;
}

/** Publishes messages over one connection, which is opened when it is needed. */
export class NatsPublisher {
  readonly #client: NatsClient;
  readonly #options: CheckedNatsOptions;
  #connection: NatsConnection | undefined;

  constructor(client: NatsClient, options: CheckedNatsOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Resolves when a stream has stored every message. Rejects with the client's error. */
  async publish(messages: readonly NatsMessage[], signal: AbortSignal): Promise<void> {
    if (this.#connection?.isClosed() === true) this.#connection = undefined;
    this.#connection ??= await connectNats(this.#client, this.#options);
    const stop = (): void => void this.close();
    signal.addEventListener('abort', stop);
    try {
      signal.throwIfAborted();
      const { jetstream } = this.#client;
      await this.#publishAll(jetstream.jetstream(this.#connection), messages);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends the connection; what is on its way over it is given up. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  /** In their order, a number at a time. After the first failure nothing more is published, and nothing is left waiting. */
  async #publishAll(stream: JetStreamClient, messages: readonly NatsMessage[]): Promise<void> {
    const { timeoutMs, stream: streamName } = this.#options;
    const expect = streamName === undefined ? {} : { expect: { streamName } };
    const left = messages.values();
    const failures: unknown[] = [];
    const publishSome = async (): Promise<void> => {
      for (const { subject, payload, id } of left) {
        if (failures.length > 0) return;
        try {
          await stream.publish(subject, payload, { msgID: id, timeout: timeoutMs, ...expect });
        } catch (error) {
          failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, messages.length) }, publishSome));
    if (failures.length > 0) throw failures[0];
  }
}
