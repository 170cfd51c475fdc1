import { inflateSync } from 'node:zlib';

const HEADER = 7;
const MAX_PART = 0xff_ff_ff;

/**
 * The frames of CLIENT_COMPRESS around a byte stream. What is written is framed and left uncompressed, which the protocol allows.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression.html
 */
export class CompressedStream {
  #pending: Buffer = Buffer.alloc(0);
  #sequenceId = 0;

  /** Frames bytes for the server; a command begins with them if `startsCommand`. */
  wrap(bytes: Buffer, startsCommand: boolean): Buffer {
    if (startsCommand) this.#sequenceId = 0;
    const frames: Buffer[] = [];
    for (let offset = 0; offset < bytes.length; offset += MAX_PART) {
      const part = bytes.subarray(offset, offset + MAX_PART);
      const header = Buffer.alloc(HEADER);
      header.writeUIntLE(part.length, 0, 3);
      header.writeUInt8(this.#sequenceId++ & 0xff, 3);
      frames.push(header, part);
    }
    return Buffer.concat(frames);
  }

  /** The bytes inside of what the server sent, cut anywhere. */
  unwrap(bytes: Buffer): Buffer {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const parts: Buffer[] = [];
    while (this.#pending.length >= HEADER) {
      const end = HEADER + this.#pending.readUIntLE(0, 3);
      if (this.#pending.length < end) break;
      this.#sequenceId = this.#pending.readUInt8(3) + 1;
      const isCompressed = this.#pending.readUIntLE(4, 3) > 0;
      const body = this.#pending.subarray(HEADER, end);
      parts.push(isCompressed ? inflateSync(body) : body);
      this.#pending = this.#pending.subarray(end);
    }
    return Buffer.concat(parts);
  }
}
