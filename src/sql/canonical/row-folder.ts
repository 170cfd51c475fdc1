const OUTSIDE = 0;
const IN_ROW = 1;
const BEHIND_ROW = 2;
const BEHIND_COMMA = 3;

/**
 * Folds equal rows: `VALUES (?, ?), (?, ?)` becomes `VALUES (?, ?)`. A row that differs from the first and from the one before,
 * say by a subquery or a function, stays: it must be seen by the analysis.
 */
export class RowFolder {
  #phase = OUTSIDE;
  #depth = 0;
  #rowStart = 0;
  #commaAt = 0;
  #firstStart = 0;
  #firstEnd = 0;
  #lastStart = 0;
  #lastEnd = 0;
  #elementStart = 0;

  /** Forgets all rows: a new text begins. */
  reset(): void {
    this.#phase = OUTSIDE;
  }

  /** Position behind the comma or parenthesis that began the element being written; -1 outside of rows. */
  elementStart(depth: number): number {
    return this.#phase === IN_ROW && depth === this.#depth ? this.#elementStart : -1;
  }

  /** Rows may begin: `VALUES (` or `IN ((` was written, its last parenthesis from `rowStart` and of depth `depth`. */
  begin(rowStart: number, position: number, depth: number): void {
    if (this.#phase === IN_ROW) return;
    this.#phase = IN_ROW;
    this.#depth = depth;
    this.#rowStart = rowStart;
    this.#elementStart = position;
    this.#firstEnd = 0;
    this.#lastStart = 0;
    this.#lastEnd = 0;
  }

  /** An opening parenthesis was written from `rowStart` to `position`. */
  open(rowStart: number, position: number, depth: number): void {
    if (this.#phase === OUTSIDE || this.#phase === IN_ROW) return;
    if (this.#phase !== BEHIND_COMMA || depth !== this.#depth) {
      this.#phase = OUTSIDE;
      return;
    }
    this.#phase = IN_ROW;
    this.#rowStart = rowStart;
    this.#elementStart = position;
  }

  /** A comma was written from `start` to `position`. */
  comma(start: number, position: number, depth: number): void {
    if (this.#phase === IN_ROW) {
      if (depth === this.#depth) this.#elementStart = position;
    } else if (this.#phase === BEHIND_ROW) {
      this.#phase = BEHIND_COMMA;
      this.#commaAt = start;
    } else {
      this.#phase = OUTSIDE;
    }
  }

  /** A closing parenthesis of depth `depth` was written up to `position`. Returns where to go on. */
  close(out: Uint8Array, position: number, depth: number): number {
    if (this.#phase !== IN_ROW) {
      this.#phase = OUTSIDE;
      return position;
    }
    if (depth !== this.#depth) return position;
    this.#phase = BEHIND_ROW;
    const start = this.#rowStart;
    if (this.#firstEnd === 0) {
      this.#firstStart = start;
      this.#firstEnd = position;
    } else if (
      isSame(out, start, position, this.#firstStart, this.#firstEnd) ||
      isSame(out, start, position, this.#lastStart, this.#lastEnd)
    ) {
      return this.#commaAt;
    }
    this.#lastStart = start;
    this.#lastEnd = position;
    return position;
  }

  /** Anything else was written. */
  other(): void {
    if (this.#phase !== IN_ROW) this.#phase = OUTSIDE;
  }
}

function isSame(bytes: Uint8Array, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let offset = 0; start + offset < end; offset += 1) {
    if (bytes[start + offset] !== bytes[otherStart + offset]) return false;
  }
  return true;
}
