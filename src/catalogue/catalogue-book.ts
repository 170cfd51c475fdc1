import { LRUCache } from 'lru-cache';

import type { Analyser } from '../sql/index.js';
import { Catalogue, type CatalogueOptions } from './catalogue.js';
import type { AskServer, DatabaseAccount } from './catalogue-source.js';

/** Most catalogues that are kept: one for each account on each server. */
const MAX_CATALOGUES = 1_000;

/** The catalogues of all servers that one governor stands before. */
export class CatalogueBook {
  readonly #analyser: Analyser;
  readonly #options: CatalogueOptions;
  readonly #account: DatabaseAccount | undefined;
  readonly #catalogues = new LRUCache<string, Catalogue>({ max: MAX_CATALOGUES });

  /** @param account reads them, in the place of each connection's own */
  constructor(analyser: Analyser, options: CatalogueOptions, account?: DatabaseAccount) {
    this.#analyser = analyser;
    this.#options = options;
    this.#account = account;
  }

  /**
   * The catalogue that an account on a server is judged by.
   * @param ask how it is read from now on: an account may have got another password since
   */
  open(server: string, user: string, ask: AskServer): Catalogue {
    const key = JSON.stringify([server, user]);
    let catalogue = this.#catalogues.get(key);
    const account = this.#account;
    const source = {
      ask: (queries: readonly string[]) => ask(queries, account),
      user: account === undefined ? user : undefined,
    };
    if (catalogue === undefined) {
      catalogue = new Catalogue(this.#analyser, source, this.#options);
      this.#catalogues.set(key, catalogue);
    } else catalogue.readBy(source);
    return catalogue;
  }

  /** A schema changes, of whichever server. */
  invalidate(): void {
    for (const catalogue of this.#catalogues.values()) catalogue.invalidate();
  }
}
