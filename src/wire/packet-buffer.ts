/** Below this, a loop is faster than a native copy. */
const SHORT_COPY = 64;
/** By how much memory that is too small is made larger than needed, at least. */
const SLACK_BYTES = 1_024;

/**
 * Bytes for the client, put together over the server's own as far as those have been read: what is masked is seldom longer than what it stands
 * for. What would run into bytes that are still to be read goes on in memory of its own.
 */
export class PacketBuffer {
  bytes: Buffer;
  /** Where the next byte goes. To take back what was added last, set it to what it was. */
  length: number;
  #view: DataView;
  readonly #from: number;
  /** Where writing must end: what follows has not been read. */
  #limit: number;

  /** @param bytes - those of the server, which may be written to; the ones before `from` do not count, and are read */
  constructor(bytes: Buffer, from = 0) {
    this.bytes = bytes;
    this.#view = viewOf(bytes);
    this.length = from;
    this.#from = from;
    this.#limit = from;
  }

  /** What was written. */
  get written(): Buffer {
    return this.bytes.subarray(this.#from, this.length);
  }

  /** The bytes of a source before `position` have been read: where it is written over, they may be. */
  release(source: Buffer, position: number): void {
    if (source === this.bytes && position > this.#limit) this.#limit = position;
  }

  /** Makes room for so many bytes more; what is written to `bytes` directly must keep to it. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.#limit) this.#grow(needed);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length) + SLACK_BYTES + (needed >> 1));
    this.bytes.copy(larger, this.#from, this.#from, this.length);
    this.bytes = larger;
    this.#view = viewOf(larger);
    this.#limit = larger.length;
  }

  /** Adds the bytes of a source from `start` to `end`, which are read with that. */
  copy(source: Buffer, start: number, end: number): void {
    this.release(source, end);
    const count = end - start;
    this.reserve(count);
    const { bytes } = this;
    let at = this.length;
    this.length = at + count;
    if (source === bytes && start === at) return;
    if (count > SHORT_COPY) {
      source.copy(bytes, at, start, end);
      return;
    }
    let from = start;
    if (source === bytes) {
      // To the left, and so never over what is still to be read.
      const view = this.#view;
      for (const words = end - 3; from < words; from += 4, at += 4) view.setInt32(at, view.getInt32(from));
    }
    for (; from < end; from += 1) bytes[at++] = source[from] ?? 0;
  }

  /** Adds a text as UTF-8. */
  text(text: string): void {
    this.reserve(Buffer.byteLength(text));
    this.length += this.bytes.write(text, this.length);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
