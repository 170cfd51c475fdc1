import { AddressCounts } from './address-counts.js';
import type { Admissions } from './admissions.js';

/** Keeps the counts in the memory of this process. */
export class AdmissionBook implements Admissions {
  #connections = 0;
  readonly #ofAgents = new Map<string, number>();
  readonly #failures = new AddressCounts();

  enter(most: number): boolean {
    if (this.#connections >= most) return false;
    this.#connections += 1;
    return true;
  }

  leave(): void {
    this.#connections -= 1;
  }

  enterAgent(agent: string, most: number): number {
    const count = this.#ofAgents.get(agent) ?? 0;
    if (count < most) this.#ofAgents.set(agent, count + 1);
    return count;
  }

  leaveAgent(agent: string): void {
    const left = (this.#ofAgents.get(agent) ?? 1) - 1;
    if (left === 0) this.#ofAgents.delete(agent);
    else this.#ofAgents.set(agent, left);
  }

  failures(address: string): number {
    return this.#failures.of(address);
  }

  failed(address: string): void {
    this.#failures.add(address);
  }
}
