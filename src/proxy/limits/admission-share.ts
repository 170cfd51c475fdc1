import type { AdmissionBook } from './admission-book.js';
import type { Admissions } from './admissions.js';

/** What one of several processes has of the counts in a book: it goes back when the process ends, however that is. */
export class AdmissionShare implements Admissions {
  readonly #book: AdmissionBook;
  #connections = 0;
  /** As often as it has connections: agents. */
  readonly #agents = new Map<string, number>();

  constructor(book: AdmissionBook) {
    this.#book = book;
  }

  enter(most: number): boolean {
    const isTaken = this.#book.enter(most);
    if (isTaken) this.#connections += 1;
    return isTaken;
  }

  leave(): void {
    this.#connections -= 1;
    this.#book.leave();
  }

  enterAgent(agent: string, most: number): number {
    const count = this.#book.enterAgent(agent, most);
    if (count < most) this.#agents.set(agent, (this.#agents.get(agent) ?? 0) + 1);
    return count;
  }

  leaveAgent(agent: string): void {
    const left = (this.#agents.get(agent) ?? 1) - 1;
    if (left === 0) this.#agents.delete(agent);
    else this.#agents.set(agent, left);
    this.#book.leaveAgent(agent);
  }

  failures(address: string): number {
    return this.#book.failures(address);
  }

  failed(address: string): void {
    this.#book.failed(address);
  }

  /** Gives all of it back. */
  end(): void {
    while (this.#connections > 0) this.leave();
    for (const [agent, count] of [...this.#agents]) {
      for (let left = count; left > 0; left -= 1) this.leaveAgent(agent);
    }
  }
}
