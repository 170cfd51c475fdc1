import { AddressCounts } from './address-counts.js';
import type { Admissions } from './admissions.js';

/** Sees to it that nobody can try passwords for long, nor fill the journal with what fails. */
export class FailedLogins {
  /** Failures of an address within a minute, after which it is not let in for the rest of it. */
  most: number;
  readonly #admissions: Admissions;
  /** Each process has a journal of its own. */
  readonly #recorded = new AddressCounts();

  constructor(admissions: Admissions, most: number) {
    this.#admissions = admissions;
    this.most = most;
  }

  /** Whether it is not let in. */
  async isBlocked(address: string): Promise<boolean> {
    return (await this.#admissions.failures(address)) >= this.most;
  }

  failed(address: string): void {
    this.#admissions.failed(address);
  }

  /** Whether one more may be recorded. */
  mayRecord(address: string): boolean {
    return this.#recorded.add(address) <= this.most;
  }
}
