import type { ReusableConnection } from './reusable-connection.js';
import type { ReuseOptions } from './upstream-options.js';

const MAX_IDLE = 10;
const IDLE_TIMEOUT_MS = 60_000;
const MAX_AGE_MS = 600_000;

/** Connections to one database whose sessions have ended, for others that want the same. */
export class IdleConnections {
  readonly #maxIdle: number;
  readonly #idleTimeoutMs: number;
  readonly #maxAgeMs: number;
  /** What ends the wait of each, the longest first. */
  readonly #idle = new Map<ReusableConnection, () => void>();
  #closed = false;

  constructor({ maxIdle = MAX_IDLE, idleTimeoutMs = IDLE_TIMEOUT_MS, maxAgeMs = MAX_AGE_MS }: ReuseOptions) {
    this.#maxIdle = maxIdle;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#maxAgeMs = maxAgeMs;
  }

  /** How many wait. */
  get size(): number {
    return this.#idle.size;
  }

  /** One whose server has just answered; undefined where none waits. @param key what its session wants */
  async take(key: string): Promise<ReusableConnection | undefined> {
    const found = [...this.#idle.keys()].findLast((connection) => connection.key === key);
    if (found === undefined) return undefined;
    this.#idle.get(found)?.();
    if (await found.answers()) return found;
    found.upstream.stream.destroy();
    // The others lead to the same server.
    for (const connection of this.#idle.keys()) if (connection.key === key) this.#drop(connection);
    return undefined;
  }

  /** Takes a connection whose session has ended between two commands. What locks, or is open in it, is gone as soon as the server can. */
  give(connection: ReusableConnection): void {
    if (this.#closed || Date.now() - connection.openedAtMs > this.#maxAgeMs) {
      connection.quit();
      return;
    }
    void connection.reset().then((isReset) => {
      if (!isReset) connection.upstream.stream.destroy();
      else if (this.#closed) connection.quit();
      else this.#keep(connection);
    });
  }

  /** Ends all that wait, and each that is given from now on. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.keys()) this.#drop(connection);
  }

  #keep(connection: ReusableConnection): void {
    const { stream } = connection.upstream;
    // Whatever a server says unasked is about the end of the connection.
    const onEnd = (): void => this.#drop(connection);
    const timeoutMs = Math.min(this.#idleTimeoutMs, connection.waitTimeoutMs / 2);
    const timer = setTimeout(onEnd, timeoutMs).unref();
    stream.on('data', onEnd);
    stream.once('close', onEnd);
    this.#idle.set(connection, () => {
      clearTimeout(timer);
      stream.removeListener('data', onEnd);
      stream.removeListener('close', onEnd);
      stream.pause();
      this.#idle.delete(connection);
    });
    stream.resume();
    const [longest] = this.#idle.keys();
    if (this.#idle.size > this.#maxIdle && longest !== undefined) this.#drop(longest);
  }

  #drop(connection: ReusableConnection): void {
    this.#idle.get(connection)?.();
    connection.quit();
  }
}
