import { messageOf } from '../message-of.js';
import { Listener, type ListenerChange, type ListenerParts, type ProxyAddress } from './listener.js';
import type { ListenerOptions } from './listener-options.js';

/** What becomes of the listeners that are there. */
interface Plan {
  /** In the order of the options. */
  readonly next: readonly Listener[];
  readonly changed: ReadonlyMap<Listener, ListenerChange>;
  readonly added: readonly Listener[];
  readonly removed: readonly Listener[];
}

/** All listeners of a proxy. */
export class Listeners {
  readonly #parts: ListenerParts;
  #all: readonly Listener[] = [];

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  get addresses(): readonly ProxyAddress[] {
    return this.#all.map(({ address }) => address);
  }

  /**
   * Opens, closes and changes listeners until they are as `wanted` has them. One whose address stays goes on listening, and sessions go on wherever
   * they have come in. All of it happens, or nothing.
   * @throws FailureError `OPTIONS_INVALID` where a certificate cannot be used; what listening fails with
   */
  async replace(wanted: readonly ListenerOptions[]): Promise<void> {
    const plan = await this.#plan(wanted);
    await this.#open(plan);
    for (const [listener, change] of plan.changed) listener.change(change);
    for (const listener of plan.removed) listener.close();
    this.#all = plan.next;
  }

  close(): void {
    for (const listener of this.#all) listener.close();
  }

  async #plan(wanted: readonly ListenerOptions[]): Promise<Plan> {
    const left = [...this.#all];
    const next: Listener[] = [];
    const changed = new Map<Listener, ListenerChange>();
    const added: Listener[] = [];
    try {
      for (const options of wanted) {
        const index = left.findIndex((listener) => placeOf(listener.options) === placeOf(options));
        const [known] = index < 0 ? [] : left.splice(index, 1);
        const listener = known ?? (await Listener.create(this.#parts, options));
        if (known === undefined) added.push(listener);
        else changed.set(known, await known.prepare(options));
        next.push(listener);
      }
    } catch (error) {
      discard({ changed, added });
      throw error;
    }
    return { next, changed, added, removed: left };
  }

  /** Where an address is in the way of one that is added, it is given up first, and taken again if nothing comes of it. */
  async #open(plan: Plan): Promise<void> {
    const inTheWay = plan.removed.filter(({ port }) =>
      plan.added.some(({ options }) => 'port' in options && options.port === port),
    );
    for (const listener of inTheWay) listener.stop();
    try {
      for (const listener of plan.added) await listener.listen();
    } catch (error) {
      discard(plan);
      for (const listener of inTheWay) await this.#takeAgain(listener);
      throw error;
    }
  }

  async #takeAgain(listener: Listener): Promise<void> {
    try {
      await listener.listen();
    } catch (error) {
      this.#parts.logger.error({ problem: messageOf(error) }, 'a listener could not be opened again');
    }
  }
}

function discard({ changed, added }: Pick<Plan, 'changed' | 'added'>): void {
  for (const [listener, change] of changed) listener.discard(change);
  for (const listener of added) listener.close();
}

/** What a listener is known by. */
function placeOf(options: ListenerOptions): string {
  return 'socketPath' in options ? options.socketPath : `${options.host ?? '127.0.0.1'} ${options.port}`;
}
