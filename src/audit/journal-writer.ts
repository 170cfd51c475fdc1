import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';

import { FailureError } from '../errors.js';
import { segmentPath } from './journal-directory.js';
import { eventLine, outcomeLine, writeIntent, writeRefusal } from './journal-line.js';
import type { JournalSegments, SpoolBudget } from './journal-segments.js';
import { LineBuffer } from './line-buffer.js';
import { RecordIds } from './record-id.js';
import type { RecordType } from './record.js';
import type { StatementIntent, StatementOutcome } from './statement-intent.js';

/** What may wait in memory for a broken disk to heal, before events are refused too. Outcomes are bounded by the statements in flight. */
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const RETRY_PENDING_MS = 250;

/** Options of {@link JournalWriter}. */
export interface JournalWriterOptions {
  readonly segments: JournalSegments;
  readonly budget: SpoolBudget;
  /** Bytes from which a new segment is begun. */
  readonly segmentBytes: number;
}

/**
 * Appends to a journal at durability `os`: when {@link intent} returns, its line is with the kernel and survives the death of the process.
 *
 * Outcomes wait in the same buffer for the next intent or the end of the turn of the event loop, and so cost no write of their own.
 * A write that fails leaves no part of a line behind, refuses the statement, and is tried anew with the next one.
 */
export class JournalWriter {
  readonly #segments: JournalSegments;
  readonly #budget: SpoolBudget;
  readonly #segmentBytes: number;
  readonly #ids = new RecordIds();
  /** What waits to be written. */
  readonly #lines = new LineBuffer();
  #fd = -1;
  #segment = 0;
  #segmentSize = 0;
  #reopen = true;
  #tickets = 0;
  #open = 0;
  #closed = false;
  #flushScheduled = false;

  constructor(options: JournalWriterOptions) {
    this.#segments = options.segments;
    this.#budget = options.budget;
    this.#segmentBytes = options.segmentBytes;
    this.#openSegment();
  }

  /** How many intents have no outcome yet; 0 after {@link close}. */
  get openIntents(): number {
    return this.#closed ? 0 : this.#open;
  }

