import type { RecordBatch, SendResult, Transport } from '../audit/index.js';
import { isRejection, isSuccess, reasonOf, rejectionOf, retryAfterMs } from './http-answer.js';
import { HttpReceiver, type ReceiverAnswer } from './http-receiver.js';
import { isJson } from './formats/record-format.js';
import { contentTypeOf, joinRecords } from './joined-records.js';
import { checkWebhookOptions, type CheckedWebhookOptions, type WebhookTransportOptions } from './webhook-options.js';
import { createWebhookSigner, webhookHeaders, type WebhookSigner } from '../webhook-signature.js';

/** Answers that ask for fewer requests. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 504]);
const BUSY_WAIT_MS = 5_000;
const GONE = 410;
const GONE_WAIT_MS = 3_600_000;

/**
 * Posts batches to a webhook, signed as Standard Webhooks says: `webhook-id` is the same on each try, `webhook-timestamp` is the time of the
 * try, and `webhook-signature` covers both and the body.
 *
 * The body is `{"records":[…]}`, or one record a line in a form that is not JSON. An answer of 2xx is the acknowledgement. 400, 413 and 422
 * reject the batch. 429, 502 and 504 are tried again after `Retry-After`, or 5 s. 410, by which a receiver switches the webhook off, is
 * tried again each hour: the records wait in the journal until the receiver takes them. Everything else is tried again.
 * @throws FailureError `OPTIONS_INVALID`
 * @see https://www.standardwebhooks.com
 * @example
 * ```ts
 * webhookTransport({ url: 'https://siem.example/hooks/countersign', secrets: process.env.WEBHOOK_SECRET });
 * ```
 */
export function webhookTransport(options: WebhookTransportOptions): Transport {
  const checked = checkWebhookOptions(options);
  // Without the path, which is itself a secret with some receivers.
  const receiver = new HttpReceiver({ ...checked, gzip: false, place: new URL(checked.url).origin });
  const signers = checked.secrets.map(createWebhookSigner);
  return {
    name: checked.name,
    acknowledges: true,
    send: (batch, signal) => post(receiver, checked, signers, batch, signal),
    close: async () => {
      receiver.close();
    },
  };
}

async function post(
  receiver: HttpReceiver,
  options: CheckedWebhookOptions,
  signers: readonly WebhookSigner[],
  batch: RecordBatch,
  signal: AbortSignal,
): Promise<SendResult> {
  const { format, headers } = options;
  const kind = isJson(format) ? 'records' : 'lines';
  const records = batch.records.map((record) => format.encode(record));
  const body = joinRecords(records, kind);
  const signed = webhookHeaders(batch.id, Date.now(), body, signers);
  const answer = await receiver.post(
    { ...headers, 'content-type': contentTypeOf(format, kind), ...signed },
    body,
    signal,
  );
  return typeof answer === 'string' ? { status: 'retry', reason: answer } : judge(answer);
}

function judge(answer: ReceiverAnswer): SendResult {
  if (isSuccess(answer)) return { status: 'accepted' };
  if (isRejection(answer)) return rejectionOf(answer);
  const { status } = answer;
  const reason = reasonOf(answer);
  if (status === GONE) {
    const advice =
      'the receiver has switched this webhook off: switch it on again there, or give this transport another URL';
    return { status: 'retry', afterMs: GONE_WAIT_MS, reason: `${reason} (${advice}; the records are kept)` };
  }
  const afterMs = retryAfterMs(answer) ?? (BUSY.has(status) ? BUSY_WAIT_MS : undefined);
  return afterMs === undefined ? { status: 'retry', reason } : { status: 'retry', reason, afterMs };
}
