import { DenialError } from '../errors.js';

/** Most that the analysis of one text may cost, in reads of a character by the first parser: about 50 ns each. */
const MAX_WORK = 2_000_000;

/**
 * What the analysis of one text may still cost: once it is spent, the queries that are left are unknown. Counted and not timed, so that a
 * text is judged alike on a slow machine and on a fast one.
 */
export class WorkBudget {
  readonly #limit: number;
  #left: number;

  /** @param limit in reads of a character by the first parser */
  constructor(limit: number = MAX_WORK) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** What was asked for so far. */
  get spent(): number {
    return this.#limit - this.#left;
  }

  /**
   * Does a part of the work, which may cost no more than its own limit.
   * @throws DenialError `STATEMENT_UNKNOWN` where it costs more, and what `work` throws
   */
  within<T>(limit: number, work: (part: WorkBudget) => T): T {
    const part = new WorkBudget(Math.min(limit, this.#left));
    try {
      return work(part);
    } finally {
      this.spend(part.spent);
    }
  }

  /**
   * Takes from what is left.
   * @throws DenialError `STATEMENT_UNKNOWN` where it is not enough
   */
  spend(reads: number): void {
    this.#left -= reads;
    if (this.#left < 0) throw new DenialError('STATEMENT_UNKNOWN', 'it takes too long to be analysed');
  }
}
