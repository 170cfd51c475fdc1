import type { RecordStore } from '../store/record-store.js';

const MINUTE_MS = 60_000;
const MAX_QUERY_CHARS = 2_000;
/** Questions that are remembered: then all counts are noted before their minute is over. */
const MAX_RECENT = 1_000;

interface Note {
  readonly viewer: string;
  readonly route: string;
  readonly query: string;
  readonly allowed: boolean;
  /** How often again since it was noted. */
  again: number;
}

/**
 * Notes each look at the records before it is answered. The same question within a minute, as of who follows what comes, or reads page by page, is
 * counted, and the count is noted when the minute is over.
 */
export class AccessNotes {
  readonly #store: RecordStore;
  readonly #recent = new Map<string, Note>();
  readonly #timer: NodeJS.Timeout;

  constructor(store: RecordStore) {
    this.#store = store;
    this.#timer = setInterval(() => void this.flush().catch(() => undefined), MINUTE_MS);
    this.#timer.unref();
  }

  /** @param query - of the URL; its cursor is left out */
  async note(viewer: string, route: string, query: string, allowed: boolean): Promise<void> {
    const parameters = new URLSearchParams(query);
    parameters.delete('after');
    parameters.sort();
    const asked = parameters.toString();
    // Who may not is noted, whatever it was that they may not see.
    const key = JSON.stringify([viewer, route, allowed ? asked : '', allowed]);
    const before = this.#recent.get(key);
    if (before !== undefined) {
      before.again += 1;
      return;
    }
    if (this.#recent.size >= MAX_RECENT) await this.flush();
    const note = { viewer, route, query: asked.slice(0, MAX_QUERY_CHARS), allowed, again: 0 };
    await this.#write(note, 1);
    if (!this.#recent.has(key)) this.#recent.set(key, note);
  }

  /** Notes what was counted; what cannot be noted now is counted on. */
  async flush(): Promise<void> {
    for (const [key, note] of [...this.#recent]) {
      const times = note.again;
      if (times > 0) await this.#write(note, times);
      note.again -= times;
      if (note.again === 0) this.#recent.delete(key);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write({ viewer, route, query, allowed }: Note, times: number): Promise<void> {
    await this.#store.noteAccess({ time: new Date().toISOString(), viewer, route, query, times, allowed });
  }
}
