import { type Caller, currentCaller, type Governor } from '../../src/session/index.js';

/** A governor, or one that is still being made: what is governed by it waits with its first statement. */
export type GovernorSource = Governor | Promise<Governor>;

const known = new WeakMap<GovernorSource, AwaitedGovernor>();

/** A governor that may not be there yet: one for each source, however often it is asked for. */
export class AwaitedGovernor {
  /** Rejects where it could not be made. */
  readonly whenReady: Promise<Governor>;
  #current: Governor | undefined;

  private constructor(source: GovernorSource) {
    this.whenReady = Promise.resolve(source);
    if (!('then' in source)) this.#current = source;
    else {
      source.then(
        (governor) => {
          this.#current = governor;
          if (!known.has(governor)) known.set(governor, this);
        },
        // Told to each connection.
        () => undefined,
      );
    }
  }

  static of(source: GovernorSource): AwaitedGovernor {
    let awaited = known.get(source);
    if (awaited === undefined) {
      awaited = new AwaitedGovernor(source);
      known.set(source, awaited);
    }
    return awaited;
  }

  /** Undefined while it is being made, and where that has failed. */
  get current(): Governor | undefined {
    return this.#current;
  }

  /** Who calls now. */
  caller(): Caller {
    return this.#current?.caller() ?? currentCaller();
  }
}
