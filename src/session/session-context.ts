import type { Catalogue } from '../catalogue/index.js';
import type { Analyser } from '../sql/index.js';
import type { AnalysisScope } from '../sql/analysis.js';
import type { PreparedStatement } from './prepared-statements.js';
import type { SessionState } from './session-state.js';
import type { StatementRecorder } from './statement-recorder.js';

/** What a session remembers between commands. */
export class SessionContext {
  /** Prepared statements that are open, by the server's id. */
  readonly prepared: Map<number, PreparedStatement> = new Map();
  /** What the server's schemas hold, as this account is judged by it; undefined where nobody reads it. */
  catalogue: Catalogue | undefined;
  readonly #analyser: Analyser;
  readonly #recorder: StatementRecorder;
  #state: SessionState | undefined;
  #scope: AnalysisScope | undefined;

  constructor(analyser: Analyser, recorder: StatementRecorder) {
    this.#analyser = analyser;
    this.#recorder = recorder;
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
    this.#scope = this.#analyser.scope(state.dialect, state.namespace, state.sqlMode);
    this.#recorder.stateChanged(state);
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

  /** The server has to be asked again. What is prepared stays. */
  askAgain(): void {
    this.#state = undefined;
    this.#scope = undefined;
  }

  /** Nothing is known any more: the connection was reset, or belongs to another user. */
  forget(): void {
    this.askAgain();
    this.prepared.clear();
  }
}
