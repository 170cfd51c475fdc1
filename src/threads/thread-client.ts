import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import type { ThreadAnswer, ThreadCall } from './thread-messages.js';

interface Asked<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Options of {@link ThreadClient}. */
export interface ThreadClientOptions {
  /** Its program, which calls `serveThread`: a file beside the built module that starts it. */
  readonly program: URL;
  /** Names it in messages, and, after `countersign`, in what the system shows of threads. */
  readonly name: string;
  /** `workerData` of the program. */
  readonly data?: unknown;
  /** Called once, when it has ended, or could not begin. */
  readonly onEnd?: (error: Error) => void;
}

/** Whether the program of a thread is there: a bundler may not have taken it along, and the sources have none. */
export function hasProgram(program: URL): boolean {
  return existsSync(fileURLToPath(program));
}

/** Asks a thread of our own. It keeps the process only while an answer is awaited. */
export class ThreadClient<Request, Answer> {
  /** Fulfilled when it can be asked; rejected where it cannot begin. */
  readonly ready: Promise<void>;
  readonly #name: string;
  readonly #worker: Worker;
  readonly #onEnd: ((error: Error) => void) | undefined;
  readonly #asked = new Map<number, Asked<Answer>>();
  #begin!: Asked<void>;
  #count = 0;
  #death: Error | undefined;

  /** Starts it. @throws Error where there can be no thread */
  constructor({ program, name, data, onEnd }: ThreadClientOptions) {
    this.#name = name;
    this.#onEnd = onEnd;
    this.ready = new Promise((resolve, reject) => (this.#begin = { resolve, reject }));
    // Who does not wait for it hears of the end.
    this.ready.catch(() => undefined);
    // Nothing of the program's own is preloaded.
    this.#worker = new Worker(program, { name: `countersign ${name}`, workerData: data, execArgv: [] });
    this.#worker.on('message', (answer: ThreadAnswer<Answer>) => this.#onAnswer(answer));
    this.#worker.on('error', (error) => this.#die(error));
    this.#worker.on('exit', (code) => this.#die(new Error(`the thread for ${name} ended with code ${code}`)));
  }

  /** Whether it has not ended. */
  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /**
   * Has it answer.
   * @param transfer - memory that goes to the thread
   * @throws Error with what the thread says that went wrong, or that it has ended
   */
  ask(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) throw this.#death;
      const no = (this.#count += 1);
      this.#worker.postMessage({ no, request } satisfies ThreadCall<Request>, transfer);
      if (this.#asked.size === 0) this.#worker.ref();
      this.#asked.set(no, { resolve, reject });
    });
  }

  /** Ends the thread. What it is asked for fails. */
  async end(): Promise<void> {
    this.#death ??= new Error(`the thread for ${this.#name} was ended`);
    this.#rejectAll(this.#death);
    await this.#worker.terminate();
  }

  #onAnswer(answer: ThreadAnswer<Answer>): void {
    if (answer.no === 0) {
      this.#onBegun(answer);
      return;
    }
    const asked = this.#asked.get(answer.no);
    this.#asked.delete(answer.no);
    if (this.#asked.size === 0) this.#worker.unref();
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value);
  }

  #onBegun(answer: ThreadAnswer<Answer>): void {
    if ('error' in answer) {
      this.#die(new Error(answer.error));
      return;
    }
    if (this.#asked.size === 0) this.#worker.unref();
    this.#begin.resolve();
  }

  #die(error: Error): void {
    if (this.#death !== undefined) return;
    this.#death = error;
    this.#rejectAll(error);
    this.#onEnd?.(error);
  }

  #rejectAll(error: Error): void {
    this.#begin.reject(error);
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject } of asked) reject(error);
  }
}
