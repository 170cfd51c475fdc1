import { FailureError } from '../errors.js';
import { messageOf } from '../message-of.js';

/** Node takes a longer time for none. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** A KILL that fell between two statements of a text has stopped nothing. */
const STOP_AGAIN_MS = 1_000;

/** What ends a statement needs of its session. */
export interface StoppableStatement {
  /** Has the server stop what runs. Rejects where that was not possible. */
  readonly stop: () => Promise<void>;
  /** Whether its answer has come to its end. */
  readonly isAnswered: () => boolean;
  /** The server was told. */
  readonly onStopped: () => void;
  /** It has run for as long as it may. */
  readonly onOverdue: () => void;
  readonly fail: (error: unknown) => void;
}

/** Ends statements that pass a limit, and keeps the time of those that may take no longer. */
export class StatementStop {
  readonly #statement: StoppableStatement;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  #closed = false;

  constructor(statement: StoppableStatement) {
    this.#statement = statement;
  }

  /** The server is being told to stop a statement. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** A statement was sent that may run for so many milliseconds; for as long as it likes where there are none. */
  startTimer(afterMs: number | undefined): void {
    if (afterMs === undefined || afterMs === Infinity) return;
    this.#timer = setTimeout(this.#statement.onOverdue, Math.min(afterMs, MAX_TIMER_MS)).unref();
  }

  /** A statement has come to its end. */
  endTimer(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    this.#closed = true;
    this.endTimer();
  }

  /**
   * Has the server stop what runs, again and again until it has. The next command waits until the server was told, and for the answer to a state
   * query: where the statement had ended by then, that takes the blow.
   */
  readonly stop: () => void = () => {
    if (this.#stopping || this.#closed) return;
    this.#stopping = true;
    const { stop, isAnswered, onStopped, fail } = this.#statement;
    stop()
      .then(() => {
        this.#stopping = false;
        if (!isAnswered()) this.#timer = setTimeout(this.stop, STOP_AGAIN_MS).unref();
        onStopped();
      })
      .catch((cause: unknown) => {
        fail(
          new FailureError(
            'LIMIT_EXCEEDED',
            `a statement passed a limit and could not be stopped: ${messageOf(cause)}`,
          ),
        );
      });
  };
}
