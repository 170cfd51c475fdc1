import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';

import type * as Pino from 'pino';

type PinoStream = ReturnType<typeof Pino.transport>;

/** Only who has such a transport pays for loading it. */
const require = createRequire(import.meta.url);

/** Without it, the flush of sonic-boom, on which `pino/file` and others are built, waits for nothing; with it, for an fsync. */
const FLUSHABLE = { minLength: 1 };

/** A worker thread that runs a pino transport, until it dies. */
export class PinoWorker {
  readonly #stream: PinoStream;
  #death: Error | undefined;
  readonly #mourners = new Set<(error: Error) => void>();

  constructor(target: string, options: Readonly<Record<string, unknown>>) {
    const { transport } = require('pino') as typeof Pino;
    this.#stream = transport({ target, options: { ...FLUSHABLE, ...options } });
    this.#stream.on('error', (error: Error) => this.#die(error));
    this.#stream.on('close', () => this.#die(new Error('the worker thread ended')));
  }

  get isDead(): boolean {
    return this.#death !== undefined;
  }

  /**
   * Writes lines and waits until the worker has taken them and its target has flushed. Their memory is copied.
   * @throws Error of the worker, where it dies before that
   */
  async write(lines: Buffer): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      if (this.#death !== undefined) throw this.#death;
      this.#mourners.add(reject);
      this.#stream.write(lines.toString());
      this.#stream.flush((error) => {
        this.#mourners.delete(reject);
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  /** Lets the target end what it holds. */
  async end(): Promise<void> {
    if (this.isDead) return;
    const closed = once(this.#stream, 'close');
    this.#stream.end();
    await closed;
  }

  /** Ends the thread, whatever it does. */
  async kill(): Promise<void> {
    this.#die(new Error('the worker thread was ended'));
    // Not in the types of thread-stream: its own end waits for a thread that may hang.
    await (this.#stream as unknown as { readonly worker: Worker }).worker.terminate();
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const reject of this.#mourners) reject(this.#death);
    this.#mourners.clear();
  }
}
