import { AsyncResource } from 'node:async_hooks';
import { fstatSync, mkdirSync } from 'node:fs';
import { FailureError } from '../errors.js';
import { isDiskFull } from './disk-reserve.js';
import { DiskSync } from './disk-sync.js';
import { segmentPath } from './journal-directory.js';
import {
  writeAnnouncement,
  writeDefinition,
  writeEvent,
  writeIntent,
  writeOutcome,
  writeRefusal,
} from './journal-line.js';
import type { JournalSegments, SpoolBudget } from './journal-segments.js';
import { LineBuffer } from './line-buffer.js';
import { RecordIds } from './record-id.js';
import type { RecordType } from './record.js';
import { SegmentFile } from './segment-file.js';
import type { StatementIntent, StatementOutcome } from './statement-intent.js';

/** What may wait in memory for a broken disk to heal, before events are refused too. Outcomes are bounded by the statements in flight. */
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const RETRY_PENDING_MS = 250;
const NOBODY: readonly JournalWaiter[] = [];
const NOBODY_ANNOUNCED: readonly string[] = [];

/** Options of {@link JournalWriter}. */
export interface JournalWriterOptions {
  readonly segments: JournalSegments;
  readonly budget: SpoolBudget;
  /** Bytes from which a new segment is begun. */
  readonly segmentBytes: number;
}

/** Waits for what it has recorded to be written. */
export interface JournalWaiter {
  /**
   * What was recorded before is as durable as it was to be. With an error, what it stands for must not run.
   * @param isKept - the intents and refusals of this turn are in the journal all the same, and wait for their outcomes; otherwise they are withdrawn
   */
  written(error: FailureError | undefined, isKept: boolean): void;
}

/**
 * Appends to a journal, in one write for each turn of the event loop: however many statements begin and end in one turn,
 * they share it; a statement that is open alone does not wait for the turn to end. A statement goes out after its waiter was told that the intent
 * is with the kernel, or on the disk.
 *
 * A write that fails leaves no part of a line behind. It withdraws the intents and refusals of the turn; outcomes and events wait for the
 * next one.
 */
export class JournalWriter {
  readonly #segments: JournalSegments;
  readonly #budget: SpoolBudget;
  readonly #segmentBytes: number;
  readonly #ids = new RecordIds();
  /** What waits to be written. */
  readonly #lines = new LineBuffer();
  /** Starts and ends, in turn, of what of it goes where it cannot be written: intents, refusals, and outcomes of such intents. */
  readonly #withdrawable: number[] = [];
  /** Ids of `intent` records of which nobody has asked yet whether a receiver has them. */
  #announced: string[] = [];
  #waiters: JournalWaiter[] = [];
  /** Those that wait for the disk, in this turn. */
  #diskWaiters: JournalWaiter[] = [];
  readonly #disk = new DiskSync();
  /** Flushes belong to nobody who runs a statement. */
  readonly #context = new AsyncResource('COUNTERSIGN_JOURNAL');
  /** What intents of this segment refer to. */
  readonly #definitions = new Map<Buffer, number>();
  readonly #references = { head: 0, tail: 0, shape: 0 };
  #lastDefinition = 0;
  #segment = 0;
  #file: SegmentFile | undefined;
  #reopen = true;
  #tickets = 0;
  /** The last ticket whose intent is written. */
  #writtenTicket = 0;
  #open = 0;
  /** Of them, those whose intent is not written. */
  #openInTurn = 0;
  #closed = false;
  #endOfTurn: NodeJS.Immediate | undefined;
  #retries = false;

  constructor(options: JournalWriterOptions) {
    this.#segments = options.segments;
    this.#budget = options.budget;
    this.#segmentBytes = options.segmentBytes;
    this.#openSegment();
    this.#budget.reserve?.hold();
  }

  /** How many intents have no outcome yet; 0 after {@link close}. */
  get openIntents(): number {
    return this.#closed ? 0 : this.#open;
  }

  /** Bytes that are still to be written. */
  get waitingBytes(): number {
    return this.#lines.length;
  }

