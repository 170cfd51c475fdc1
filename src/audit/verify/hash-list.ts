import type { TreeHash } from '../seal/merkle-tree.js';

const HASH_BYTES = 32;

/** Hashes in order, 32 bytes each. */
export class HashList {
  #bytes = Buffer.allocUnsafe(HASH_BYTES * 64);
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  push(hash: TreeHash): void {
    const at = this.#length * HASH_BYTES;
    if (at === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.allocUnsafe(at)]);
    this.#bytes.write(hash, at, 'latin1');
    this.#length += 1;
  }

  /** The hash at an index that is there. */
  at(index: number): TreeHash {
    return this.#bytes.toString('latin1', index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
