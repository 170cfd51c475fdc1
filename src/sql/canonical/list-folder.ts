const OUTSIDE = 0;
const AT_FIRST = 1;
const AT_COMMA = 2;
const AT_NEXT = 3;

/**
 * Folds the literals of one flat list: `IN (?, ?, ?)` becomes `IN (?)`. It is told each token as it is written, and says where the
 * writing should go on from. A list that holds anything but literals stays as it is.
 */
export class ListFolder {
  #phase = OUTSIDE;
  #mark = 0;

  /** `IN (` was written. */
  open(): void {
    this.#phase = AT_FIRST;
  }

  /** Forgets the list: a new text begins. */
  reset(): void {
    this.#phase = OUTSIDE;
  }

  /** A literal was written up to `position`. Returns where to go on. */
  literal(position: number): number {
    if (this.#phase === AT_FIRST) {
      this.#phase = AT_COMMA;
      this.#mark = position;
      return position;
    }
    if (this.#phase === AT_NEXT) {
      this.#phase = AT_COMMA;
      return this.#mark;
    }
    this.#phase = OUTSIDE;
    return position;
  }

  /** A comma was written. */
  comma(): void {
    this.#phase = this.#phase === AT_COMMA ? AT_NEXT : OUTSIDE;
  }

  /** A sign was written: it may belong to a literal of the list. */
  sign(): void {
    if (this.#phase !== AT_FIRST && this.#phase !== AT_NEXT) this.#phase = OUTSIDE;
  }

  /** Anything else was written. */
  other(): void {
    this.#phase = OUTSIDE;
  }
}
