import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import type { AuditLogger } from '../../audit/audit-logger.js';
import { backoffMs } from '../../audit/backoff.js';
import { messageOf } from '../../message-of.js';
import { connectNats, loadNatsClient, type NatsClient } from '../../transports/nats-client.js';
import type { CheckedNatsSource } from '../../transports/nats-options.js';
import { recordInMessage } from '../ingest/unreadable-record.js';
import type { StoreLines } from '../ingest/store-lines.js';

/** `JSConsumerNotFoundErr` of the server's errors. */
const CONSUMER_NOT_FOUND = 10014;
/** What was fetched, and not stored because of a crash, is given out again after so long: one commit takes far less. */
const ACK_WAIT_NS = 5_000_000_000;
/** Each is as large as the server lets it be, 1 MB mostly, and a server gives up who has more than 64 MB of it to come. */
const MAX_MESSAGES = 50;
const FETCH_MS = 1_000;
const NEWLINE = Buffer.from('\n');

/** A source that is being read from. */
export interface NatsSource {
  close(): Promise<void>;
}

/**
 * Reads records from a stream of NATS JetStream, for as long as it is open: each is acknowledged when it is on the disk. Where the server is away, or
 * cannot be read from, it tries again and again.
 * @throws FailureError `OPTIONS_INVALID` where the client of NATS is not installed
 */
export function followNats(options: CheckedNatsSource, store: StoreLines, logger: AuditLogger): NatsSource {
  const follower = new NatsFollower(loadNatsClient(), options, store, logger);
  const ended = follower.run();
  return {
    close: async () => {
      await follower.stop();
      await ended;
    },
  };
}

class NatsFollower {
  readonly #client: NatsClient;
  readonly #options: CheckedNatsSource;
  readonly #store: StoreLines;
  readonly #logger: AuditLogger;
  readonly #stopped = new AbortController();
  #connection: NatsConnection | undefined;
  #failures = 0;

  constructor(client: NatsClient, options: CheckedNatsSource, store: StoreLines, logger: AuditLogger) {
    this.#client = client;
    this.#options = options;
    this.#store = store;
    this.#logger = logger;
  }

  async run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await this.#read(await this.#open());
      } catch (error) {
        if (signal.aborted) break;
        this.#failures += 1;
        const waitMs = backoffMs(this.#failures);
        const { servers, stream } = this.#options;
        this.#logger.warn({ servers, stream, problem: messageOf(error), waitMs }, 'NATS cannot be read, trying again');
        await delay(waitMs, undefined, { signal }).catch(() => undefined);
      } finally {
        await this.#connection?.close();
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#connection?.close();
  }

  async #open(): Promise<Consumer> {
    const { stream, consumer } = this.#options;
    const { jetstream } = this.#client;
    const connection = await connectNats(this.#client, this.#options);
    this.#connection = connection;
    this.#stopped.signal.throwIfAborted();
    const manager = await jetstream.jetstreamManager(connection, { timeout: this.#options.timeoutMs });
    const { config } = await manager.consumers.info(stream, consumer).catch(async (error: unknown) => {
      if (!(error instanceof jetstream.JetStreamApiError) || error.code !== CONSUMER_NOT_FOUND) throw error;
      const { AckPolicy, DeliverPolicy } = jetstream;
      return manager.consumers.add(stream, {
        ...{ durable_name: consumer, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All },
        // No message overtakes one that is to be given out again: a checkpoint would come before what it covers.
        ...{ ack_wait: ACK_WAIT_NS, max_ack_pending: MAX_MESSAGES },
      });
    });
    if (config.ack_policy !== jetstream.AckPolicy.Explicit)
      throw new Error(`the consumer ${consumer} acknowledges by itself: it needs ack_policy explicit`);
    if ((config.max_deliver ?? -1) > 0)
      throw new Error(`the consumer ${consumer} gives up what it has given out: it needs max_deliver -1`);
    return jetstream.jetstream(connection).consumers.get(stream, consumer);
  }

  async #read(consumer: Consumer): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const messages: JsMsg[] = [];
      const some = await consumer.fetch({ max_messages: MAX_MESSAGES, expires: FETCH_MS });
      for await (const message of some) messages.push(message);
      if (messages.length > 0) await this.#storeAll(messages);
      if (this.#connection?.isClosed() === true) throw new Error('the connection was closed');
      this.#failures = 0;
    }
  }

  async #storeAll(messages: readonly JsMsg[]): Promise<void> {
    const lines = messages.flatMap(({ data }) => {
      const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      return [Buffer.from(recordInMessage(body, body)), NEWLINE];
    });
    await this.#store(Buffer.concat(lines), `nats ${this.#options.stream}`);
    for (const message of messages) message.ack();
  }
}
