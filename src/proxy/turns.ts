import { FailureError } from '../errors.js';

/** Has tasks wait for each other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  /** Runs a task when those before have ended. @throws FailureError `GOVERNOR_CLOSED` where no more are taken; what the task throws */
  take(task: () => Promise<void>): Promise<void> {
    if (this.#ended) return Promise.reject(new FailureError('GOVERNOR_CLOSED', 'this proxy is closed: create another'));
    const done = this.#last.then(task);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Takes no more, and waits for what was taken. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#last;
  }
}
