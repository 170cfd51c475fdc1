import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
/** Addresses that are remembered; beyond, those that failed longest ago are forgotten. */
const MAX_ADDRESSES = 10_000;

type Counts = LRUCache<string, { count: number }>;

/** Counts failed logins of each address, so that nobody can try passwords for long. */
export class FailedLogins {
  /** Failures of an address within a minute, after which it is not let in for the rest of it. */
  most: number;
  readonly #failures: Counts = new LRUCache({ max: MAX_ADDRESSES, ttl: WINDOW_MS });
  readonly #recorded: Counts = new LRUCache({ max: MAX_ADDRESSES, ttl: WINDOW_MS });

  constructor(most: number) {
    this.most = most;
  }

  /** Whether it is not let in. */
  isBlocked(address: string): boolean {
    return (this.#failures.get(networkOf(address))?.count ?? 0) >= this.most;
  }

  failed(address: string): void {
    count(this.#failures, address);
  }

  /** Whether one more may be recorded: who could have any number recorded could fill the journal. */
  mayRecord(address: string): boolean {
    return count(this.#recorded, address) <= this.most;
  }
}

function count(counts: Counts, address: string): number {
  const network = networkOf(address);
  const known = counts.get(network);
  if (known === undefined) counts.set(network, { count: 1 });
  else known.count += 1;
  return known?.count ?? 1;
}

/** Who has one address of IPv6 has all of its /64. */
function networkOf(address: string): string {
  const isPlain6 = address.includes(':') && !address.includes('.');
  return isPlain6 ? address.split(':').slice(0, 4).join(':') : address;
}
