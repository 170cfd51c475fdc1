import type { StatementOutcome } from '../audit/index.js';
import { FailureError, mysqlErrorOf } from '../errors.js';
import type { HeldLimits } from '../guardrails/limits.js';
import type { CaptureBounds } from '../guardrails/record-demand.js';
import { withoutValues } from '../masking/side-channels.js';
import type { MaskPolicy } from '../masking/mask-policy.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import type { ColumnDefinition } from '../wire/column-definition.js';
import { Command } from '../wire/constants.js';
import type { ErrPacket } from '../wire/err-packet.js';
import type { OkPacket } from '../wire/ok-packet.js';
import type { ResultLimits } from '../wire/row-count.js';
import type { RowTap } from '../wire/row-tap.js';
import { monotonicMicros } from './clock.js';
import type { PreparedStatement, PreparedText } from './prepared-statements.js';
import { ResultCapture } from './result-capture.js';

/** Writes the outcome of the statement whose intent has this ticket. */
export interface OutcomeWriter {
  outcome(ticket: number, outcome: StatementOutcome): void;
}

/** What a statement can have too much of. */
export type LimitName = 'rows' | 'bytes' | 'duration';

const NO_COLUMNS: readonly string[] = [];
const NOTHING_CAPTURED: readonly never[] = [];
const SURPLUS = 'the server answered with more results than there were statements: it has read the text otherwise';

/** What a command is, for the one who watches its answer. */
export interface CommandFacts {
  /** The command byte. */
  readonly command: number;
  readonly statements: readonly AnalysedStatement[];
  /** One for each statement; one for a command without statements that is recorded; none where it is not. */
  readonly tickets: readonly number[];
  /** What is prepared. */
  readonly prepares?: PreparedText | undefined;
  /** The schema of an INIT_DB. */
  readonly schema?: string | undefined;
  /** The statement that is executed or fetched from. */
  readonly prepared?: PreparedStatement | undefined;
  /** Bounds of each of its results. */
  readonly limits?: HeldLimits | undefined;
  /** Masks of whoever runs it; undefined where no result comes back. */
  readonly masks?: MaskPolicy | undefined;
  /** The texts of the server's errors are withheld from its records where they may hold values. */
  readonly hidesErrors?: boolean;
  /** How much of each statement's result is recorded; empty where nothing is. */
  readonly captures?: readonly (CaptureBounds | undefined)[];
}

/**
 * The command that the server is working on, and which of its statements the next result belongs to: every statement gives one
 * result, only CALL gives result sets of its own before the OK that ends it.
 */
export class RunningCommand {
  readonly command: number;
  readonly statements: readonly AnalysedStatement[];
  readonly prepares: PreparedText | undefined;
  readonly schema: string | undefined;
  readonly prepared: PreparedStatement | undefined;
  readonly limits: HeldLimits | undefined;
  readonly masks: MaskPolicy | undefined;
  readonly #tickets: readonly number[];
  readonly #writer: OutcomeWriter;
  readonly #hidesErrors: boolean;
  readonly #captures: readonly (CaptureBounds | undefined)[];
  /** Keeps the result of the statement at hand. */
  #capture: ResultCapture | undefined;
  #index = 0;
  #startedAt = 0;
  #rows = 0;
  #hasRows = false;
  #bytes = 0;
  #affected: number | bigint | undefined;
  /** The result of the last statement is there. */
  #hasLastResult = false;
  #error: ErrPacket | undefined;
  #masked: readonly string[] = NO_COLUMNS;
  /** The limit that was passed, and what the client is told in the place of the server's own error. */
  #limited: { readonly limit: LimitName; readonly error: ErrPacket | undefined } | undefined;

  constructor(facts: CommandFacts, writer: OutcomeWriter) {
    this.command = facts.command;
    this.statements = facts.statements;
    this.prepares = facts.prepares;
    this.schema = facts.schema;
    this.prepared = facts.prepared;
    this.limits = facts.limits;
    this.masks = facts.masks;
    this.#tickets = facts.tickets;
    this.#writer = writer;
    this.#hidesErrors = facts.hidesErrors === true;
    this.#captures = facts.captures ?? NOTHING_CAPTURED;
  }

  /** The command goes out now. */
  sent(): void {
    this.#startedAt = monotonicMicros();
  }

