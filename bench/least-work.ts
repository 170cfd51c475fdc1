/**
 * The least that any program has to do which has one attributed record of each statement elsewhere: somebody's task around it, a comment in it, a line on
 * the disk before it goes out and one when it has ended, and records of a kilobyte, hashed, compressed and posted by another thread. Nothing is read,
 * judged, masked or signed. In the place of Countersign, to tell what of its cost is that of its code.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Recording } from './governed-client.js';
import type { LeastOrder, LeastReport } from './least-thread.js';

/** Where lines and records go. */
export interface LeastSetup {
  readonly journal: string;
  /** URL. */
  readonly receiver: string;
}

/** Bytes that Countersign's journal has for the beginning and for the end of a statement. */
const [BEGIN_BYTES, END_BYTES] = [330, 90];
const TAG = "/*agent='agent-anna',session='7c0e4a4e-0a5f-4a7e-9d0c-3f1e2b6a5d11',statement='17000',task='bench'*/ ";

/** Threads do not inherit what reads TypeScript. */
const PROGRAM = `import { register } from '${import.meta.resolve('tsx/esm/api')}';
register();
await import('${new URL('least-thread.ts', import.meta.url).href}');`;

/** Does it for the statements of one process. */
export class LeastWork implements Recording {
  readonly #fd: number;
  readonly #thread: Worker;
  readonly #task = new AsyncLocalStorage<string>();
  readonly #begin = Buffer.alloc(BEGIN_BYTES, 'b');
  readonly #end = Buffer.alloc(END_BYTES, 'e');
  readonly #lines = Buffer.alloc(1 << 20);
  #length = 0;
  #written = 0;
  #delivered = 0;
  #open = 0;
  #waiting: (() => void)[] = [];
  #isScheduled = false;

  constructor({ journal, receiver }: LeastSetup) {
    mkdirSync(journal, { recursive: true });
    const path = join(journal, 'lines');
    this.#fd = openSync(path, 'ax', 0o600);
    this.#thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`), {
      workerData: { path, receiver, linesBytes: BEGIN_BYTES + END_BYTES } satisfies LeastOrder,
    });
    this.#thread.on('message', ({ delivered }: LeastReport) => (this.#delivered = delivered));
  }

  readonly as = (task: string, run: () => Promise<void>): Promise<void> => this.#task.run(task, run);

  /** Runs a statement when its line is written: at once where it is alone, or with those of this turn of the event loop. */
  async statement<Result>(sql: string, run: (tagged: string) => Promise<Result>): Promise<Result> {
    this.#open += 1;
    this.#add(this.#begin);
    if (this.#open === 1) this.#write();
    else await this.#endOfTurn();
    const result = await run(TAG + sql);
    this.#open -= 1;
    this.#add(this.#end);
    this.#schedule();
    return result;
  }

  readonly isDelivered = (): boolean => this.#length === 0 && this.#delivered === this.#written;

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #add(line: Buffer): void {
    this.#length += line.copy(this.#lines, this.#length);
  }

  #endOfTurn(): Promise<void> {
    this.#schedule();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#write();
    });
  }

  #write(): void {
    if (this.#length === 0) return;
    this.#written += writeSync(this.#fd, this.#lines, 0, this.#length);
    this.#length = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
