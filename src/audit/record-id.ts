import { randomBytes } from 'node:crypto';

import { writeAscii } from './ascii.js';

const IDS_PER_BLOCK = 1024;
const HEX_PER_ID = 16;
const COUNTER_LIMIT = 0x1000;
const HEX = Buffer.from('0123456789abcdef', 'latin1');
const VARIANTS = Buffer.from('89ab', 'latin1');

const BLOCK_BYTES = (IDS_PER_BLOCK * HEX_PER_ID) / 2;
const hexOf = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('hex'), 'latin1');

/**
 * Makes UUIDs of version 7 that only grow, also within one millisecond and when the clock steps back (RFC 9562, section 6.2,
 * method 1: `rand_a` is a counter that starts at random each millisecond).
 *
 * The random bits come from a block that is drawn ahead of need, so that the hot path is copying bytes only.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 */
export class RecordIds {
  /** ASCII hexadecimal digits. */
  #block = hexOf(randomBytes(BLOCK_BYTES));
  #spare: Buffer | undefined = hexOf(randomBytes(BLOCK_BYTES));
  #used = 0;
  #timeMs = 0;
  #counter = 0;
  readonly #id = Buffer.from('00000000-0000-7000-8000-000000000000', 'latin1');

  /**
   * The next id: 36 bytes of ASCII, which the next call writes over.
   * @param timeMs - milliseconds since the epoch; a time before the last one counts as the last one
   */
  next(timeMs: number): Buffer {
    if (this.#used === IDS_PER_BLOCK) this.#refresh();
    const block = this.#block;
    const id = this.#id;
    const at = this.#used++ * HEX_PER_ID;
    if (timeMs > this.#timeMs) this.#startMillisecond(timeMs, (digitOf(block, at) << 4) | digitOf(block, at + 1));
    else if (++this.#counter >= COUNTER_LIMIT) this.#startMillisecond(this.#timeMs + 1, 0);
    id[15] = HEX[this.#counter >> 8] ?? 0;
    id[16] = HEX[(this.#counter >> 4) & 15] ?? 0;
    id[17] = HEX[this.#counter & 15] ?? 0;
    id[19] = VARIANTS[digitOf(block, at) & 3] ?? 0;
    for (let index = 0; index < 3; index += 1) id[20 + index] = block[at + 1 + index] ?? 0;
    for (let index = 0; index < 12; index += 1) id[24 + index] = block[at + 4 + index] ?? 0;
    return id;
  }

  #startMillisecond(timeMs: number, counter: number): void {
    const hex = timeMs.toString(16).padStart(12, '0');
    this.#timeMs = timeMs;
    this.#counter = counter;
    writeAscii(this.#id, 0, hex.slice(0, 8));
    writeAscii(this.#id, 9, hex.slice(8, 12));
  }

  #refresh(): void {
    this.#block = this.#spare ?? hexOf(randomBytes(BLOCK_BYTES));
    this.#spare = undefined;
    this.#used = 0;
    randomBytes(BLOCK_BYTES, (error, bytes) => {
      if (error === null) this.#spare = hexOf(bytes);
    });
  }
}

/** The value of a hexadecimal digit. */
function digitOf(hex: Buffer, at: number): number {
  const code = hex[at] ?? 0;
  return (code & 0xf) + (code >> 6) * 9;
}
