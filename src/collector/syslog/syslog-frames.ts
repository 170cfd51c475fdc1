const SPACE = 0x20;
const DIGITS = /^[1-9]\d{0,8}$/;
const MAX_LENGTH_CHARS = 9;

/** Cuts a stream into messages, each after its length in octets (RFC 6587, section 3.4.1; RFC 5425, section 4.3). */
export class SyslogFrames {
  readonly #maxBytes: number;
  #rest: Buffer = Buffer.alloc(0);

  /** @param maxBytes - of one message */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of a message that is not whole. */
  get pending(): number {
    return this.#rest.length;
  }

  /**
   * Takes what came.
   * @param chunk - attacker-controlled
   * @returns the messages that are whole; they share memory with it
   * @throws RangeError where it is no frame, or a message is too long
   */
  take(chunk: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const space = bytes.subarray(0, MAX_LENGTH_CHARS + 1).indexOf(SPACE);
      if (space === -1) {
        if (bytes.length > MAX_LENGTH_CHARS)
          throw new RangeError('a message has no length before it: use octet counting');
        break;
      }
      const text = bytes.toString('latin1', 0, space);
      if (!DIGITS.test(text)) throw new RangeError('a message has no length before it: use octet counting');
      const length = Number(text);
      if (length > this.#maxBytes)
        throw new RangeError(`a message of ${length} bytes came; ${this.#maxBytes} are taken`);
      const end = space + 1 + length;
      if (bytes.length < end) break;
      messages.push(bytes.subarray(space + 1, end));
      bytes = bytes.subarray(end);
    }
    this.#rest = Buffer.from(bytes);
    return messages;
  }
}
