import { FailureError } from '../errors.js';
import { type ColumnDefinition, readColumnDefinition } from './column-definition.js';
import { HEADER_LENGTH, MAX_FRAME_PAYLOAD, ServerStatus } from './constants.js';
import { EarlyEnd } from './early-end.js';
import { buildErrPacket, readErrPacket } from './err-packet.js';
import { readEndOfRows, readEofStatus, readOkPacket } from './ok-packet.js';
import { frameLength } from './frames.js';
import { HeldPacket } from './held-packet.js';
import { LargeRow } from './large-row.js';
import { PayloadReader } from './payload-reader.js';
import { PrepareAnswer } from './prepare-answer.js';
import type { ResponseFormat, ResponseKind } from './response-format.js';
import type { ResponseObserver } from './response-observer.js';
import { checkLength, endsRows, State } from './response-state.js';
import { RewrittenChunk } from './rewritten-chunk.js';
import { type ResultLimits, RowCount } from './row-count.js';
import type { RowRewriter } from './row-rewriter.js';

const NOTHING = Buffer.alloc(0);

/**
 * Follows the server's answers packet by packet, in whatever chunks they come. Rows that nobody masks are counted and passed
 * untouched, without being assembled; only masked rows are rewritten. Holds at most one packet.
 */
export class ResponseReader {
  readonly #format: ResponseFormat;
  readonly #observer: ResponseObserver;
  #state: number = State.IDLE;
  #binary = false;
  #inspects = false;
  #columns: ColumnDefinition[] = [];
  #definitionsLeft = 0;
  #prepare: PrepareAnswer | undefined;
  readonly #count = new RowCount();
  #rewrite: RowRewriter | undefined;
  /** A refusal or an early end was sent in place of the rows: the rest of the answer is read and dropped. */
  #dropping = false;
  readonly #earlyEnd: EarlyEnd;
  /** Payload bytes of a row that are still to come and are passed unseen. */
  #skip = 0;
  /** The frame before was 16,777,215 bytes long: the next one belongs to it. */
  #continued = false;
  readonly #held = new HeldPacket();
  readonly #chunk = new RewrittenChunk();
  #sequenceId = 0;
  /** The row of several frames that is being put together. */
  #large: LargeRow | undefined;
  /** Frames that rows have fewer than the server sent: later packets are numbered anew. */
  #framesLess = 0;

  constructor(format: ResponseFormat, observer: ResponseObserver) {
    this.#format = format;
    this.#observer = observer;
    this.#earlyEnd = new EarlyEnd(format.deprecateEof);
  }

  /** No answer is outstanding. */
  get idle(): boolean {
    return this.#state === State.IDLE;
  }

  /** The server waits for bytes of the client: a file's contents, or the next step of an authentication. */
  get awaitsClientData(): boolean {
    return this.#state === State.INFILE || this.#state === State.AUTH;
  }

  /** The server waits for a file's contents. */
  get awaitsFile(): boolean {
    return this.#state === State.INFILE;
  }

  /** Bytes held because their packet or row is not whole yet. */
  get heldBytes(): number {
    return this.#held.length + (this.#large?.length ?? 0);
  }

  /**
   * A command was sent: the next bytes are its answer.
   * @param inspects whether the observer wants to see column definitions
   * @param fetchRewriter for `fetch`, whose rows come without definitions: how the cursor's rows are rewritten
   * @param limits of each result set
   */
  expect(kind: ResponseKind, inspects: boolean, fetchRewriter?: RowRewriter, limits?: ResultLimits): void {
    this.#binary = kind !== 'text';
    this.#inspects = inspects;
    this.#rewrite = undefined;
    this.#prepare = undefined;
    this.#dropping = false;
    this.#earlyEnd.forget();
    this.#framesLess = 0;
    this.#count.expect(limits);
    switch (kind) {
      case 'text':
      case 'binary':
        this.#state = State.HEADER;
        break;
      case 'fetch':
        this.#state = State.ROWS;
        this.#rewrite = fetchRewriter;
        break;
      case 'prepare':
        this.#state = State.PREPARE_DEFINITIONS;
        break;
      case 'simple':
        this.#state = State.SINGLE;
        break;
      case 'auth':
        this.#state = State.AUTH;
        break;
    }
  }

