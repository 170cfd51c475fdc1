/** Below this, a loop is faster than a native copy. */
const SHORT_COPY = 48;

/** Bytes for the client, put together in one piece of memory of their own. */
export class PacketBuffer {
  bytes: Buffer;
  /** Bytes in use. To take back what was added last, set it to what it was. */
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  /** What was written. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Makes room for so many bytes more; what is written to `bytes` directly must keep to it. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  /** Adds the bytes of a source from `start` to `end`. */
  copy(source: Buffer, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    const { bytes } = this;
    let at = this.length;
    if (count > SHORT_COPY) source.copy(bytes, at, start, end);
    else for (let from = start; from < end; from += 1) bytes[at++] = source[from] ?? 0;
    this.length += count;
  }

  /** Adds a text as UTF-8. */
  text(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length);
  }
}
