import type { SendResult, Transport } from '../../audit/index.js';
import { parseRecord } from '../formats/parsed-record.js';
import { isSuccess, rejectionOf, retryOf } from '../http-answer.js';
import { joinRecords } from '../joined-records.js';
import { HttpReceiver } from '../http-receiver.js';
import { currentSecret, routeOf } from '../receiver-options.js';
import { checkDatadogOptions, type CheckedDatadogOptions, type DatadogOptions } from './datadog-options.js';

const MAX_CALL_BYTES = 5_000_000;
const MAX_CALL_ENTRIES = 1000;
/** Datadog cuts what is longer, and says nothing. */
const MAX_ENTRY_BYTES = 1_000_000;

/**
 * Sends records to Datadog's log intake, at most 1,000 and 5 MB a call. A record that Datadog would cut is rejected, and kept as a dead
 * letter. Datadog does not remove repetitions, and takes entries of the last 18 hours only.
 * @throws FailureError `OPTIONS_INVALID`
 * @see https://docs.datadoghq.com/api/latest/logs/#send-logs
 * @example
 * ```ts
 * datadog({ apiKey: process.env.DD_API_KEY ?? '', site: 'datadoghq.eu', tags: 'env:prod' });
 * ```
 */
export function datadog(options: DatadogOptions): Transport {
  const checked = checkDatadogOptions(options);
  const intake = new DatadogIntake(checked);
  return {
    name: checked.name,
    send: async (batch, signal) => {
      const entries = batch.records.map((record) => entryOf(checked, record));
      const longest = Math.max(...entries.map(({ length }) => length));
      if (longest <= MAX_ENTRY_BYTES) return intake.send(batch.id, entries, signal);
      return { status: 'rejected', reason: `Datadog would cut an entry of ${String(longest)} bytes` };
    },
    close: async () => intake.close(),
  };
}

function entryOf({ source, service, tags, hostname, format }: CheckedDatadogOptions, record: Buffer): Buffer {
  const entry = {
    ddsource: source,
    ddtags: tags,
    service,
    hostname,
    timestamp: parseRecord(record).time,
    message: format.encode(record).toString(),
  };
  return Buffer.from(JSON.stringify(entry));
}

/** Takes batches in calls that Datadog takes. */
class DatadogIntake {
  readonly #url: string;
  readonly #receiver: HttpReceiver;
  readonly #options: CheckedDatadogOptions;
  /** How many entries of a batch are there already, where a later call of it failed: they are not sent again with the rest. */
  readonly #sent = new Map<string, number>();

  constructor(options: CheckedDatadogOptions) {
    this.#url = routeOf(options.url ?? `https://http-intake.logs.${options.site}`, '/api/v2/logs');
    this.#receiver = new HttpReceiver({ ...options, url: this.#url });
    this.#options = options;
  }

  async send(batchId: string, entries: readonly Buffer[], signal: AbortSignal): Promise<SendResult> {
    let maxEntries = MAX_CALL_ENTRIES;
    for (let from = this.#sent.get(batchId) ?? 0; from < entries.length;) {
      const call = entries.slice(from, endOfCall(entries, from, maxEntries));
      const result = await this.#post(call, signal);
      if (result === 'too large') maxEntries = call.length >> 1;
      else if (result.status !== 'accepted') {
        if (result.status === 'rejected') this.#sent.delete(batchId);
        return result;
      } else {
        from += call.length;
        this.#sent.set(batchId, from);
      }
    }
    this.#sent.delete(batchId);
    return { status: 'accepted' };
  }

  close(): void {
    this.#receiver.close();
  }

  async #post(entries: readonly Buffer[], signal: AbortSignal): Promise<SendResult | 'too large'> {
    const headers = { 'content-type': 'application/json', 'dd-api-key': await currentSecret(this.#options.apiKey) };
    const answer = await this.#receiver.post(headers, joinRecords(entries, 'array'), signal);
    if (typeof answer === 'string') return { status: 'retry', reason: answer };
    if (isSuccess(answer)) return { status: 'accepted' };
    if (answer.status === 413 && entries.length > 1) return 'too large';
    return answer.status === 400 || answer.status === 413 ? rejectionOf(answer) : retryOf(answer);
  }
}

/** Where a call ends that begins at an entry: with the commas and brackets it stays below the limit. */
function endOfCall(entries: readonly Buffer[], from: number, maxEntries: number): number {
  let bytes = 2;
  let end = from;
  for (const entry of entries.slice(from, from + maxEntries)) {
    bytes += entry.length + 1;
    if (bytes > MAX_CALL_BYTES) break;
    end++;
  }
  return end;
}
