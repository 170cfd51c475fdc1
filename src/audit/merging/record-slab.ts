import { writeAscii, writeInteger } from '../ascii.js';

/** A larger piece holds one record, and is not used again. */
export const SLAB_BYTES: number = 256 * 1024;

/**
 * Where the records of a batch are put together: many in one piece of memory, which the next batch uses again.
 */
export class RecordSlab {
  readonly #pieces: Buffer[] = [];
  readonly #allocate: (bytes: number) => Buffer;
  #bytes: Buffer = Buffer.alloc(0);
  #used = 0;
  #start = 0;
  #at = 0;

  /** @param allocate - gives pieces of memory */
  constructor(allocate: (bytes: number) => Buffer = Buffer.allocUnsafeSlow) {
    this.#allocate = allocate;
  }

  /** Begins a batch: the records of the one before are written over. */
  reset(): void {
    this.#bytes = Buffer.alloc(0);
    this.#used = 0;
    this.#at = 0;
  }

  /** Begins a record. One byte before it stays free. @param maxBytes - what it may take at most */
  begin(maxBytes: number): void {
    const needed = 1 + maxBytes;
    if (this.#at + needed > this.#bytes.length) {
      this.#bytes = needed > SLAB_BYTES ? this.#allocate(needed) : this.#nextPiece();
      this.#at = 0;
    }
    this.#at += 1;
    this.#start = this.#at;
  }

  /** Adds ASCII text. */
  text(ascii: string): void {
    this.#at = writeAscii(this.#bytes, this.#at, ascii);
  }

  /** Adds an integer from 0 to 2^53 - 1. */
  integer(value: number): void {
    this.#at = writeInteger(this.#bytes, this.#at, value);
  }

  /** Adds bytes. */
  copy(from: Buffer, start: number, end: number): void {
    this.#at += from.copy(this.#bytes, this.#at, start, end);
  }

  /** Ends the record. */
  end(): Buffer {
    return this.#bytes.subarray(this.#start, this.#at);
  }

  /** The free byte before the record that was ended last, and the record. */
  prefixed(): Buffer {
    return this.#bytes.subarray(this.#start - 1, this.#at);
  }

  #nextPiece(): Buffer {
    const piece = (this.#pieces[this.#used] ??= this.#allocate(SLAB_BYTES));
    this.#used += 1;
    return piece;
  }
}
