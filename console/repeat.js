// @ts-check

/**
 * Does something now, and again after each pause, while the page is seen: what nobody looks at asks nothing, but for what stands in the tab's title.
 * @param {number} pauseMs
 * @param {(signal: AbortSignal) => Promise<void>} work handles its own errors
 * @param {{ isTitle?: boolean }} [options] isTitle: in the background as well
 * @returns {() => void} ends it
 */
export function repeat(pauseMs, work, { isTitle = false } = {}) {
  const ended = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const run = async () => {
    if (isTitle || !document.hidden) await work(ended.signal);
    if (!ended.signal.aborted) timer = setTimeout(run, pauseMs);
  };
  void run();
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}
