import { rm, unlink } from 'node:fs/promises';

import type { DiskReserve } from './disk-reserve.js';
import { segmentPath, type JournalPlace } from './journal-directory.js';

/** A place between two lines of a journal. */
export interface JournalPosition {
  /** Number of the segment. */
  readonly segment: number;
  /** Bytes from its start. */
  readonly offset: number;
}

/** Segments as far as they may be read. */
export interface ReadableSegments {
  readonly place: JournalPlace;
  /** Whether nothing will be appended any more. */
  readonly sealed: boolean;
  /** Bytes of a segment that may be read; undefined where it does not exist. */
  size(segment: number): number | undefined;
  /** The segment after a given one, undefined at the end. */
  after(segment: number): number | undefined;
}

/** Bytes on disk that all journals of a trail share. */
export class SpoolBudget {
  readonly maxBytes: number;
  /** Room for what delivery writes; undefined where none is kept. */
  readonly reserve: DiskReserve | undefined;
  usedBytes = 0;
  /** Whether the last record did not fit, and nothing was freed since. */
  isFull = false;

  constructor(maxBytes: number, reserve?: DiskReserve) {
    this.maxBytes = maxBytes;
    this.reserve = reserve;
  }
}

/**
 * The segments of one journal, as far as they may be read: known sizes, not what the file system says, so that a line that is being
 * written is never seen in part. Segments go as soon as every transport has them.
 */
export class JournalSegments implements ReadableSegments {
  readonly place: JournalPlace;
  readonly #sizes: Map<number, number>;
  readonly #budget: SpoolBudget;
  readonly #reached = new Map<string, JournalPosition>();
  #waiters: (() => void)[] = [];
  #sealed = false;

  constructor(place: JournalPlace, sizes: Map<number, number>, budget: SpoolBudget) {
    this.place = place;
    this.#sizes = sizes;
    this.#budget = budget;
    for (const size of sizes.values()) budget.usedBytes += size;
  }

  /** Whether nothing will be appended any more. */
  get sealed(): boolean {
    return this.#sealed;
  }

  /** The first segment that is still there; 1 where there is none. */
  get first(): number {
    return this.#sizes.keys().next().value ?? 1;
  }

  /** The last segment; the first where there is none. */
  get last(): number {
    return [...this.#sizes.keys()].at(-1) ?? 1;
  }

  /** Bytes of a segment that may be read; undefined where it does not exist. */
  size(segment: number): number | undefined {
    return this.#sizes.get(segment);
  }

  /** Numbers and bytes of all, in order. */
  sizes(): readonly (readonly [number, number])[] {
    return [...this.#sizes];
  }

  /** The segment after a given one, undefined at the end. */
  after(segment: number): number | undefined {
    for (const number of this.#sizes.keys()) if (number > segment) return number;
    return undefined;
  }

  /** Says that a segment holds more bytes, or that a new one exists (0 bytes). */
  grown(segment: number, bytes: number): void {
    this.#sizes.set(segment, (this.#sizes.get(segment) ?? 0) + bytes);
    this.#budget.usedBytes += bytes;
    if (bytes > 0 && this.#waiters.length > 0) this.#ring();
  }

  /** Says that nothing will be appended any more. */
  seal(): void {
    this.#sealed = true;
    this.#ring();
  }

  /** Calls back once, at the next append or at {@link seal}. */
  onceGrown(callback: () => void): void {
    this.#waiters.push(callback);
  }

  /** Bytes from a position to the end. */
  bytesAfter(position: JournalPosition): number {
    let bytes = 0;
    for (const [segment, size] of this.#sizes) {
      if (segment > position.segment) bytes += size;
      else if (segment === position.segment) bytes += size - position.offset;
    }
    return bytes;
  }

  /** How far a transport has come; its cursor is on disk. */
  reached(transport: string, position: JournalPosition): void {
    this.#reached.set(transport, position);
  }

  /** Bytes that a transport has still to send. */
  backlog(transport: string): number {
    return this.bytesAfter(this.#reached.get(transport) ?? { segment: this.first, offset: 0 });
  }

  /** Whether a segment stands before every transport's place, so that {@link discard} would remove it. */
  get discardable(): boolean {
    return this.first < this.#slowest();
  }

  /** Removes the segments that every transport has. */
  async discard(): Promise<void> {
    const slowest = this.#slowest();
    for (const [segment, size] of [...this.#sizes]) {
      if (segment >= slowest) return;
      if (this.#sizes.delete(segment)) this.#free(size);
      await unlink(segmentPath(this.place.path, segment)).catch(ignoreMissing);
    }
  }

  /** Removes the whole journal. */
  async remove(): Promise<void> {
    for (const size of this.#sizes.values()) this.#free(size);
    this.#sizes.clear();
    await rm(this.place.path, { recursive: true, force: true });
  }

  #free(bytes: number): void {
    this.#budget.usedBytes -= bytes;
    this.#budget.isFull = false;
  }

  #slowest(): number {
    return Math.min(...[...this.#reached.values()].map((position) => position.segment));
  }

  #ring(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
