import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { RecordBatch, SendResult, Transport } from '../audit/index.js';
import { checkHttpOptions, type CheckedHttpOptions, type HttpTransportOptions } from './http-options.js';

const compress = promisify(gzip);

/** Answers that no repetition of the same bytes will change. */
const REJECTED: ReadonlySet<number> = new Set([400, 413, 422]);
const MAX_REASON_CHARS = 200;

/**
 * Posts batches as `{"records":[…]}` to an HTTP receiver, with `Idempotency-Key`.
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
  return { name: checked.name, send: (batch, signal) => post(checked, batch, signal) };
}

async function post(options: CheckedHttpOptions, batch: RecordBatch, signal: AbortSignal): Promise<SendResult> {
  const plain = encodeBody(batch.records);
  const response = await fetch(options.url, {
    method: 'POST',
    headers: await headersOf(options, batch.id),
    body: options.gzip ? await compress(plain, { level: 1 }) : plain,
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
  }).catch((error: unknown) => networkProblem(options.url, error));
  if (typeof response === 'string') return { status: 'retry', reason: response };
  return judge(options.url, response, await response.text());
}

async function headersOf(options: CheckedHttpOptions, batchId: string): Promise<Record<string, string>> {
  const token = typeof options.token === 'function' ? await options.token() : options.token;
  return {
    ...options.headers,
    'content-type': 'application/json',
    'idempotency-key': batchId,
    ...(options.gzip && { 'content-encoding': 'gzip' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

const BODY_START = Buffer.from('{"records":[');
const BODY_END = Buffer.from(']}');
const COMMA = Buffer.from(',');

function encodeBody(records: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [BODY_START];
  for (const record of records) {
    if (parts.length > 1) parts.push(COMMA);
    parts.push(record);
  }
  parts.push(BODY_END);
  return Buffer.concat(parts);
}

function judge(url: string, response: Response, body: string): SendResult {
  if (response.ok) {
    const warning = warningOf(body);
    return warning === undefined ? { status: 'accepted' } : { status: 'accepted', warning };
  }
  const reason = `${url} answered ${response.status}: ${body.slice(0, MAX_REASON_CHARS)}`;
  if (REJECTED.has(response.status)) return { status: 'rejected', reason };
  const afterMs = retryAfterMs(response.headers.get('retry-after'));
  return afterMs === undefined ? { status: 'retry', reason } : { status: 'retry', reason, afterMs };
}

/** What a collector says about records that it holds already, with other bytes. */
function warningOf(body: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== 'object' || answer === null || !('conflicts' in answer)) return undefined;
    const { conflicts } = answer;
    if (!Array.isArray(conflicts) || conflicts.length === 0) return undefined;
    return `the collector holds other bytes under the same id for: ${JSON.stringify(conflicts).slice(0, MAX_REASON_CHARS)}`;
  } catch {
    return undefined;
  }
}

/** Seconds or an HTTP date (RFC 9110, section 10.2.3). */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

function networkProblem(url: string, error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  return `${url} could not be reached: ${cause instanceof Error ? cause.message || cause.name : String(cause)}`;
}
