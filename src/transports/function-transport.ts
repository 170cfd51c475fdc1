import type { RecordBatch, SendResult, Transport } from '../audit/index.js';

/** What takes the records. What it throws counts as `retry`; returning nothing as `accepted`. */
export type RecordFunction = (
  batch: RecordBatch,
  signal: AbortSignal,
) => SendResult | undefined | Promise<SendResult | undefined> | Promise<void>;

/** Options of {@link functionTransport}. */
export interface FunctionTransportOptions {
  /** Names the cursor; `function` where not given. */
  readonly name?: string;
}

/**
 * Hands the records to a function of the program.
 * @example
 * ```ts
 * functionTransport(async ({ records }) => {
 *   for (const record of records) await queue.publish(record);
 * });
 * ```
 */
export function functionTransport(take: RecordFunction, options: FunctionTransportOptions = {}): Transport {
  return {
    name: options.name ?? 'function',
    acknowledges: true,
    send: async (batch, signal) => (await take(batch, signal)) ?? { status: 'accepted' },
  };
}