  /** The statement whose result is coming. */
  get current(): AnalysedStatement | undefined {
    return this.statements[this.#index];
  }

  /** The server has refused the command, or broken off its result. */
  get failed(): boolean {
    return this.#error !== undefined;
  }

  /** What a result may have: the fetches of a cursor are one. */
  get resultLimits(): ResultLimits | undefined {
    const { limits, prepared } = this;
    if (limits === undefined || prepared === undefined || this.command !== Command.STMT_FETCH) return limits;
    const { fetchedRows, fetchedBytes } = prepared;
    return { maxRows: limits.maxRows - fetchedRows, maxBytes: limits.maxBytes - fetchedBytes };
  }

  /** The columns that the masks of the result at hand cover. */
  masked(columns: readonly string[]): void {
    this.#masked = [...new Set([...this.#masked, ...columns])];
  }

  /** A result set begins. @returns what is to see its rows; undefined where they are not recorded */
  captureOf(columns: readonly ColumnDefinition[], binary: boolean): RowTap | undefined {
    const bounds = this.#captures[this.#index];
    if (bounds === undefined) return undefined;
    this.#capture ??= new ResultCapture(bounds);
    this.#capture.begin(columns, binary);
    return this.#capture;
  }

  onRows(rows: number, bytes: number): void {
    this.#hasRows = true;
    this.#rows += rows;
    this.#bytes += bytes;
    if (this.command === Command.STMT_FETCH) this.prepared?.fetched(rows, bytes);
    if (this.current?.analysis.kind !== 'call') this.#endResult();
  }

  onOk(ok: OkPacket): void {
    this.#affected = ok.affectedRows;
    this.#endResult();
  }

  /** @returns what the client is told */
  onError(error: ErrPacket): ErrPacket {
    const limited = this.#limited;
    // The server's error says no more than that it was stopped.
    const told = limited === undefined ? error : limited.error;
    // A result that was cut may have failed for another reason: the client does not hear of it any more, the record does.
    this.#error = told ?? (error.errno === mysqlErrorOf('LIMIT_EXCEEDED').errno ? undefined : error);
    return told ?? error;
  }

  /**
   * A limit is passed: the server is being told to stop.
   * @returns the error that the client gets; undefined where the result is to end as if there were no more
   */
  onLimit(limit: LimitName): ErrPacket | undefined {
    const { limits } = this;
    if (limits === undefined || this.#limited !== undefined) return this.#limited?.error;
    const error = limit !== 'duration' && limits.truncates ? undefined : limitError(limit, limits);
    this.#limited = { limit, error };
    // A statement that ends before the server has heard of it has kept its time.
    if (limit !== 'duration') this.#error = error;
    return error;
  }

  /** Nothing more is to come: the last statement that ran has ended, and those after a failure did not run. */
  complete(): void {
    if (this.#index < this.#tickets.length) this.#end(this.#error === undefined ? 'ok' : 'error');
    for (; this.#index < this.#tickets.length; this.#index += 1) {
      this.#outcome({
        status: 'aborted',
        durationMicros: 0,
        errorMessage: 'an earlier statement of the same text failed',
      });
    }
  }

  /** The connection is gone: whether the statement ran is not known. */
  lost(reason: string): void {
    for (; this.#index < this.#tickets.length; this.#index += 1) {
      this.#outcome({ status: 'unknown', durationMicros: this.#elapsed(), errorMessage: reason });
    }
  }

  /** The connection is gone before the command was sent. */
  notSent(reason: string): void {
    for (; this.#index < this.#tickets.length; this.#index += 1) {
      this.#outcome({ status: 'aborted', durationMicros: 0, errorMessage: reason });
    }
  }

  /** The last statement ends with the command, which can still fail. */
  #endResult(): void {
    if (this.#index < this.#tickets.length - 1) this.#end(this.#error === undefined ? 'ok' : 'error');
    else if (this.#hasLastResult) throw new FailureError('PROTOCOL_VIOLATION', SURPLUS);
    else this.#hasLastResult = true;
  }

  #elapsed(): number {
    return Math.round(monotonicMicros() - this.#startedAt);
  }

  #end(status: 'ok' | 'error'): void {
    const error = this.#hidesErrors ? this.#error && withoutValues(this.#error) : this.#error;
    this.#outcome({
      status,
      durationMicros: this.#elapsed(),
      rows: this.#hasRows ? this.#rows : undefined,
      bytes: this.#hasRows ? this.#bytes : undefined,
      affected: this.#affected === undefined ? undefined : asJson(this.#affected),
      errorCode: error?.errno,
      errorSqlState: error?.sqlState,
      errorMessage: error?.message,
      masked: this.#masked,
      result: this.#capture?.end(),
      limited: this.#limited && { rule: this.limits?.rule ?? '', limit: this.#limited.limit },
    });
    this.#index += 1;
    this.#capture = undefined;
    if (this.#index === this.#tickets.length) return;
    this.#startedAt = monotonicMicros();
    this.#rows = 0;
    this.#bytes = 0;
    this.#hasRows = false;
    this.#affected = undefined;
    this.#masked = NO_COLUMNS;
    this.#limited = undefined;
    this.#error = undefined;
  }

  #outcome(outcome: StatementOutcome): void {
    const ticket = this.#tickets[this.#index];
    if (ticket !== undefined) this.#writer.outcome(ticket, outcome);
  }
}

function limitError(limit: LimitName, { rule, maxRows, maxBytes, maxDurationMs }: HeldLimits): ErrPacket {
  const what = {
    rows: `its answer has more than ${maxRows} rows`,
    bytes: `the rows of its answer have more than ${maxBytes} bytes`,
    duration: `it ran for more than ${maxDurationMs} ms`,
  };
  const message = `Countersign stopped this statement (rule ${rule}): ${what[limit]}`;
  return { ...mysqlErrorOf('LIMIT_EXCEEDED'), message };
}

function asJson(count: number | bigint): number | string {
  return typeof count === 'bigint' ? count.toString() : count;
}
