import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Waits for what was written to be on the disk. */
export interface DiskWaiter {
  /** @param error - why nobody knows whether it is there */
  synced(error: NodeJS.ErrnoException | undefined): void;
}

/**
 * Brings what was written to the disk itself, for all who wait at once: those who come while the disk is at work share the next time
 * (group commit). Owns the descriptor of the segment.
 */
export class DiskSync {
  /** Of the segment that is written; -1 where there is none. */
  fd = -1;
  /** What may not yet be named on the disk: the segment's directory, and the one that holds it. */
  #unnamed: readonly string[] = [];
  #waiting: DiskWaiter[] = [];
  /** What the disk is at work on. */
  #busy = -1;

  /** Writing goes on in another segment. */
  turn(fd: number, directory: string): void {
    this.close();
    this.fd = fd;
    this.#unnamed = [directory, dirname(directory)];
  }

  /** Tells waiters when what was written until now is on the disk. */
  await(waiters: readonly DiskWaiter[]): void {
    this.#waiting.push(...waiters);
    if (this.#busy === -1) this.#sync();
  }

  /** Ends with the segment; who still waits is told at once. */
  close(): void {
    const { fd } = this;
    this.fd = -1;
    if (fd === -1) return;
    if (this.#waiting.length > 0) {
      const sync = (): void => {
        fdatasyncSync(fd);
        for (const directory of this.#unnamed) syncDirectoryNow(directory);
      };
      this.#tell(this.#take(), attempt(sync));
    }
    // Its number may be another file's as soon as it is closed.
    if (this.#busy !== fd) closeSync(fd);
  }

  #sync(): void {
    const { fd } = this;
    const waiters = this.#take();
    const unnamed = this.#unnamed;
    this.#busy = fd;
    const done = (error: NodeJS.ErrnoException | null): void => {
      this.#busy = -1;
      if (fd !== this.fd) closeSync(fd);
      else if (error === null) this.#unnamed = [];
      this.#tell(waiters, error ?? undefined);
      if (this.#waiting.length > 0 && this.#busy === -1) this.#sync();
    };
    fdatasync(fd, (error) => {
      if (error !== null || unnamed.length === 0) done(error);
      else syncDirectories(unnamed).then(() => done(null), done);
    });
  }

  #take(): DiskWaiter[] {
    const waiters = this.#waiting;
    this.#waiting = [];
    return waiters;
  }

  #tell(waiters: readonly DiskWaiter[], error: NodeJS.ErrnoException | undefined): void {
    for (const waiter of waiters) waiter.synced(error);
  }
}

function attempt(act: () => void): NodeJS.ErrnoException | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

async function syncDirectories(paths: readonly string[]): Promise<void> {
  for (const path of paths) await syncDirectory(path);
}

/** Brings the names in a directory to the disk: a new file is not there after a power cut without. @throws the file system's error */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function syncDirectoryNow(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
