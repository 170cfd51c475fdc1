import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
/** Networks that are remembered; beyond, those that were counted longest ago are forgotten. */
const MAX_NETWORKS = 10_000;

/** Counts what happened from an address within a minute. */
export class AddressCounts {
  readonly #counts: LRUCache<string, { count: number }> = new LRUCache({ max: MAX_NETWORKS, ttl: WINDOW_MS });

  /** How often it has, since the first time within the last minute. */
  of(address: string): number {
    return this.#counts.get(networkOf(address))?.count ?? 0;
  }

  /** Counts one more. @returns how many that are */
  add(address: string): number {
    const network = networkOf(address);
    const known = this.#counts.get(network);
    if (known === undefined) this.#counts.set(network, { count: 1 });
    else known.count += 1;
    return known?.count ?? 1;
  }
}

/** Who has one address of IPv6 has all of its /64. */
function networkOf(address: string): string {
  const isPlain6 = address.includes(':') && !address.includes('.');
  return isPlain6 ? address.split(':').slice(0, 4).join(':') : address;
}
