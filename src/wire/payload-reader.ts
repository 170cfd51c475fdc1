import { FailureError } from '../errors.js';

/**
 * Reads the protocol's basic types from one packet. Every length is attacker-controlled and is checked against what is there
 * before it is believed; what does not fit throws `PROTOCOL_VIOLATION`.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_data_types.html
 */
export class PayloadReader {
  /** Where the next byte is read, absolute in the buffer. */
  offset: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    if (start > end || end > bytes.length) throw tooShort('a packet');
    this.#bytes = bytes;
    this.offset = start;
    this.#end = end;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.#end - this.offset;
  }

  /** Steps over `count` bytes and returns where they begin. */
  skip(count: number): number {
    if (count < 0 || count > this.remaining) throw tooShort(`${count} bytes`);
    const at = this.offset;
    this.offset += count;
    return at;
  }

  /** The next `count` bytes as a view of the packet. */
  bytes(count: number): Buffer {
    const at = this.skip(count);
    return this.#bytes.subarray(at, at + count);
  }

  int1(): number {
    return this.#bytes.readUInt8(this.skip(1));
  }

  int2(): number {
    return this.#bytes.readUInt16LE(this.skip(2));
  }

  int4(): number {
    return this.#bytes.readUInt32LE(this.skip(4));
  }

  int8(): bigint {
    return this.#bytes.readBigUInt64LE(this.skip(8));
  }

  floatLE(): number {
    return this.#bytes.readFloatLE(this.skip(4));
  }

  doubleLE(): number {
    return this.#bytes.readDoubleLE(this.skip(8));
  }

  /** A length-encoded integer; above 2^53 it is not a length that anyone can have, and is refused. */
  lengthEncodedInt(): number {
    const first = this.int1();
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.int2();
    if (first === 0xfd) return this.#bytes.readUIntLE(this.skip(3), 3);
    if (first !== 0xfe) throw new FailureError('PROTOCOL_VIOLATION', `0x${first.toString(16)} does not begin a length`);
    const value = this.int8();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw tooShort(`${value} bytes`);
    return Number(value);
  }

  /** A length-encoded integer that is a count and may take all 64 bits, such as affected rows. */
  lengthEncodedCount(): number | bigint {
    if (this.remaining > 0 && this.#bytes[this.offset] === 0xfe) {
      this.offset += 1;
      const value = this.int8();
      return value > BigInt(Number.MAX_SAFE_INTEGER) ? value : Number(value);
    }
    return this.lengthEncodedInt();
  }

  /** A length-encoded string as a view of the packet. */
  lengthEncodedBytes(): Buffer {
    return this.bytes(this.lengthEncodedInt());
  }

  /** A length-encoded string, decoded as UTF-8. */
  lengthEncodedText(): string {
    return this.lengthEncodedBytes().toString('utf8');
  }

  /** Everything that is left, as a view of the packet. */
  rest(): Buffer {
    const at = this.skip(this.remaining);
    return this.#bytes.subarray(at, this.#end);
  }

  /** A NUL-terminated string; to the end of the packet where the NUL is missing. */
  nullTerminatedText(): string {
    const nul = this.#bytes.indexOf(0, this.offset);
    const end = nul === -1 || nul >= this.#end ? this.#end : nul;
    const text = this.#bytes.toString('utf8', this.offset, end);
    this.offset = Math.min(end + 1, this.#end);
    return text;
  }
}

function tooShort(what: string): FailureError {
  return new FailureError('PROTOCOL_VIOLATION', `a packet ends before ${what} that it announces`);
}
