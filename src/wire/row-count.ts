import { FailureError } from '../errors.js';

/** Bounds of a result set. */
export interface ResultLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Counts the rows of one result set, up to its limits. */
export class RowCount {
  rows = 0;
  bytes = 0;
  #limits: ResultLimits | undefined;

  /** A command begins. */
  expect(limits: ResultLimits | undefined): void {
    this.#limits = limits;
    this.restart();
  }

  /** A result set begins. */
  restart(): void {
    this.rows = 0;
    this.bytes = 0;
  }

  /** Whether there are limits. */
  get isLimited(): boolean {
    return this.#limits !== undefined;
  }

  /** Counts more bytes of a row of 16 MB or more. @throws FailureError `LIMIT_EXCEEDED` beyond the limit: half of the row is sent already */
  grow(bytes: number): void {
    this.bytes += bytes;
    if (this.#limits === undefined || this.bytes <= this.#limits.maxBytes) return;
    throw new FailureError('LIMIT_EXCEEDED', 'a row has more bytes than the limits of the answer allow');
  }

  /** Counts a row of so many bytes; names the limit that it would pass, and then does not count it. */
  add(bytes: number): 'rows' | 'bytes' | undefined {
    const limits = this.#limits;
    if (limits !== undefined) {
      if (this.rows >= limits.maxRows) return 'rows';
      if (this.bytes + bytes > limits.maxBytes) return 'bytes';
    }
    this.rows += 1;
    this.bytes += bytes;
    return undefined;
  }
}
