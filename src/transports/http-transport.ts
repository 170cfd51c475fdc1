import type { RecordBatch, SendResult, Transport } from '../audit/index.js';
import { isRejection, isSuccess, MAX_REASON_CHARS, objectIn, rejectionOf, retryOf } from './http-answer.js';
import { contentTypeOf, joinRecords } from './joined-records.js';
import { checkHttpOptions, type CheckedHttpOptions, type HttpTransportOptions } from './http-options.js';
import { HttpReceiver, type ReceiverAnswer } from './http-receiver.js';
import { currentSecret } from './receiver-options.js';

/**
 * Posts batches as `{"records":[…]}`, or in another form, to an HTTP receiver, with `Idempotency-Key`.
 *
 * An answer of 2xx is the acknowledgement. 400, 413 and 422 reject the batch. Everything else is tried again: what is wrong with a token, a
 * URL or a receiver can be mended, and no record is given up for it. Redirects are not followed: records and token stay with the host
 * that was named.
 * @throws FailureError `OPTIONS_INVALID`
 * @example
 * ```ts
 * httpTransport({ url: 'https://collector.example/v1/records', token: process.env.COLLECTOR_TOKEN });
 * ```
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  const checked = checkHttpOptions(options);
  const receiver = new HttpReceiver(checked);
  return {
    name: checked.name,
    acknowledges: true,
    send: (batch, signal) => post(receiver, checked, batch, signal),
    close: async () => {
      receiver.close();
    },
  };
}

async function post(
  receiver: HttpReceiver,
  options: CheckedHttpOptions,
  batch: RecordBatch,
  signal: AbortSignal,
): Promise<SendResult> {
  const { format, body } = options;
  const records = batch.records.map((record) => format.encode(record));
  const answer = await receiver.post(await headersOf(options, batch.id), joinRecords(records, body), signal);
  return typeof answer === 'string' ? { status: 'retry', reason: answer } : judge(answer);
}

async function headersOf(options: CheckedHttpOptions, batchId: string): Promise<Record<string, string>> {
  const { token, headers, format, body } = options;
  return {
    ...headers,
    'content-type': contentTypeOf(format, body),
    'idempotency-key': batchId,
    ...(token !== undefined && { authorization: `Bearer ${await currentSecret(token)}` }),
  };
}

function judge(answer: ReceiverAnswer): SendResult {
  if (isSuccess(answer)) {
    const warning = warningOf(answer);
    return warning === undefined ? { status: 'accepted' } : { status: 'accepted', warning };
  }
  return isRejection(answer) ? rejectionOf(answer) : retryOf(answer);
}

/** What a collector says about records that it holds already, with other bytes, and about checkpoints that tell another story than before. */
function warningOf(answer: ReceiverAnswer): string | undefined {
  const { conflicts, warnings } = objectIn(answer) ?? {};
  const said = [
    listed('the collector holds other bytes under the same id for', conflicts),
    listed('the collector as witness', warnings),
  ].filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join('; ');
}

function listed(what: string, list: unknown): string | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return `${what}: ${JSON.stringify(list).slice(0, MAX_REASON_CHARS)}`;
}
