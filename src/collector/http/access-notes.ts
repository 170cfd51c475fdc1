import type { RecordStore } from '../store/record-store.js';

const MINUTE_MS = 60_000;
const MAX_QUERY_CHARS = 2_000;
/** Questions that are remembered: then all counts are noted before their minute is over. */
const MAX_RECENT = 1_000;

interface Note {
  readonly viewer: string;
  readonly route: string;
  readonly query: string;
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
    const asked = parameters.toString().slice(0, MAX_QUERY_CHARS);
    // Who may not is noted, whatever it was that they may not see.
    const key = JSON.stringify([viewer, route, allowed ? parameters.toString() : '', allowed]);
    const before = this.#recent.get(key);
    if (before !== undefined) {
      before.again += 1;
      return;
    }
    if (this.#recent.size >= MAX_RECENT) await this.flush();
    await this.#write({ viewer, route, query: asked, again: 0 }, 1, allowed);
    this.#recent.set(key, { viewer, route, query: asked, again: 0 });
  }

  /** Notes what was counted. */
  async flush(): Promise<void> {
    const notes = [...this.#recent.entries()];
    this.#recent.clear();
    for (const [key, note] of notes) {
      const [, , , allowed] = JSON.parse(key) as [string, string, string, boolean];
      if (note.again > 0) await this.#write(note, note.again, allowed);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write({ viewer, route, query }: Note, times: number, allowed: boolean): Promise<void> {
    await this.#store.noteAccess({ time: new Date().toISOString(), viewer, route, query, times, allowed });
  }
}
