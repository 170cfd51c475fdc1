import { writeAscii, writeInteger } from './ascii.js';

const NORMAL_BYTES = 256 * 1024;
const MAX_UTF8_BYTES_PER_UNIT = 3;
/** `\u001f`: the longest that one byte becomes in JSON. */
const MAX_JSON_BYTES_PER_BYTE = 6;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const FIRST_NON_ASCII = 0x80;
/** The letter that stands behind a backslash for a control character. */
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0c, 0x66],
  [0x0d, 0x72],
]);

/**
 * Where the lines of a journal are put together, byte by byte: no string of a line's length is ever made. It grows for a long line, and
 * gives the memory back afterwards.
 */
export class LineBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(NORMAL_BYTES);
  /** Bytes in use. To take back what was added last, set it to what it was. */
  length = 0;

  /** Makes room for at least so many bytes more; what is added after must keep to it. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.bytes.length) this.#resize(needed * 2);
    else if (this.bytes.length > NORMAL_BYTES && needed <= NORMAL_BYTES) this.#resize(NORMAL_BYTES);
  }

  /** Most bytes that {@link text} may take for a string of this length. */
  static textBytes(length: number): number {
    return length * MAX_UTF8_BYTES_PER_UNIT;
  }

  /** Most bytes that {@link json} may take for so many bytes. */
  static jsonBytes(length: number): number {
    return length * MAX_JSON_BYTES_PER_BYTE;
  }

  /** Adds a short string of ASCII. */
  ascii(text: string): void {
    this.length = writeAscii(this.bytes, this.length, text);
  }

  /** Adds an integer from 0 to 2^53 - 1. */
  integer(value: number): void {
    this.length = writeInteger(this.bytes, this.length, value);
  }

  /** Adds a string as UTF-8. */
  text(text: string): void {
    this.length += this.bytes.write(text, this.length);
  }

  /** Adds bytes as they are. */
  copy(bytes: Buffer): void {
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Adds UTF-8 text as the inside of a JSON string. What is not UTF-8 becomes U+FFFD. */
  json(text: Buffer, start: number, end: number): void {
    const { bytes } = this;
    let at = this.length;
    for (let index = start; index < end; index += 1) {
      const byte = text[index] ?? 0;
      if (byte >= FIRST_PRINTABLE && byte < FIRST_NON_ASCII && byte !== QUOTE && byte !== BACKSLASH) {
        bytes[at++] = byte;
        continue;
      }
      const letter = byte === QUOTE || byte === BACKSLASH ? byte : SHORT_ESCAPES.get(byte);
      if (letter === undefined) {
        this.#jsonOfAny(text.toString('utf8', start, end));
        return;
      }
      bytes[at++] = BACKSLASH;
      bytes[at++] = letter;
    }
    this.length = at;
  }

  /** Takes out what stands between two positions. */
  cut(start: number, end: number): void {
    this.bytes.copyWithin(start, end, this.length);
    this.length -= end - start;
  }

  #jsonOfAny(text: string): void {
    this.text(JSON.stringify(text).slice(1, -1));
  }

  #resize(length: number): void {
    const bytes = Buffer.allocUnsafeSlow(length);
    this.bytes.copy(bytes, 0, 0, this.length);
    this.bytes = bytes;
  }
}
