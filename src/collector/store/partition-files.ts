import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const NAME = /^records-(\d{15})\.db$/;

/** A partition's file. */
export interface PartitionFile {
  /** The position of its first record. */
  readonly first: number;
  readonly path: string;
}

/** The partitions of a directory, the oldest first. */
export function listPartitions(directory: string): PartitionFile[] {
  return readdirSync(directory)
    .flatMap((name) => {
      const first = NAME.exec(name)?.[1];
      return first === undefined ? [] : [{ first: Number(first), path: join(directory, name) }];
    })
    .sort((one, other) => one.first - other.first);
}

/** The partition that begins at a position. */
export function partitionAt(directory: string, first: number): PartitionFile {
  return { first, path: join(directory, `records-${String(first).padStart(15, '0')}.db`) };
}

/** Removes a partition with all its records. */
export function removePartition(path: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
}
