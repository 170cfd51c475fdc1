/** Lets one waiter sleep until a time has passed or somebody rings. Its timer does not keep the process alive. */
export class Alarm {
  #wake: (() => void) | undefined;

  /** Wakes the sleeper, if there is one. */
  ring(): void {
    this.#wake?.();
  }

  /** Sleeps until {@link ring}, or until `ms` milliseconds have passed where given. */
  sleep(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.ring(), ms).unref();
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
