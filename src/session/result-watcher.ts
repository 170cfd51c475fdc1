import type { CatalogueBook } from '../catalogue/index.js';
import { mysqlErrorOf } from '../errors.js';
import { messageOf } from '../message-of.js';
import type { ResultMask } from '../masking/mask-policy.js';
import { withoutValues } from '../masking/side-channels.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import type { ColumnDefinition } from '../wire/column-definition.js';
import { Command } from '../wire/constants.js';
import type { ErrPacket } from '../wire/err-packet.js';
import type { OkPacket } from '../wire/ok-packet.js';
import type { ResponseObserver, RowDecision } from '../wire/response-observer.js';
import { createBinaryRowRewriter, createTextRowRewriter, type RowRewriter } from '../wire/row-rewriter.js';
import { tapRows } from '../wire/row-tap.js';
import { PreparedStatement } from './prepared-statements.js';
import type { RunningCommand } from './running-command.js';
import type { SessionContext } from './session-context.js';
import type { SessionPolicy } from './session-options.js';

/** What a rule let run though it is not understood, or that runs what is not seen: it may have set what decides how the next text is read. */
function mayChangeAnything({ analysis: { kind, routines, unseen = routines } }: AnalysedStatement): boolean {
  return kind === 'unknown' || kind === 'call' || (unseen !== undefined && unseen.length > 0);
}

function setsSomething({ analysis: { sets } }: AnalysedStatement): boolean {
  return sets !== undefined;
}

/** What changes a schema, or may. */
function mayDefine({ analysis: { kind, temporary }, inner }: AnalysedStatement): boolean {
  if (kind === 'unknown' || (kind === 'ddl' && temporary !== true)) return true;
  return inner !== undefined && inner.some(({ statement }) => mayDefine(statement));
}

function rewriterOf(
  columns: readonly ColumnDefinition[],
  binary: boolean,
  result: ResultMask,
  running: RunningCommand,
): RowRewriter {
  running.masked(result.columns);
  const create = binary ? createBinaryRowRewriter : createTextRowRewriter;
  const rewrite = create(columns, result.mask);
  if (running.prepared !== undefined) {
    running.prepared.fetchRewriter = rewrite;
    running.prepared.fetchMasked = result.columns;
  }
  return rewrite;
}

/** Watches the answer to the command that runs: chooses the masks, writes the outcomes, follows the session's state. */
export class ResultWatcher implements ResponseObserver {
  readonly #catalogues: CatalogueBook | undefined;
  readonly #context: SessionContext;
  readonly #maxPreparedStatements: number;
  readonly #stop: () => void;
  #running: RunningCommand | undefined;
  /** What the server said of itself with the last answer. */
  #status: number | undefined;
  #statementId = -1;
  #parameterCount = 0;

  /** @param stop - has the server stop what runs */
  constructor(policy: SessionPolicy, context: SessionContext, stop: () => void) {
    this.#stop = stop;
    this.#catalogues = policy.catalogues;
    this.#context = context;
    this.#maxPreparedStatements = policy.maxPreparedStatements;
  }

  /** A command is being sent; undefined for one of our own. */
  start(running: RunningCommand | undefined): void {
    this.#running = running;
    this.#status = undefined;
    if (running?.statements.some(mayDefine) === true) this.#catalogues?.invalidate();
  }

  /** The connection is gone. */
  lost(reason: string): void {
    this.#running?.lost(reason);
    this.#running = undefined;
  }

  onColumns(columns: readonly ColumnDefinition[], binary: boolean): RowDecision {
    const running = this.#running;
    if (running?.masks === undefined) return undefined;
    let result: ResultMask | undefined;
    try {
      result = running.masks.maskFor(columns, running.current);
    } catch (error) {
      const reason = messageOf(error);
      const refuse = { ...mysqlErrorOf('INTERNAL'), message: `Countersign could not mask this result: ${reason}` };
      running.onError(refuse);
      return { refuse };
    }
    const masking = result && rewriterOf(columns, binary, result, running);
    const tap = running.captureOf(columns, binary);
    const rewrite = tap === undefined ? masking : tapRows(masking, tap);
    return rewrite && { rewrite };
  }

  onRows(rows: number, bytes: number, status: number): void {
    this.#status = status;
    this.#running?.onRows(rows, bytes);
  }

  onOk(ok: OkPacket): void {
    this.#status = ok.status;
    this.#running?.onOk(ok);
  }

  onError(error: ErrPacket): ErrPacket {
    const running = this.#running;
    if (running === undefined) return error;
    return running.onError(running.masks?.inspects(running.statements) === true ? withoutValues(error) : error);
  }

  onLimit(limit: 'rows' | 'bytes' | 'duration'): ErrPacket | undefined {
    const error = this.#running?.onLimit(limit);
    this.#stop();
    return error;
  }

  onPrepared(statementId: number, parameterCount: number): void {
    this.#statementId = statementId;
    this.#parameterCount = parameterCount;
  }

  onLocalInfile(): boolean {
    return this.#running?.current?.analysis.localInfile === true;
  }

  onComplete(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.complete();
    if (running.statements.some(mayDefine)) this.#catalogues?.invalidate();
    if (running.command !== Command.STMT_PREPARE && running.statements.some(mayChangeAnything))
      this.#context.askAgain();
    // A SET that has failed may have set some of what it was to set.
    else if (running.failed && running.statements.some(setsSomething)) this.#context.askAgain();
    if (running.command !== Command.STMT_PREPARE) {
      this.#followNames(running);
    }
    if (!running.failed) this.#follow(running);
    // MariaDB resets the session before it authenticates, and keeps the connection where that fails.
    else if (running.command === Command.CHANGE_USER || running.command === Command.RESET_CONNECTION)
      this.#context.forget();
    if (this.#status !== undefined) this.#context.heed(this.#status);
  }

  /** Takes over what the statements of a command may have made of temporary tables and user variables, also where it has failed. */
  #followNames({ statements, failed }: RunningCommand): void {
    const { temporaryTables, userVariables, catalogue } = this.#context;
    for (const statement of statements) {
      temporaryTables.follow(statement, !failed);
      userVariables.follow(statement, catalogue !== undefined);
      if (failed && setsSomething(statement)) userVariables.clear();
    }
  }

  /** Takes over what a command that succeeded has changed. */
  #follow(running: RunningCommand): void {
    switch (running.command) {
      case Command.STMT_PREPARE: {
        const { prepares } = running;
        if (prepares !== undefined && this.#context.prepared.size < this.#maxPreparedStatements) {
          this.#context.prepared.set(this.#statementId, new PreparedStatement(prepares, this.#parameterCount));
          this.#context.lastPrepared = this.#statementId;
        }
        break;
      }
      case Command.INIT_DB:
        this.#context.change('namespace', running.schema ?? '');
        break;
      case Command.CHANGE_USER:
      case Command.RESET_CONNECTION:
        this.#context.forget();
        break;
      default:
        for (const { analysis } of running.statements) {
          if (analysis.sets !== undefined) this.#context.apply(analysis.sets);
        }
    }
  }
}
