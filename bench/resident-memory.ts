/**
 * Answers whoever started this process, which has to run with `--expose-gc`, how many bytes it holds: to `settled`, once its garbage is gone; to `now`, at
 * once.
 */
export function answerMemory(): void {
  process.on('message', (when: 'settled' | 'now') => {
    void (async (): Promise<void> => {
      // What is freed in one turn may free something in the next.
      for (let turn = 0; turn < 5 && when === 'settled'; turn += 1)
        await globalThis.gc?.({ type: 'major', execution: 'async' });
      process.send?.(process.memoryUsage.rss());
    })();
  });
}
