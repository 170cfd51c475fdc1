import { PacketBuffer } from './packet-buffer.js';

/** A chunk of the server's bytes in which packets are replaced on the way to the client. Nothing is moved where none is. */
export class RewrittenChunk {
  #output: PacketBuffer | undefined;
  #copiedTo = 0;

  /** Begins with a chunk, of which the bytes before `from` went to the client already. */
  begin(from: number): void {
    this.#output = undefined;
    this.#copiedTo = from;
  }

  /** Puts `replacement`, or nothing, in the place of a packet. */
  replace(bytes: Buffer, start: number, end: number, replacement?: Buffer): void {
    const output = this.#upTo(bytes, start);
    output.release(bytes, end);
    if (replacement !== undefined) output.copy(replacement, 0, replacement.length);
    this.#copiedTo = end;
  }

  /** Where a packet is written anew, in the place of the one from `start` to `end`, of which the first `read` bytes have been read. */
  anew(bytes: Buffer, start: number, end: number, read: number): PacketBuffer {
    const output = this.#upTo(bytes, start);
    output.release(bytes, start + read);
    this.#copiedTo = end;
    return output;
  }

  /** The bytes for the client; undefined where nothing was replaced. */
  end(bytes: Buffer): Buffer | undefined {
    const output = this.#output;
    if (output === undefined) return undefined;
    this.#output = undefined;
    output.copy(bytes, this.#copiedTo, bytes.length);
    return output.written;
  }

  #upTo(bytes: Buffer, start: number): PacketBuffer {
    this.#output ??= new PacketBuffer(bytes, this.#copiedTo);
    if (start > this.#copiedTo) this.#output.copy(bytes, this.#copiedTo, start);
    return this.#output;
  }
}
