import { LRUCache } from 'lru-cache';

import { Partition } from './partition.js';
import type { PartitionFile } from './partition-files.js';

/** Partitions that are open at a time: each takes three files. */
const MAX_OPEN = 64;

/** Opens partitions to read when they are asked for. */
export class PartitionPool {
  readonly #open = new LRUCache<string, Partition>({ max: MAX_OPEN, dispose: (partition) => partition.close() });

  of({ path }: PartitionFile): Partition {
    let partition = this.#open.get(path);
    if (partition === undefined) this.#open.set(path, (partition = Partition.toRead(path)));
    return partition;
  }

  /** Closes one that is to be removed. */
  forget({ path }: PartitionFile): void {
    this.#open.delete(path);
  }

  /** Closes those that are not there any more. */
  keepOnly(files: readonly PartitionFile[]): void {
    const paths = new Set(files.map(({ path }) => path));
    for (const path of [...this.#open.keys()]) if (!paths.has(path)) this.#open.delete(path);
  }

  close(): void {
    this.#open.clear();
  }
}
