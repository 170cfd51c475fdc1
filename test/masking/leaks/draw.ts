import { Random } from '../../fuzz/random.js';

/** Draws that decide what a statement looks like. The smallest outcome is always the simplest, so that replayed draws can be made smaller. */
export class Draw {
  readonly #next: (limit: number) => number;

  /** @param next - gives a whole number from 0 up to, not including, a limit */
  constructor(next: (limit: number) => number) {
    this.#next = next;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return this.#next(limit);
  }

  /** True once in `times`. */
  rarely(times: number): boolean {
    return this.#next(times) === times - 1;
  }

  /** An element of a list that is not empty. */
  pick<Item>(list: readonly Item[]): Item {
    const item = list[this.#next(list.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

/** The draws of a statement of a seed, kept in `drawn`. */
export function drawOf(seed: number, index: number, drawn: number[] = []): Draw {
  const random = new Random(seed, index);
  return new Draw((limit) => {
    const value = random.below(limit);
    drawn.push(value);
    return value;
  });
}

/** Draws that were kept, and zeros behind them. */
export function replay(drawn: readonly number[]): Draw {
  let at = 0;
  return new Draw((limit) => (drawn[at++] ?? 0) % limit);
}