  /**
   * Takes an intent. The statement may go out when it is written: see {@link onceWritten}.
   * @param isAnnounced - whether receivers get a record of it before its outcome
   * @returns the ticket that {@link outcome} takes
   * @throws FailureError `JOURNAL_UNAVAILABLE`: the statement must not run
   */
  intent(intent: StatementIntent, isAnnounced = false): number {
    const start = this.#beginLine();
    const ticket = this.#tickets + 1;
    const references = this.#references;
    references.head = this.#define(intent.head, true);
    references.tail = this.#define(intent.tail, false);
    references.shape = this.#define(intent.shape, false);
    const id = this.#idAt(intent.timeMicros);
    writeIntent(this.#lines, ticket, id, intent, references);
    const announcement = isAnnounced ? this.#announce(intent, id.toString('latin1')) : undefined;
    this.#endLine(start);
    if (announcement !== undefined) this.#announced.push(announcement);
    this.#tickets = ticket;
    this.#open++;
    this.#openInTurn++;
    return ticket;
  }

  #announce(intent: StatementIntent, statementId: string): string {
    const id = this.#idAt(intent.timeMicros);
    writeAnnouncement(this.#lines, id, intent, statementId);
    return id.toString('latin1');
  }

  /** The ids of the `intent` records that were made since the last call. */
  takeAnnounced(): readonly string[] {
    if (this.#announced.length === 0) return NOBODY_ANNOUNCED;
    const announced = this.#announced;
    this.#announced = [];
    return announced;
  }

  /**
   * Takes a statement that does not run: intent and outcome at once.
   * @returns the id of its record
   * @throws FailureError `JOURNAL_UNAVAILABLE`
   */
  refuse(intent: StatementIntent, outcome: StatementOutcome): string {
    const start = this.#beginLine();
    const id = this.#idAt(intent.timeMicros);
    writeRefusal(this.#lines, id, intent, outcome);
    const recordId = id.toString('latin1');
    this.#endLine(start);
    return recordId;
  }

  /** Takes an outcome, once for each ticket. */
  outcome(ticket: number, outcome: StatementOutcome): void {
    if (this.#closed) return;
    const start = this.#lines.length;
    this.#open--;
    writeOutcome(this.#lines, ticket, outcome);
    this.#scheduleFlush();
    if (ticket <= this.#writtenTicket) return;
    this.#openInTurn--;
    this.#budget.isFull = false;
    this.#withdrawable.push(start, this.#lines.length);
  }

  /**
   * Takes a record of another type; it is written like an outcome.
   * @param members - JSON members without braces
   * @param id - 36 bytes of ASCII; where not given, the next one
   * @throws FailureError `JOURNAL_UNAVAILABLE` when the disk has been broken for so long that no more fits in memory
   */
  event(type: Exclude<RecordType, 'statement'>, timeMicros: number, members: string, id?: Buffer): void {
    if (this.#closed) throw this.#unavailable('it is closed');
    if (this.#lines.length > MAX_PENDING_BYTES) throw this.#unavailable('too much waits for the disk');
    writeEvent(this.#lines, type, id ?? this.#idAt(timeMicros), timeMicros, members);
    this.#scheduleFlush();
  }

  /**
   * Tells a waiter that what was recorded until then is written, or why it is not: at once where no other statement is open that could share
   * the write, otherwise at the end of this turn of the event loop.
   * @param onDisk - whether it waits for the disk as well
   */
  onceWritten(waiter: JournalWaiter, onDisk: boolean): void {
    (onDisk ? this.#diskWaiters : this.#waiters).push(waiter);
    if (this.#open > 1) this.#scheduleFlush();
    else this.#flushAndRetry();
  }

  /** Writes now what waits, and tells the waiters. @throws FailureError `JOURNAL_UNAVAILABLE`: see {@link JournalWaiter} */
  flush(): void {
    let problem: FailureError | undefined;
    try {
      if (this.#lines.length > 0) this.#write();
      this.#cancelFlush();
    } catch (error) {
      problem = error instanceof FailureError ? error : this.#unavailable(String(error), error);
    }
    const waiters = this.#waiters;
    this.#waiters = [];
    const diskWaiters = this.#takeDiskWaiters();
    for (const waiter of waiters) waiter.written(problem, false);
    if (problem === undefined) {
      if (diskWaiters.length > 0) this.#sync(diskWaiters);
      return;
    }
    for (const waiter of diskWaiters) waiter.written(problem, false);
    throw problem;
  }

  #sync(waiters: readonly JournalWaiter[]): void {
    this.#file?.writeAhead();
    this.#disk.await(waiters.map((waiter) => ({ synced: (error) => this.#synced(waiter, error) })));
  }

  #takeDiskWaiters(): readonly JournalWaiter[] {
    if (this.#diskWaiters.length === 0) return NOBODY;
    const waiters = this.#diskWaiters;
    this.#diskWaiters = [];
    return waiters;
  }

  /** After a failure, the kernel may take what it could not write for written: what follows goes to another file. */
  #synced(waiter: JournalWaiter, error: NodeJS.ErrnoException | undefined): void {
    if (error === undefined) {
      waiter.written(undefined, true);
      return;
    }
    this.#reopen = true;
    const problem = `the disk did not confirm it (${error.code ?? error.message}); see to the disk`;
    waiter.written(this.#unavailable(problem, error), true);
  }

  /** Notices when somebody has removed the journal: statements are refused until a new segment could be begun, with the next one. */
  checkPresence(): void {
    if (this.#reopen || this.#disk.fd === -1) return;
    try {
      this.#reopen = fstatSync(this.#disk.fd).nlink === 0;
    } catch {
      this.#reopen = true;
    }
  }

  /** Takes no more, and writes what waits. @throws FailureError `JOURNAL_UNAVAILABLE` when that cannot be written: it can be called again */
  close(): void {
    if (this.#closed && this.#disk.fd === -1) return;
    this.#closed = true;
    this.flush();
    this.#closeFile();
  }

  /** Gives up what could not be written. */
  giveUp(): void {
    this.#closeFile();
  }

  #closeFile(): void {
    this.#file?.trim();
    this.#file = undefined;
    this.#disk.close();
  }

  /** Where the lines that follow begin. The segment that they go to is begun before, as intents refer to definitions in it. */
  #beginLine(): number {
    if (this.#closed) throw this.#unavailable('it is closed');
    if (this.#withdrawable.length === 0) this.#turnSegment();
    if (this.#budget.reserve?.hold() === false) throw this.#unavailable('its disk is full; free space');
    return this.#lines.length;
  }

  /** The number under which the segment has these members; 0 where there are none. */
  #define(members: Buffer, isHead: boolean): number {
    if (members.length === 0) return 0;
    let number = this.#definitions.get(members);
    if (number === undefined) {
      number = ++this.#lastDefinition;
      this.#definitions.set(members, number);
      writeDefinition(this.#lines, number, members, isHead);
    }
    return number;
  }

  /** Takes the line back where the journal would grow beyond its bound. */
  #endLine(start: number): void {
    const { usedBytes, maxBytes } = this.#budget;
    if (usedBytes + this.#lines.length > maxBytes) {
      this.#lines.length = start;
      this.#definitions.clear();
      this.#budget.isFull = true;
      throw this.#unavailable(
        `it is full (${maxBytes} bytes wait for delivery); see to the collector, or raise audit.maxBytes`,
      );
    }
    this.#withdrawable.push(start, this.#lines.length);
    this.#scheduleFlush();
  }

  #idAt(timeMicros: number): Buffer {
    return this.#ids.next(Math.floor(timeMicros / 1000));
  }

  #scheduleFlush(): void {
    this.#endOfTurn ??= setImmediate(this.#flushAtEndOfTurn);
  }

  #cancelFlush(): void {
    if (this.#endOfTurn === undefined) return;
    clearImmediate(this.#endOfTurn);
    this.#endOfTurn = undefined;
  }

  readonly #flushAtEndOfTurn = (): void => {
    this.#endOfTurn = undefined;
    this.#context.runInAsyncScope(this.#flushAndRetry, this);
  };

  /** What could not be written and was not withdrawn is tried again later. */
  #flushAndRetry(): void {
    if (this.#closed) return;
    try {
      this.flush();
    } catch {
      if (this.#retries) return;
      this.#retries = true;
      setTimeout(this.#flushAgain, RETRY_PENDING_MS).unref();
    }
  }

  readonly #flushAgain = (): void => {
    this.#retries = false;
    this.#flushAtEndOfTurn();
  };

  /** Writes what waits: all of it, or nothing. */
  #write(): void {
    const lines = this.#lines;
    try {
      this.#append(lines.bytes, lines.length);
      lines.length = 0;
    } catch (error) {
      this.#open -= this.#openInTurn;
      this.#definitions.clear();
      for (let at = this.#withdrawable.length - 2; at >= 0; at -= 2) {
        lines.cut(this.#withdrawable[at] ?? 0, this.#withdrawable[at + 1] ?? 0);
      }
      throw error;
    } finally {
      this.#withdrawable.length = 0;
      this.#openInTurn = 0;
      this.#writtenTicket = this.#tickets;
    }
  }

  #append(bytes: Buffer, length: number): void {
    if (this.#withdrawable.length === 0) this.#turnSegment();
    const file = this.#file;
    if (this.#reopen || file === undefined) throw this.#unavailable('somebody removed its segment');
    try {
      file.append(bytes, length);
    } catch (cause) {
      this.#reopen = !isDiskFull(cause) || file.isSpoilt;
      const { code } = cause as NodeJS.ErrnoException;
      throw this.#unavailable(`it cannot be written (${code ?? 'unknown error'}); free space or mend the disk`, cause);
    }
    this.#segments.grown(this.#segment, length);
  }

  #turnSegment(): void {
    if (this.#reopen || (this.#file?.size ?? 0) >= this.#segmentBytes) this.#openSegment();
  }

  #openSegment(): void {
    const { path } = this.#segments.place;
    let file: SegmentFile;
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      file = new SegmentFile(segmentPath(path, this.#segment + 1));
    } catch (cause) {
      if (!this.#reopen) return; // The old segment still takes lines.
      throw this.#unavailable('no segment can be begun; see to the directory, its rights and its free space', cause);
    }
    this.#file?.trim();
    this.#file = file;
    this.#disk.turn(file.fd, path);
    this.#segment++;
    this.#reopen = false;
    this.#definitions.clear();
    this.#segments.grown(this.#segment, 0);
  }

  #unavailable(problem: string, cause?: unknown): FailureError {
    // The text goes to callers, who need not know where it is.
    const where = new Error(`audit journal ${this.#segments.place.path}`, { cause });
    return new FailureError('JOURNAL_UNAVAILABLE', `the audit journal takes no record: ${problem}`, { cause: where });
  }
}