  /**
   * Writes an intent, and the outcomes that wait.
   * @returns the ticket that {@link outcome} takes
   * @throws FailureError `JOURNAL_UNAVAILABLE`: the statement must not run
   */
  intent(intent: StatementIntent): number {
    const ticket = this.#tickets + 1;
    const held = this.#beginAppend();
    writeIntent(this.#lines, ticket, this.#ids.next(Math.floor(intent.timeMicros / 1000)), intent);
    this.#endAppend(held);
    this.#tickets = ticket;
    this.#open++;
    return ticket;
  }

  /**
   * Writes a statement that does not run: intent and outcome at once.
   * @throws FailureError `JOURNAL_UNAVAILABLE`
   */
  refuse(intent: StatementIntent, outcome: StatementOutcome): void {
    const held = this.#beginAppend();
    writeRefusal(this.#lines, this.#ids.next(Math.floor(intent.timeMicros / 1000)), intent, outcome);
    this.#endAppend(held);
  }

  /** Takes an outcome, once for each ticket. It is written with the next intent, or at the end of this turn of the event loop. */
  outcome(ticket: number, outcome: StatementOutcome): void {
    if (this.#closed) return;
    this.#open--;
    this.#hold(outcomeLine(ticket, outcome));
  }

  /**
   * Takes a record of another type; it is written like an outcome.
   * @param members - JSON members without braces
   * @throws FailureError `JOURNAL_UNAVAILABLE` when the disk has been broken for so long that no more fits in memory
   */
  event(type: Exclude<RecordType, 'statement'>, timeMicros: number, members: string): void {
    if (this.#closed) throw this.#unavailable('it is closed');
    if (this.#lines.length > MAX_PENDING_BYTES) throw this.#unavailable('too much waits for the disk');
    this.#hold(eventLine(type, this.#ids.next(Math.floor(timeMicros / 1000)), timeMicros, members));
  }

  /** Writes what waits. @throws FailureError `JOURNAL_UNAVAILABLE`; what waits goes on waiting */
  flush(): void {
    if (this.#lines.length > 0) this.#write();
  }

  /** Notices when somebody has removed the journal: statements are refused until a new segment could be begun, with the next one. */
  checkPresence(): void {
    if (this.#reopen || this.#fd === -1) return;
    try {
      this.#reopen = fstatSync(this.#fd).nlink === 0;
    } catch {
      this.#reopen = true;
    }
  }

  /** Writes what waits and takes no more. @throws FailureError `JOURNAL_UNAVAILABLE` when that cannot be written; the journal is closed all the same */
  close(): void {
    if (this.#closed) return;
    try {
      this.flush();
    } finally {
      this.#closed = true;
      if (this.#fd !== -1) closeSync(this.#fd);
      this.#fd = -1;
    }
  }

  /** Bytes that wait before a line that is to be written at once. */
  #beginAppend(): number {
    if (this.#closed) throw this.#unavailable('it is closed');
    return this.#lines.length;
  }

  /** Writes the line behind `held`, and what waits before it. Where it cannot be written, the line is taken back. */
  #endAppend(held: number): void {
    const { usedBytes, maxBytes } = this.#budget;
    if (usedBytes + this.#lines.length - held > maxBytes) {
      this.#lines.length = held;
      throw this.#unavailable(
        `it is full (${maxBytes} bytes wait for delivery); see to the collector, or raise audit.maxBytes`,
      );
    }
    try {
      this.#write();
    } catch (error) {
      this.#lines.length = held;
      throw error;
    }
  }

  #hold(line: string): void {
    this.#lines.reserve(LineBuffer.textBytes(line.length));
    this.#lines.text(line);
    if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      setImmediate(this.#flushAtEndOfTurn);
    }
  }

  readonly #flushAtEndOfTurn = (): void => {
    this.#flushScheduled = false;
    if (this.#closed || this.#lines.length === 0) return;
    try {
      this.flush();
    } catch {
      this.#flushScheduled = true;
      setTimeout(this.#flushAtEndOfTurn, RETRY_PENDING_MS).unref();
    }
  };

  /** Writes what waits: all of it, or nothing. */
  #write(): void {
    const { bytes, length } = this.#lines;
    if (this.#reopen || this.#segmentSize >= this.#segmentBytes) this.#openSegment();
    let written = 0;
    try {
      while (written < length) written += writeSync(this.#fd, bytes, written, length - written);
    } catch (cause) {
      this.#undo(written, cause);
    }
    this.#lines.length = 0;
    this.#segmentSize += length;
    this.#segments.grown(this.#segment, length);
  }

  /** A part of a line must not stay: what comes next would be glued to it. */
  #undo(written: number, cause: unknown): never {
    const { code } = cause as NodeJS.ErrnoException;
    this.#reopen = code !== 'ENOSPC' && code !== 'EDQUOT';
    try {
      if (written > 0) ftruncateSync(this.#fd, this.#segmentSize);
    } catch {
      this.#reopen = true;
    }
    throw this.#unavailable(`it cannot be written (${code ?? 'unknown error'}); free space or mend the disk`, cause);
  }

  #openSegment(): void {
    const { path } = this.#segments.place;
    let fd: number;
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      fd = openSync(segmentPath(path, this.#segment + 1), 'ax', 0o600);
    } catch (cause) {
      if (!this.#reopen) return; // The old segment still takes lines.
      throw this.#unavailable('no segment can be begun; see to the directory, its rights and its free space', cause);
    }
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = fd;
    this.#segment++;
    this.#segmentSize = 0;
    this.#reopen = false;
    this.#segments.grown(this.#segment, 0);
  }

  #unavailable(problem: string, cause?: unknown): FailureError {
    return new FailureError('JOURNAL_UNAVAILABLE', `audit journal ${this.#segments.place.path}: ${problem}`, { cause });
  }
}
