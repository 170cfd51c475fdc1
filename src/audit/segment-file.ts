import { ftruncateSync, openSync, writeSync } from 'node:fs';

/** As much as is written ahead: more keeps the disk busy, and less names what was added to the file too often. */
const AHEAD = Buffer.alloc(64 * 1024);

/** The file of a segment, as its writer sees it. */
export class SegmentFile {
  readonly fd: number;
  /** Bytes of lines. */
  #size = 0;
  /** Bytes of the file. */
  #allocated = 0;
  #isSpoilt = false;

  /** @throws the file system's error, also where there is such a file */
  constructor(path: string) {
    this.fd = openSync(path, 'wx', 0o600);
  }

  /** Bytes of lines in it. */
  get size(): number {
    return this.#size;
  }

  /** Whether something stands behind its lines that could not be cut off: a part of a line, to which the next one would be glued, or zeros. */
  get isSpoilt(): boolean {
    return this.#isSpoilt;
  }

  /**
   * Appends all of it, or nothing.
   * @throws the file system's error
   */
  append(bytes: Buffer, length: number): void {
    let written = 0;
    try {
      while (written < length) written += writeSync(this.fd, bytes, written, length - written, this.#size + written);
    } catch (error) {
      if (written > 0) this.#cut();
      throw error;
    }
    this.#size += length;
    this.#allocated = Math.max(this.#allocated, this.#size);
  }

  /**
   * Has zeros written behind the lines, where there are none: to bring what takes their place to the disk is a third quicker than to bring a file to it that
   * has become longer. Readers take them for a line that is not written yet. Where there is no room, nothing happens.
   */
  writeAhead(): void {
    if (this.#allocated > this.#size || this.#isSpoilt) return;
    try {
      this.#allocated += writeSync(this.fd, AHEAD, 0, AHEAD.length, this.#size);
    } catch {
      // A full disk: the lines are written all the same, as far as there is room.
    }
  }

  /** Cuts off what is written ahead. */
  trim(): void {
    if (this.#allocated > this.#size) this.#cut();
  }

  #cut(): void {
    try {
      ftruncateSync(this.fd, this.#size);
      this.#allocated = this.#size;
    } catch {
      this.#isSpoilt = true;
    }
  }
}
