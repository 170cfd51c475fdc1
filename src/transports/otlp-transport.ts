import type { RecordBatch, SendResult, Transport } from '../audit/index.js';
import { isRejection, isSuccess, MAX_REASON_CHARS, rejectionOf, retryOf } from './http-answer.js';
import { HttpReceiver, type ReceiverAnswer } from './http-receiver.js';
import { otlpAttributes, type OtlpAttribute } from './otlp-attributes.js';
import { otlpLogRecord } from './otlp-log-record.js';
import { checkOtlpOptions, type CheckedOtlpOptions, type OtlpTransportOptions } from './otlp-options.js';
import { currentSecret } from './receiver-options.js';

/**
 * Sends records as OpenTelemetry logs: OTLP over HTTP, in JSON.
 *
 * The body of a log record is the record's JSON as a string, so that its bytes can be had again; the attributes bear the names of
 * OpenTelemetry's conventions for databases and agents; the event name is `countersign.` and the record's type. 2xx is the acknowledgement.
 * 400, 413 and 422 reject the batch; everything else is tried again, not before `Retry-After`. What a receiver leaves out in a partial success is not sent again,
 * as the protocol demands: it becomes a warning.
 * @throws FailureError `OPTIONS_INVALID`
 * @see https://opentelemetry.io/docs/specs/otlp/
 * @example
 * ```ts
 * otlpTransport({ url: 'https://otel.example:4318/v1/logs', resource: { 'service.name': 'reports', 'deployment.environment.name': 'prod' } });
 * ```
 */
export function otlpTransport(options: OtlpTransportOptions): Transport {
  const checked = checkOtlpOptions(options);
  const receiver = new HttpReceiver(checked);
  const resource = otlpAttributes({ 'service.name': 'countersign', ...checked.resource });
  return {
    name: checked.name,
    send: (batch, signal) => post(receiver, checked, resource, batch, signal),
    close: async () => {
      receiver.close();
    },
  };
}

async function post(
  receiver: HttpReceiver,
  options: CheckedOtlpOptions,
  resource: readonly OtlpAttribute[],
  batch: RecordBatch,
  signal: AbortSignal,
): Promise<SendResult> {
  const { headers, token } = options;
  const answer = await receiver.post(
    {
      ...headers,
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${await currentSecret(token)}` }),
    },
    Buffer.from(JSON.stringify(exportRequest(batch.records, resource))),
    signal,
  );
  return typeof answer === 'string' ? { status: 'retry', reason: answer } : judge(answer);
}

/** `ExportLogsServiceRequest`. */
function exportRequest(records: readonly Buffer[], resource: readonly OtlpAttribute[]): unknown {
  const observedMs = Date.now();
  const logRecords = records.map((record) => otlpLogRecord(record, observedMs));
  return {
    resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope: { name: 'countersign' }, logRecords }] }],
  };
}

function judge(answer: ReceiverAnswer): SendResult {
  if (isSuccess(answer)) {
    const warning = partialSuccessOf(answer.body);
    return warning === undefined ? { status: 'accepted' } : { status: 'accepted', warning };
  }
  return isRejection(answer) ? rejectionOf(answer) : retryOf(answer);
}

/** `ExportLogsPartialSuccess`, whose number is a string in JSON, or a number from receivers that do not care. */
function partialSuccessOf(body: string): string | undefined {
  try {
    const { partialSuccess } = JSON.parse(body) as {
      partialSuccess?: { rejectedLogRecords?: unknown; errorMessage?: unknown };
    };
    const count = Number(partialSuccess?.rejectedLogRecords ?? 0);
    const said = String(partialSuccess?.errorMessage ?? '').slice(0, MAX_REASON_CHARS);
    if (count === 0 && said === '') return undefined;
    return `the receiver left out ${count} log records of the batch for good, and says: ${said || 'nothing'}`;
  } catch {
    return undefined;
  }
}
