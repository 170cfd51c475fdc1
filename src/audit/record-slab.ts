const SLAB_BYTES = 256 * 1024;

/**
 * Where merged records are put together: many in one piece of memory. A piece is never used again, since a transport may keep what it
 * was given.
 */
export class RecordSlab {
  #bytes = Buffer.alloc(0);
  #start = 0;
  #at = 0;

  /** Begins a record. @param maxBytes - what it may take at most */
  begin(maxBytes: number): void {
    if (this.#at + maxBytes > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, maxBytes));
      this.#at = 0;
    }
    this.#start = this.#at;
  }

  /** Adds ASCII text. */
  text(ascii: string): void {
    this.#at += this.#bytes.write(ascii, this.#at, 'latin1');
  }

  /** Adds bytes. */
  copy(from: Buffer, start: number, end: number): void {
    this.#at += from.copy(this.#bytes, this.#at, start, end);
  }

  /** Ends the record. */
  end(): Buffer {
    return this.#bytes.subarray(this.#start, this.#at);
  }
}
