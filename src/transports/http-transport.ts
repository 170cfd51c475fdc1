import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { withDeadline } from '../deadline.js';
import type { RecordBatch, SendResult, Transport } from '../audit/index.js';
import { checkHttpOptions, type CheckedHttpOptions, type HttpTransportOptions } from './http-options.js';
import { HttpPoster, type PostAnswer } from './http-post.js';

const compress = promisify(gzip);
/** The fastest level, and the output in one piece: each piece costs a turn of the thread pool. */
const GZIP = { level: 1, chunkSize: 256 * 1024 };

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
  const poster = new HttpPoster(checked.url);
  return {
    name: checked.name,
    send: (batch, signal) => post(poster, checked, batch, signal),
    close: async () => {
      poster.close();
    },
  };
}

async function post(
  poster: HttpPoster,
  options: CheckedHttpOptions,
  batch: RecordBatch,
  signal: AbortSignal,
): Promise<SendResult> {
  const plain = encodeBody(batch.records);
  const body = options.gzip ? await compress(plain, GZIP) : plain;
  const headers = await headersOf(options, batch.id);
  const answer = await withDeadline(options.timeoutMs, signal, (deadline) =>
    poster.post(headers, body, deadline),
  ).catch((error: unknown) => networkProblem(options.url, error));
  return typeof answer === 'string' ? { status: 'retry', reason: answer } : judge(options.url, answer);
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

function judge(url: string, { status, body, retryAfter }: PostAnswer): SendResult {
  if (status >= 200 && status < 300) {
    const warning = warningOf(body);
    return warning === undefined ? { status: 'accepted' } : { status: 'accepted', warning };
  }
  const reason = `${url} answered ${status}: ${body.slice(0, MAX_REASON_CHARS)}`;
  if (REJECTED.has(status)) return { status: 'rejected', reason };
  const afterMs = retryAfterMs(retryAfter);
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
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

function networkProblem(url: string, error: unknown): string {
  return `${url} could not be reached: ${error instanceof Error ? error.message || nameOf(error) : String(error)}`;
}

/** Of several addresses that could not be reached, Node gives no message but a code. */
function nameOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
