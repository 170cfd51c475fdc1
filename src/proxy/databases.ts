import { isDeepStrictEqual } from 'node:util';
import { FailureError } from '../errors.js';
import { Database } from './database.js';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamOptions } from './upstream-options.js';

type Upstreams = Readonly<Record<string, UpstreamOptions>>;

/** The databases behind the proxy, by name, as they are now. */
export class Databases implements Iterable<Database> {
  #byName: ReadonlyMap<string, Database> = new Map();
  #options: Upstreams = {};
  #names: ReadonlySet<string> = new Set();

  constructor(upstreams: Upstreams) {
    this.replace(upstreams);
  }

  /** All names, of databases that have been taken away as well: who still names one is not led to another. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** @throws UpstreamError where there is none of that name any more */
  require(name: string): Database {
    const database = this.#byName.get(name);
    if (database === undefined) throw new UpstreamError(`the database ${name} is not there any more`);
    return database;
  }

  /** The one of clients and listeners that name none. */
  get first(): Database {
    for (const database of this) return database;
    throw new FailureError('INTERNAL', 'a proxy without a database');
  }

  [Symbol.iterator](): Iterator<Database> {
    return this.#byName.values();
  }

  /** Ends the connections that wait for a session. */
  retire(): void {
    for (const database of this) database.retire();
  }

  /** Others from the next login on. What has not changed stays as it is; open sessions go on. */
  replace(upstreams: Upstreams): void {
    const before = this.#byName;
    this.#byName = new Map(
      Object.entries(upstreams).map(([name, options]) => {
        const known = before.get(name);
        const isSame = known !== undefined && isDeepStrictEqual(options, this.#options[name]);
        return [name, isSame ? known : new Database(name, options, known)];
      }),
    );
    const kept = new Set(this.#byName.values());
    for (const database of before.values()) if (!kept.has(database)) database.retire();
    this.#options = upstreams;
    this.#names = new Set([...this.#names, ...this.#byName.keys()]);
  }
}