  /** The client has sent the last of its file. */
  fileSent(): void {
    this.#state = State.HEADER;
  }

  /**
   * Takes the next bytes of the server, cut anywhere.
   * @param chunk may be written to
   * @returns the bytes for the client: the same buffer where nothing was rewritten, an empty one where all is held back
   * @throws FailureError `PROTOCOL_VIOLATION`
   */
  push(chunk: Buffer): Buffer {
    let bytes = chunk;
    let from = 0;
    if (this.#held.length > 0) {
      const whole = this.#held.add(chunk);
      if (whole === undefined) return this.#held.wasPassed ? chunk : NOTHING;
      bytes = whole;
      if (this.#held.wasPassed) from = whole.length - chunk.length;
    }
    this.#chunk.begin(from);
    this.#consume(bytes);
    return this.#chunk.end(bytes) ?? (from === 0 ? bytes : chunk);
  }

  #consume(bytes: Buffer): void {
    const end = bytes.length;
    let offset = 0;
    while (offset < end) {
      if (this.#skip > 0) {
        offset = this.#stepOver(bytes, offset);
        continue;
      }
      if (end - offset < HEADER_LENGTH) {
        this.#hold(bytes, offset, HEADER_LENGTH);
        return;
      }
      const length = frameLength(bytes, offset);
      const payload = offset + HEADER_LENGTH;
      if (this.#continued) {
        this.#continueRow(bytes, offset, length);
        offset = payload;
        continue;
      }
      if (length === MAX_FRAME_PAYLOAD && this.#state === State.ROWS && this.#isRewriting) {
        this.#beginLarge(bytes, offset);
        offset = payload;
        continue;
      }
      if (this.#state === State.ROWS && !this.#isRewriting) {
        if (length > 0 && payload >= end) {
          this.#hold(bytes, offset, HEADER_LENGTH + 1);
          return;
        }
        if (!endsRows(bytes[payload] ?? 0, length, this.#format.deprecateEof)) {
          this.#renumber(bytes, offset);
          if (!this.#dropping) this.#countRow(bytes, offset, length);
          if (this.#dropping) this.#chunk.replace(bytes, offset, payload);
          this.#skip = length;
          this.#continued = length === MAX_FRAME_PAYLOAD;
          offset = payload;
          continue;
        }
      }
      checkLength(length, this.#state);
      if (payload + length > end) {
        this.#hold(bytes, offset, HEADER_LENGTH + length);
        return;
      }
      this.#renumber(bytes, offset);
      this.#onPacket(bytes, payload, payload + length);
      offset = payload + length;
    }
  }

  #renumber(bytes: Buffer, offset: number): void {
    if (this.#framesLess !== 0) bytes[offset + 3] = (bytes[offset + 3] ?? 0) - this.#framesLess;
  }

  get #isRewriting(): boolean {
    return this.#rewrite !== undefined && !this.#dropping;
  }

  /** Steps over bytes of a row that were announced before. */
  #stepOver(bytes: Buffer, offset: number): number {
    const behind = offset + Math.min(this.#skip, bytes.length - offset);
    if (this.#dropping || this.#large !== undefined) this.#chunk.replace(bytes, offset, behind);
    this.#large?.add(bytes.subarray(offset, behind));
    this.#skip -= behind - offset;
    if (this.#skip === 0 && !this.#continued) this.#endLarge(bytes, behind);
    return behind;
  }

  /** The first frame of a row of 16 MB or more that is to be masked. */
  #beginLarge(bytes: Buffer, offset: number): void {
    this.#renumber(bytes, offset);
    this.#countRow(bytes, offset, MAX_FRAME_PAYLOAD);
    if (!this.#dropping) this.#large = new LargeRow(bytes[offset + 3] ?? 0);
    this.#chunk.replace(bytes, offset, offset + HEADER_LENGTH);
    this.#skip = MAX_FRAME_PAYLOAD;
    this.#continued = true;
  }

  /** Another frame of a row of 16 MB or more. */
  #continueRow(bytes: Buffer, offset: number, length: number): void {
    const payload = offset + HEADER_LENGTH;
    this.#renumber(bytes, offset);
    if (!this.#dropping) this.#count.grow(length);
    if (this.#dropping || this.#large !== undefined) this.#chunk.replace(bytes, offset, payload);
    this.#skip = length;
    this.#continued = length === MAX_FRAME_PAYLOAD;
    if (length === 0) this.#endLarge(bytes, payload);
  }

  /** The last byte of a row is there: it is masked. */
  #endLarge(bytes: Buffer, at: number): void {
    const large = this.#large;
    this.#large = undefined;
    if (large === undefined || this.#rewrite === undefined) return;
    this.#framesLess += large.finish(this.#rewrite, this.#chunk.anew(bytes, at, at, 0));
  }

  /** Keeps an incomplete packet. Its bytes went to the client already unless it may be rewritten or dropped. */
  #hold(bytes: Buffer, offset: number, needed: number): void {
    const isPassed = !this.#mayReplace && !this.#dropping && this.#rewrite === undefined;
    this.#held.begin(bytes.subarray(offset), needed, isPassed);
    if (!isPassed) this.#chunk.replace(bytes, offset, bytes.length);
  }

  get #mayReplace(): boolean {
    return this.#inspects || this.#count.isLimited;
  }

  /** Counts a row that is to be passed on. @param at - where its packet begins */
  #countRow(bytes: Buffer, at: number, length: number): void {
    const limit = this.#count.add(length);
    if (limit !== undefined) this.#stopRows(bytes, at, limit);
  }

  /** Ends the result before the row that begins here. */
  #stopRows(bytes: Buffer, at: number, limit: 'rows' | 'bytes'): void {
    const sequenceId = bytes[at + 3] ?? 0;
    const error = this.#observer.onLimit(limit);
    if (error === undefined) this.#earlyEnd.begin(sequenceId);
    else this.#chunk.replace(bytes, at, at, buildErrPacket(sequenceId, error));
    this.#dropping = true;
  }

  #onPacket(bytes: Buffer, start: number, end: number): void {
    const first = bytes[start] ?? 0;
    this.#sequenceId = bytes[start - 1] ?? 0;
    if (this.#dropping) this.#chunk.replace(bytes, start - HEADER_LENGTH, end);
    const early = this.#dropping ? this.#earlyEnd.packet(bytes, start, end) : undefined;
    if (this.#state === State.ROWS && !endsRows(first, end - start, this.#format.deprecateEof)) {
      this.#onRow(bytes, start, end);
    } else if (first === 0xff) {
      this.#onErrPacket(bytes, start, end);
    } else {
      this.#onControlPacket(bytes, start, end, first);
    }
    if (early !== undefined) this.#chunk.replace(bytes, end, end, early);
  }

  #onErrPacket(bytes: Buffer, start: number, end: number): void {
    this.#state = State.IDLE;
    const error = readErrPacket(bytes, start, end);
    const shown = this.#observer.onError(error);
    if (shown !== error && this.#mayReplace && !this.#dropping) {
      this.#chunk.replace(bytes, start - HEADER_LENGTH, end, buildErrPacket(this.#sequenceId, shown));
    }
    this.#observer.onComplete();
  }

  #onRow(bytes: Buffer, start: number, end: number): void {
    this.#countRow(bytes, start - HEADER_LENGTH, end - start);
    if (this.#dropping) this.#chunk.replace(bytes, start - HEADER_LENGTH, end);
    else if (this.#rewrite !== undefined) {
      const output = this.#chunk.anew(bytes, start - HEADER_LENGTH, end, HEADER_LENGTH);
      const before = output.length;
      this.#rewrite(bytes, start, end, this.#sequenceId, output);
      // It may have grown into another frame.
      if (output.length - before > MAX_FRAME_PAYLOAD + HEADER_LENGTH) this.#framesLess -= 1;
    }
  }

  #onControlPacket(bytes: Buffer, start: number, end: number, first: number): void {
    switch (this.#state) {
      case State.HEADER:
        this.#onHeader(bytes, start, end, first);
        break;
      case State.COLUMNS:
        this.#onColumnDefinition(bytes, start, end);
        break;
      case State.COLUMNS_EOF: {
        const status = readEofStatus(bytes, start, end);
        // The rows of a cursor come later and without definitions: how they are masked is chosen here.
        this.#startRows(bytes, end);
        if ((status & ServerStatus.CURSOR_EXISTS) !== 0) this.#endRows(status);
        break;
      }
      case State.ROWS:
        this.#endRows(readEndOfRows(bytes, start, end, this.#format.deprecateEof));
        break;
      case State.SINGLE:
        this.#finish();
        break;
      case State.PREPARE_DEFINITIONS:
        this.#onPreparePacket(bytes, start, end);
        break;
      case State.AUTH:
        if (first === 0x00) this.#finish();
        break;
      default:
        throw new FailureError('PROTOCOL_VIOLATION', 'the server sent a packet that nothing had asked for');
    }
  }

