import type { Identity } from '../../identity/index.js';
import type { Admissions } from './admissions.js';

/** What one connection takes of what there may be. */
export class ConnectionPlace {
  readonly #admissions: Admissions;
  #isTaken = false;
  #agent: string | undefined;

  constructor(admissions: Admissions) {
    this.#admissions = admissions;
  }

  /** Takes it. @returns whether there was one */
  async take(most: number): Promise<boolean> {
    this.#isTaken = await this.#admissions.enter(most);
    return this.#isTaken;
  }

  /** Counts it to an agent as well. @returns how many that has beside: with `most` and more, it is not counted */
  async takeFor({ issuer, subject }: Identity, most: number): Promise<number> {
    const agent = JSON.stringify([issuer, subject]);
    const count = await this.#admissions.enterAgent(agent, most);
    if (count < most) this.#agent = agent;
    return count;
  }

  /** Gives back what was taken, once. */
  release(): void {
    if (this.#agent !== undefined) this.#admissions.leaveAgent(this.#agent);
    if (this.#isTaken) this.#admissions.leave();
    this.#agent = undefined;
    this.#isTaken = false;
  }
}
