import { randomBytes } from 'node:crypto';

const IDS_PER_BLOCK = 1024;
const HEX_PER_ID = 16;
const COUNTER_LIMIT = 0x1000;
const VARIANT = ['8', '9', 'a', 'b'] as const;
const COUNTERS: readonly string[] = Array.from({ length: COUNTER_LIMIT }, (_, n) => n.toString(16).padStart(3, '0'));

const newBlock = (): string => randomBytes((IDS_PER_BLOCK * HEX_PER_ID) / 2).toString('hex');

/**
 * Makes UUIDs of version 7 that only grow, also within one millisecond and when the clock steps back (RFC 9562, section 6.2,
 * method 1: `rand_a` is a counter that starts at random each millisecond).
 *
 * The random bits come from a block that is drawn ahead of need, so that the hot path is string slicing only.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 */
export class RecordIds {
  #block = newBlock();
  #spare: string | undefined = newBlock();
  #used = 0;
  #timeMs = 0;
  #prefix = '';
  #counter = 0;

  /**
   * The next id.
   * @param timeMs - milliseconds since the epoch; a time before the last one counts as the last one
   */
  next(timeMs: number): string {
    if (this.#used === IDS_PER_BLOCK) this.#refresh();
    const at = this.#used++ * HEX_PER_ID;
    const block = this.#block;
    if (timeMs > this.#timeMs) this.#startMillisecond(timeMs, Number.parseInt(block.slice(at, at + 2), 16));
    else if (++this.#counter >= COUNTER_LIMIT) this.#startMillisecond(this.#timeMs + 1, 0);
    const variant = VARIANT[block.charCodeAt(at + 3) & 3] ?? '8';
    return `${this.#prefix}${COUNTERS[this.#counter] ?? '000'}-${variant}${block.slice(at + 1, at + 4)}-${block.slice(at + 4, at + 16)}`;
  }

  #startMillisecond(timeMs: number, counter: number): void {
    const hex = timeMs.toString(16).padStart(12, '0');
    this.#timeMs = timeMs;
    this.#counter = counter;
    this.#prefix = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7`;
  }

  #refresh(): void {
    this.#block = this.#spare ?? newBlock();
    this.#spare = undefined;
    this.#used = 0;
    randomBytes((IDS_PER_BLOCK * HEX_PER_ID) / 2, (error, bytes) => {
      if (error === null) this.#spare = bytes.toString('hex');
    });
  }
}
