import type { AnalysisScope, SqlDialect } from './analysis.js';
import type { ReadingRules } from './canonical/reading-rules.js';
import { GluedWords } from './canonical/glued-words.js';
import { gluedFunctions } from './grammar-functions.js';
import { versionedComments } from './lexer/versioned-comment.js';
import { readLexicalMode } from './sql-mode.js';

// An id is never used again, so an entry of the cache cannot outlive its scope under another's name.
let lastId = 0;

// MySQL reads $$..$$ as a quote (from 9.0) and warns of identifiers that begin with $ (from 8.0.32).
const DOLLAR_QUOTES_SINCE = 80_032;

const GLUED = { mariadb: new GluedWords(gluedFunctions.mariadb), mysql: new GluedWords(gluedFunctions.mysql) };

/** A scope with what follows from it for the lexer. */
export class KnownScope implements AnalysisScope {
  readonly dialect: SqlDialect;
  readonly namespace: string | undefined;
  readonly sqlMode: string;
  readonly rules: ReadingRules;

  constructor(dialect: SqlDialect, namespace: string | undefined, sqlMode: string) {
    this.dialect = Object.freeze({ ...dialect });
    this.namespace = namespace;
    this.sqlMode = sqlMode;
    lastId = (lastId + 1) >>> 0;
    this.rules = {
      id: lastId,
      mode: readLexicalMode(sqlMode),
      dollarQuotes: dialect.flavour === 'mysql' && dialect.version >= DOLLAR_QUOTES_SINCE,
      glued: GLUED[dialect.flavour],
      comments: versionedComments(dialect.flavour, dialect.version),
    };
  }
}

/** Gives the same object for the same values, and forgets the oldest beyond a bound. */
export class ScopeTable {
  readonly #limit: number;
  readonly #scopes = new Map<string, KnownScope>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The scope for these values. */
  intern(dialect: SqlDialect, namespace: string | undefined, sqlMode: string): KnownScope {
    const key = JSON.stringify([dialect.flavour, dialect.version, namespace ?? null, sqlMode]);
    let scope = this.#scopes.get(key);
    if (scope === undefined) {
      scope = new KnownScope(dialect, namespace, sqlMode);
      const oldest = this.#scopes.keys().next();
      if (this.#scopes.size >= this.#limit && oldest.done !== true) this.#scopes.delete(oldest.value);
      this.#scopes.set(key, scope);
    }
    return scope;
  }
}
