const BASE_MS = 100;
const CAP_MS = 30_000;
const ASKED_CAP_MS = 3_600_000;

/**
 * Milliseconds to wait before the next try: exponential with full jitter between 0 and at most 30 s, and not before the receiver's
 * own wish, which is believed up to an hour.
 * @param attempt - how many tries have failed, from 1
 * @param askedMs - Retry-After, where the receiver gave one
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(attempt: number, askedMs = 0): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.max(Math.random() * ceiling, Math.min(askedMs, ASKED_CAP_MS));
}
