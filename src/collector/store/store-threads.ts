import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { serveStore, type StoreAnswer, type StoreCall, type StorePart } from './store-calls.js';

const PROGRAM = new URL('./store-thread.js', import.meta.url);

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Asks a part of a store, which runs in a thread of its own: requests are answered while it writes, or searches. */
export class StoreClient {
  readonly #asked = new Map<number, Asked>();
  readonly #worker: Worker | undefined;
  #send: (call: StoreCall, transfer: readonly ArrayBuffer[]) => void;
  #count = 0;
  #death: Error | undefined;
  #closed: Promise<void> | undefined;

  private constructor(part: StorePart) {
    // A bundler may not have taken the thread's program along, and the sources have none: then it runs in this thread.
    if (!existsSync(fileURLToPath(PROGRAM))) {
      const served = serveStore(part, (message) => this.#onAnswer(message));
      this.#send = (call) => served.take(call);
      return;
    }
    const worker = new Worker(PROGRAM, { name: `countersign store ${part.kind}`, workerData: part, execArgv: [] });
    this.#worker = worker;
    this.#send = (call, transfer) => worker.postMessage(call, transfer);
    worker.on('message', (message: StoreAnswer) => this.#onAnswer(message));
    worker.on('error', (error) => this.#die(error));
    worker.on('exit', () => this.#die(new Error(`the thread of the ${part.kind} has ended`)));
  }

  /**
   * Opens a part.
   * @throws Error where it cannot be opened
   */
  static async open(part: StorePart): Promise<StoreClient> {
    const client = new StoreClient(part);
    if (client.#worker !== undefined) await new Promise((resolve, reject) => client.#asked.set(0, { resolve, reject }));
    return client;
  }

  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /** @param transfer - memory that goes to the part */
  ask(method: StoreCall['method'], argument: unknown, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) return reject(this.#death);
      const no = ++this.#count;
      this.#asked.set(no, { resolve, reject });
      this.#send({ no, method, argument }, transfer);
    });
  }

  /** Closes the part, once; one that has ended is closed. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    if (this.isAlive) await this.ask('close', undefined);
    this.#death ??= new Error('the store is closed');
    await this.#worker?.terminate();
  }

  #onAnswer(message: StoreAnswer): void {
    const asked = this.#asked.get(message.no);
    this.#asked.delete(message.no);
    if ('error' in message) asked?.reject(new Error(message.error));
    else asked?.resolve(message.value);
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}