  #onHeader(bytes: Buffer, start: number, end: number, first: number): void {
    if (first === 0x00) {
      const ok = readOkPacket(bytes, start, end);
      this.#observer.onOk(ok);
      this.#nextResult(ok.status);
    } else if (first === 0xfb) {
      if (this.#dropping || !this.#observer.onLocalInfile(bytes.toString('utf8', start + 1, end))) {
        throw new FailureError('PROTOCOL_VIOLATION', 'the server asked for a local file that nobody can send');
      }
      this.#state = State.INFILE;
    } else {
      this.#definitionsLeft = new PayloadReader(bytes, start, end).lengthEncodedInt();
      if (this.#definitionsLeft === 0 || this.#definitionsLeft > 0xffff) {
        throw new FailureError('PROTOCOL_VIOLATION', `a result set of ${this.#definitionsLeft} columns`);
      }
      this.#columns = [];
      this.#state = State.COLUMNS;
    }
  }

  #onColumnDefinition(bytes: Buffer, start: number, end: number): void {
    if (this.#inspects) {
      this.#columns.push(readColumnDefinition(bytes, start, end, this.#format.extendedMetadata));
    }
    this.#definitionsLeft -= 1;
    if (this.#definitionsLeft > 0) return;
    if (this.#format.deprecateEof) this.#startRows(bytes, end);
    else this.#state = State.COLUMNS_EOF;
  }

  #startRows(bytes: Buffer, at: number): void {
    this.#state = State.ROWS;
    this.#count.restart();
    this.#rewrite = undefined;
    if (!this.#inspects || this.#dropping) return;
    const decision = this.#observer.onColumns(this.#columns, this.#binary);
    if (decision === undefined) return;
    if ('rewrite' in decision) {
      this.#rewrite = decision.rewrite;
      return;
    }
    // The packet that ends here was forwarded with sequence id n; the refusal follows it as n + 1.
    this.#chunk.replace(bytes, at, at, buildErrPacket(this.#sequenceId + 1, decision.refuse));
    this.#dropping = true;
  }

  #endRows(status: number): void {
    this.#observer.onRows(this.#count.rows, this.#count.bytes, status);
    this.#nextResult(status);
  }

  #nextResult(status: number): void {
    if ((status & ServerStatus.MORE_RESULTS) !== 0) this.#state = State.HEADER;
    else this.#finish();
  }

  #onPreparePacket(bytes: Buffer, start: number, end: number): void {
    if (this.#prepare === undefined) {
      this.#prepare = new PrepareAnswer();
      const { statementId, parameterCount } = this.#prepare.begin(bytes, start, end, this.#format.deprecateEof);
      this.#observer.onPrepared(statementId, parameterCount);
    } else this.#prepare.next(bytes, start, end);
    if (this.#prepare.isWhole) this.#finish();
  }

  #finish(): void {
    this.#state = State.IDLE;
    this.#observer.onComplete();
  }
}
