import type { Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { discardOldest, setAside } from './set-aside-files.js';
import { endOfLines } from './torn-tail.js';

/** When another file is begun, and what is kept. */
export interface RecordFileLimits {
  readonly path: string;
  readonly maxBytes?: number | undefined;
  readonly maxAgeMs?: number | undefined;
  readonly keepFiles?: number | undefined;
}

/** A file of whole lines. Its calls must not overlap. */
export class RecordFile {
  readonly #limits: RecordFileLimits;
  #handle: FileHandle | undefined;

  constructor(limits: RecordFileLimits) {
    this.#limits = limits;
  }

  /**
   * Appends lines and waits until they are on the disk.
   * @returns what went wrong beside it
   * @throws Error of the file system; nothing of the lines is in the file then, or will be after it is opened again
   */
  async append(lines: Buffer): Promise<string | undefined> {
    let handle = await this.#current();
    let warning: string | undefined;
    if (this.#isFull(await handle.stat(), lines.length)) {
      warning = await this.#change();
      handle = await this.#open();
    }
    const { size } = await handle.stat();
    try {
      await handle.appendFile(lines);
      await handle.sync();
    } catch (error) {
      await this.#takeBack(handle, size);
      throw error;
    }
    return warning;
  }

  /** Closes the file; the next call opens it again. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** The file that stands under the path: logrotate may have moved the one that is open. */
  async #current(): Promise<FileHandle> {
    if (this.#handle !== undefined) {
      const [own, named] = await Promise.all([this.#handle.stat(), stat(this.#limits.path).catch(() => undefined)]);
      if (own.ino === named?.ino && own.dev === named.dev) return this.#handle;
      await this.close();
    }
    return this.#open();
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#limits.path, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const whole = await endOfLines(handle, size);
      if (whole < size) await handle.truncate(whole);
      await syncFolder(this.#limits.path);
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
    return handle;
  }

  #isFull({ size, birthtimeMs, ctimeMs }: Stats, more: number): boolean {
    const { maxBytes = Infinity, maxAgeMs = Infinity } = this.#limits;
    // Not every file system knows when a file was made.
    const bornMs = birthtimeMs > 0 ? birthtimeMs : ctimeMs;
    return size > 0 && (size + more > maxBytes || Date.now() - bornMs > maxAgeMs);
  }

  async #change(): Promise<string | undefined> {
    const { path, keepFiles } = this.#limits;
    await this.close();
    await setAside(path);
    return keepFiles === undefined ? undefined : discardOldest(path, keepFiles);
  }

  /** Where even that fails, the file is repaired when it is opened again. */
  async #takeBack(handle: FileHandle, size: number): Promise<void> {
    await handle.truncate(size).catch(() => undefined);
    await this.close().catch(() => undefined);
  }
}

/** A new name is on the disk once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
