import type { RecordBatch, SendResult, Transport } from '../audit/index.js';
import { messageOf } from '../message-of.js';
import { loadNatsClient, type NatsClient } from './nats-client.js';
import { checkNatsOptions, type CheckedNatsOptions, type NatsTransportOptions } from './nats-options.js';
import { NatsPublisher, type NatsMessage } from './nats-publisher.js';
import { readRecord } from './record-facts.js';

/** `JSStreamMessageExceedsMaximumErr` of the server's errors. */
const MESSAGE_EXCEEDS_MAXIMUM = 10054;

/**
 * Publishes each record to NATS JetStream, and waits until a stream has stored it. The id of the record is its `Nats-Msg-Id`: what is published
 * again within the stream's duplicate window is stored once. Needs the packages `@nats-io/transport-node` and `@nats-io/jetstream`.
 *
 * A record that is larger than the server or the stream takes is rejected. Everything else is tried again, over a new connection to any of the
 * servers.
 * @throws FailureError `OPTIONS_INVALID`, also where the client of NATS is not installed
 * @see https://docs.nats.io/nats-concepts/jetstream
 * @example
 * ```ts
 * natsTransport({ servers: ['nats-1.example', 'nats-2.example'], tls: true, login: { credentials: await readFile('agent.creds', 'utf8') } });
 * ```
 */
export function natsTransport(options: NatsTransportOptions): Transport {
  const checked = checkNatsOptions(options);
  const client = loadNatsClient();
  const publisher = new NatsPublisher(client, checked);
  return {
    name: checked.name,
    acknowledges: true,
    send: (batch, signal) => send(publisher, client, checked, batch, signal),
    close: () => publisher.close(),
  };
}

async function send(
  publisher: NatsPublisher,
  client: NatsClient,
  options: CheckedNatsOptions,
  { records }: RecordBatch,
  signal: AbortSignal,
): Promise<SendResult> {
  const messages = records.map((record) => messageFor(record, options));
  try {
    await publisher.publish(messages, signal);
    return { status: 'accepted' };
  } catch (error) {
    if (isTooLarge(client, error)) {
      const reason = `${placesOf(options)} takes no message of this size (max_payload of the server, max_msg_size of the stream)`;
      return { status: 'rejected', reason };
    }
    await publisher.close();
    return { status: 'retry', reason: problem(client, options, error) };
  }
}

/** The payload is a copy: the client may still hold it after the batch. */
function messageFor(record: Buffer, { subject, format }: CheckedNatsOptions): NatsMessage {
  const { id, type } = readRecord(record);
  return { id, subject: subject.replaceAll('{type}', type), payload: Buffer.from(format.encode(record)) };
}

function isTooLarge({ core, jetstream }: NatsClient, error: unknown): boolean {
  if (error instanceof jetstream.JetStreamApiError) return error.code === MESSAGE_EXCEEDS_MAXIMUM;
  return error instanceof core.errors.InvalidArgumentError && error.message.includes('max_payload');
}

function placesOf({ servers }: CheckedNatsOptions): string {
  return `NATS at ${servers.join(', ')}`;
}

function problem(client: NatsClient, options: CheckedNatsOptions, error: unknown): string {
  return `${placesOf(options)} did not take the records: ${messageOf(error) || String(error)}; ${adviceFor(client, options, error)}`;
}

function adviceFor({ core, jetstream }: NatsClient, { subject }: CheckedNatsOptions, error: unknown): string {
  // The client does not export this class.
  if (error instanceof Error && error.name === 'JetStreamNotEnabled') {
    return `see that JetStream is on, and that a stream takes the subject ${subject}`;
  }
  if (error instanceof jetstream.JetStreamApiError) return `see the stream that takes the subject ${subject}`;
  if (error instanceof core.errors.AuthorizationError) return 'check the login, and what it may publish to';
  return 'see that one of them can be reached, and that login and tls fit';
}
