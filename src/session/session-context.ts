import type { Catalogue } from '../catalogue/index.js';
import { type Analyser, readLexicalMode } from '../sql/index.js';
import type { AnalysedStatement, Analysis, AnalysisScope, SessionChange } from '../sql/analysis.js';
import { ServerStatus } from '../wire/constants.js';
import type { PreparedStatement } from './prepared-statements.js';
import type { SessionState } from './session-state.js';
import { TemporaryTables } from './temporary-tables.js';
import { UserVariables, valueAt } from './user-variables.js';

const NONE: readonly never[] = [];
/** Statements of administration that are about the session. */
const TABLE_LOCKS: ReadonlySet<string> = new Set(['LOCK TABLES', 'UNLOCK TABLES']);

/** Is told what a session's state is. */
export interface StateListener {
  stateChanged(state: SessionState): void;
}

/** What a session remembers between commands. */
export class SessionContext {
  /** Prepared statements that are open, by the server's id. */
  readonly prepared: Map<number, PreparedStatement> = new Map();
  /** The id of the statement that was prepared last; undefined where there is none, or it could not be prepared. */
  lastPrepared: number | undefined;
  readonly temporaryTables: TemporaryTables = new TemporaryTables();
  readonly userVariables: UserVariables = new UserVariables();
  /** What the server's schemas hold, as this account is judged by it; undefined where nobody reads it. */
  catalogue: Catalogue | undefined;
  /** Something ran that is not understood, or not seen: nobody knows what it has left in the session. */
  ranUnknown = false;
  /** A transaction is open: what it has locked stays locked. */
  inTransaction = false;
  readonly #analyser: Analyser;
  readonly #listener: StateListener;
  #state: SessionState | undefined;
  #hasLiteralBackslashes = false;
  #scope: AnalysisScope | undefined;

  constructor(analyser: Analyser, listener: StateListener) {
    this.#analyser = analyser;
    this.#listener = listener;
  }

  /** What the server said of the session; undefined until it has been asked. */
  get state(): SessionState | undefined {
    return this.#state;
  }

  /** The rules by which the server reads the next text. */
  get scope(): AnalysisScope | undefined {
    return this.#scope;
  }

  /** The session's state from now on. */
  learn(state: SessionState): void {
    this.#state = state;
    this.#hasLiteralBackslashes = readLexicalMode(state.sqlMode).noBackslashEscapes;
    this.#scope = this.#analyser.scope(state.dialect, state.namespace, state.sqlMode);
    this.#listener.stateChanged(state);
  }

  /** The value of a variable, where it is known: user variables, and those that decide how texts are read. */
  readonly valueOf = (variable: string): string | undefined => {
    if (variable.startsWith('@')) return this.userVariables.get(variable);
    switch (variable) {
      case 'sql_mode':
        return this.#state?.sqlMode;
      case 'character_set_client':
        return this.#state?.characterSet;
      case 'character_set_results':
        return this.#state?.resultCharacterSet;
      default:
        return undefined;
    }
  };

  /** These statements are sent. */
  run(statements: readonly AnalysedStatement[]): void {
    for (const { analysis, inner } of statements) {
      this.ranUnknown ||= isUnknown(analysis) || inner?.some(({ statement }) => isUnknown(statement.analysis)) === true;
    }
  }

  /** A SET has succeeded. Where a setting came from a variable, the server is asked again: it knows better. */
  apply(sets: readonly SessionChange[]): void {
    const values = sets.map((_, index) => valueAt(sets, index, this.valueOf));
    for (const [index, { variable, from }] of sets.entries()) {
      const value = values[index];
      if (variable.startsWith('@')) this.userVariables.set(variable, value);
      else if (value !== undefined) {
        this.change(variable, value);
        if (from !== undefined) this.askAgain();
      }
    }
  }

  /** One variable has changed. */
  change(variable: string, value: string): void {
    if (this.#state === undefined) return;
    switch (variable) {
      case 'namespace':
        this.learn({ ...this.#state, namespace: value });
        break;
      case 'sql_mode':
        this.learn({ ...this.#state, sqlMode: value });
        break;
      case 'character_set_client':
        this.learn({ ...this.#state, characterSet: value });
        break;
      case 'character_set_results':
        this.learn({ ...this.#state, resultCharacterSet: value });
        break;
      default:
    }
  }

  /**
   * Takes over what the server says with every answer. Where it reads backslashes otherwise than is thought, something has changed unseen.
   * @param status bits of `ServerStatus`
   */
  heed(status: number): void {
    this.inTransaction = (status & ServerStatus.IN_TRANSACTION) !== 0;
    if (this.#state === undefined) return;
    const isLiteral = (status & ServerStatus.NO_BACKSLASH_ESCAPES) !== 0;
    if (isLiteral !== this.#hasLiteralBackslashes) this.askAgain();
  }

  /** The server has to be asked again. What is prepared stays. */
  askAgain(): void {
    this.#state = undefined;
    this.#scope = undefined;
  }

  /** Nothing is known any more: the connection was reset, or belongs to another user. */
  forget(): void {
    this.askAgain();
    this.inTransaction = false;
    this.prepared.clear();
    this.lastPrepared = undefined;
    this.temporaryTables.clear();
    this.userVariables.clear();
  }
}

/** Not understood, about more than the session, or calls routines whose inside nobody sees. */
function isUnknown({ kind, operation, unseen, routines = NONE }: Analysis): boolean {
  if (kind === 'administration') return !TABLE_LOCKS.has(operation);
  return kind === 'unknown' || (unseen ?? routines).length > 0;
}
