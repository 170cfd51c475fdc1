import type { SendResult } from '../audit/index.js';
import type { ReceiverAnswer } from './http-receiver.js';

/** How much of what a receiver says is repeated in a reason. */
export const MAX_REASON_CHARS = 200;

/** Answers that no repetition of the same bytes will change. */
const REJECTED: ReadonlySet<number> = new Set([400, 413, 422]);

/** Whether the receiver has it. */
export function isSuccess({ status }: ReceiverAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Whether the receiver will never take these bytes, as far as HTTP says so. */
export function isRejection({ status }: ReceiverAnswer): boolean {
  return REJECTED.has(status);
}

/** Not now, and not before the receiver's wish. */
export function retryOf(answer: ReceiverAnswer): SendResult {
  const afterMs = retryAfterMs(answer);
  const reason = reasonOf(answer);
  return afterMs === undefined ? { status: 'retry', reason } : { status: 'retry', reason, afterMs };
}

/** Never as it is. */
export function rejectionOf(answer: ReceiverAnswer): SendResult {
  return { status: 'rejected', reason: reasonOf(answer) };
}

/** What was answered, where. */
export function reasonOf({ place, status, said }: ReceiverAnswer): string {
  return `${place} answered ${status}: ${said.slice(0, MAX_REASON_CHARS)}`;
}

/** When the receiver wants to be asked again: seconds or an HTTP date (RFC 9110, section 10.2.3). */
export function retryAfterMs({ retryAfter }: ReceiverAnswer): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** The JSON object that an answer is; undefined where it is none. */
export function objectIn({ body }: ReceiverAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
