import { LRUCache } from 'lru-cache';

import { leafHash, type MerkleFrontier } from '../../audit/evidence.js';

/** Each is one hash for each power of two of its size. */
const MAX_WRITERS = 1_000;

/**
 * The trees over the records of writers, where these come one after the other, as mostly they do: what is signed is compared with them, without
 * reading the records again.
 */
export class GrowingTrees {
  readonly #trees = new LRUCache<string, MerkleFrontier>({ max: MAX_WRITERS });

  /** Goes on from a tree that was found to be the one that was signed. */
  begin(writerId: string, tree: MerkleFrontier): void {
    this.#trees.set(writerId, tree);
  }

  /** Takes a record. One that is not the next ends the tree. */
  append(writerId: string, seq: number, json: string): void {
    const tree = this.#trees.get(writerId);
    if (tree === undefined) return;
    if (seq === tree.size + 1) tree.append(leafHash(Buffer.from(json)));
    else this.#trees.delete(writerId);
  }

  /** The tree over so many of a writer's records; undefined where they have to be read. */
  of(writerId: string, size: number): MerkleFrontier | undefined {
    const tree = this.#trees.get(writerId);
    return tree?.size === size ? tree : undefined;
  }

  end(writerId: string): void {
    this.#trees.delete(writerId);
  }

  /** Of a transaction that failed, nothing came. */
  forget(): void {
    this.#trees.clear();
  }
}
