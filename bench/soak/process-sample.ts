import { readdirSync } from 'node:fs';

/** What a process holds. */
export interface ProcessSample {
  /** Of the heap and of buffers beside it, once garbage is gone. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Files and sockets that are open; undefined where the system does not tell. */
  readonly descriptors: number | undefined;
  /** Of the journal on disk; 0 in a process that has none. */
  readonly journalBytes: number;
  /** Of it, what the slowest receiver has still to get. */
  readonly pendingBytes: number;
}

/** What a process knows of its journal. */
export type JournalFigures = Pick<ProcessSample, 'journalBytes' | 'pendingBytes'>;

/** What is asked for: a look, after a full collection. */
export const SAMPLE = 'sample';

/** Answers whoever started this process, which has to run with `--expose-gc`, what it holds. */
export function answerSamples(journal: () => JournalFigures = () => ({ journalBytes: 0, pendingBytes: 0 })): void {
  process.on('message', (message) => {
    if (message === SAMPLE) void takeSample(journal).then((sample) => process.send?.(sample));
  });
}

async function takeSample(journal: () => JournalFigures): Promise<ProcessSample> {
  // What is freed in one turn may free something in the next.
  for (let turn = 0; turn < 3; turn += 1) await globalThis.gc?.({ type: 'major', execution: 'async' });
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss, descriptors: openDescriptors(), ...journal() };
}

function openDescriptors(): number | undefined {
  try {
    // The listing holds one of its own.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}
