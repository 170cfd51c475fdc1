import { hasProgram, ThreadClient } from '../../threads/thread-client.js';
import { serveStore, type ServedPart, type StoreCall, type StorePart } from './store-calls.js';

const PROGRAM = new URL('./store-thread.js', import.meta.url);

/** Asks a part of a store, which runs in a thread of its own: requests are answered while it writes, or searches. */
export class StoreClient {
  readonly #thread: ThreadClient<StoreCall, unknown> | undefined;
  /** Where no thread has it. */
  readonly #served: ServedPart | undefined;
  #isClosed = false;
  #closed: Promise<void> | undefined;

  private constructor(part: StorePart) {
    if (hasProgram(PROGRAM))
      this.#thread = new ThreadClient({ program: PROGRAM, name: `store ${part.kind}`, data: part });
    else this.#served = serveStore(part);
  }

  /**
   * Opens a part.
   * @throws Error where it cannot be opened
   */
  static async open(part: StorePart): Promise<StoreClient> {
    const client = new StoreClient(part);
    await client.#thread?.ready;
    return client;
  }

  get isAlive(): boolean {
    return !this.#isClosed && this.#thread?.isAlive !== false;
  }

  /** @param transfer - memory that goes to the part */
  async ask(method: StoreCall['method'], argument: unknown, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#isClosed) throw new Error('the store is closed');
    const call = { method, argument };
    return this.#served === undefined ? this.#thread?.ask(call, transfer) : this.#served(call);
  }

  /** Closes the part, once; one that has ended is closed. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    if (this.isAlive) await this.ask('close', undefined);
    this.#isClosed = true;
    await this.#thread?.end();
  }
}
