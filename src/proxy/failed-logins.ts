import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
/** Addresses that are remembered; beyond, those that failed longest ago are forgotten. */
const MAX_ADDRESSES = 10_000;

/** Counts failed logins of each address, so that nobody can try passwords for long. */
export class FailedLogins {
  readonly #most: number;
  readonly #failures = new LRUCache<string, { count: number }>({ max: MAX_ADDRESSES, ttl: WINDOW_MS });

  /** @param most failures of an address within a minute, after which it is not let in for the rest of it */
  constructor(most: number) {
    this.#most = most;
  }

  isBlocked(address: string): boolean {
    return (this.#failures.get(address)?.count ?? 0) >= this.#most;
  }

  failed(address: string): void {
    const known = this.#failures.get(address);
    if (known === undefined) this.#failures.set(address, { count: 1 });
    else known.count += 1;
  }
}
