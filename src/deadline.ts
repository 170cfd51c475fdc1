/**
 * Runs work that has to end in time. The promise rejects at the deadline even when the work ignores its signal. With a timer of its own: on
 * Node 20 a signal of `AbortSignal.timeout` may be collected as garbage before it is aborted, when it only feeds `AbortSignal.any` or `fetch`.
 * @param timeoutMs milliseconds that the work may take
 * @param outer aborts the work too
 * @throws DOMException `TimeoutError` at the deadline; the outer signal's reason when that aborts
 */
export async function withDeadline<T>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  const { signal } = controller;
  const onOuterAbort = (): void => controller.abort(outer?.reason);
  outer?.addEventListener('abort', onOuterAbort);
  const timer = setTimeout(
    () => controller.abort(new DOMException(`no answer within ${String(timeoutMs)} ms`, 'TimeoutError')),
    timeoutMs,
  );
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([work(signal), aborted]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onOuterAbort);
  }
}
