import { open, type FileHandle } from 'node:fs/promises';

import { segmentPath } from '../journal-directory.js';
import { wholeLinesEnd } from '../journal-line.js';
import type { JournalPosition, ReadableSegments } from '../journal-segments.js';

/** Small enough that what was just read is still in the processor's cache when it is merged. */
const CHUNK_BYTES = 256 * 1024;

/** Whole lines of one segment. */
export interface JournalChunk {
  /** Read over by the next chunk. */
  readonly bytes: Buffer;
  readonly segment: number;
  /** Where `bytes` begin in the segment. */
  readonly offset: number;
}

/** Reads a journal forward in large pieces, following the writer from segment to segment. */
export class JournalReader {
  readonly #segments: ReadableSegments;
  #segment: number;
  #offset: number;
  #handle: FileHandle | undefined;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(segments: ReadableSegments, from: JournalPosition) {
    this.#segments = segments;
    this.#segment = from.segment;
    this.#offset = from.offset;
  }

  /**
   * The next whole lines, or undefined where there are none yet, or fewer bytes than are worth the way. A rest without a newline at the end of a segment is the torn tail of
   * a write that failed: it was never acknowledged, and is passed over.
   * @param atLeast - bytes, of a journal that is still written
   * @throws the file system's error; a segment that somebody removed counts as empty
   */
  async next(atLeast = 1): Promise<JournalChunk | undefined> {
    for (;;) {
      const following = this.#segments.after(this.#segment);
      if (following === undefined && !this.#segments.sealed && this.#left < atLeast) return undefined;
      const chunk = await this.#readLines(CHUNK_BYTES);
      if (chunk !== undefined) return chunk;
      if (following === undefined) return undefined;
      await this.close();
      this.#segment = following;
      this.#offset = 0;
    }
  }

  /** Closes the file. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Bytes of the segment that were not read. */
  get #left(): number {
    return (this.#segments.size(this.#segment) ?? 0) - this.#offset;
  }

  async #readLines(atMost: number): Promise<JournalChunk | undefined> {
    const left = this.#left;
    if (left <= 0) return undefined;
    const bytes = await this.#read(Math.min(left, atMost));
    const end = wholeLinesEnd(bytes);
    if (end === 0) return bytes.length === atMost && atMost < left ? this.#readLines(atMost * 4) : undefined;
    const chunk = { bytes: bytes.subarray(0, end), segment: this.#segment, offset: this.#offset };
    this.#offset += end;
    return chunk;
  }

  async #read(length: number): Promise<Buffer> {
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(Math.max(length, CHUNK_BYTES));
    const bytes = this.#buffer;
    try {
      this.#handle ??= await open(segmentPath(this.#segments.place.path, this.#segment), 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return bytes.subarray(0, 0);
      throw error;
    }
    const { bytesRead } = await this.#handle.read(bytes, 0, length, this.#offset);
    return bytes.subarray(0, bytesRead);
  }
}
