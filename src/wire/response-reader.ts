import { FailureError } from '../errors.js';
import { type ColumnDefinition, readColumnDefinition } from './column-definition.js';
import { HEADER_LENGTH, MAX_FRAME_PAYLOAD, ServerStatus } from './constants.js';
import { buildErrPacket, readErrPacket } from './err-packet.js';
import { buildEndOfRows, readEndOfRows, readEofStatus, readOkPacket } from './ok-packet.js';
import { PayloadReader } from './payload-reader.js';
import { PrepareAnswer } from './prepare-answer.js';
import type { ResponseFormat, ResponseKind } from './response-format.js';
import type { ResponseObserver } from './response-observer.js';
import { RewrittenChunk } from './rewritten-chunk.js';
import { type ResultLimits, RowCount } from './row-count.js';
import type { RowRewriter } from './row-rewriter.js';

const State = {
  IDLE: 0,
  HEADER: 1,
  COLUMNS: 2,
  COLUMNS_EOF: 3,
  ROWS: 4,
  SINGLE: 5,
  PREPARE_DEFINITIONS: 6,
  INFILE: 7,
  AUTH: 8,
} as const;

/** A control packet (OK, ERR, column definition …) above this is no such packet. */
const MAX_CONTROL_BYTES = 1 << 20;
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
  /** Sequence id of the packet that is to end a result before its time; -1 where none is. */
  #earlyEnd = -1;
  /** Payload bytes of a row that are still to come and are passed unseen. */
  #skip = 0;
  /** The frame before was 16,777,215 bytes long: the next one belongs to it. */
  #continued = false;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #needed = 0;
  #heldWasPassed = false;
  readonly #chunk = new RewrittenChunk();
  #sequenceId = 0;

  constructor(format: ResponseFormat, observer: ResponseObserver) {
    this.#format = format;
    this.#observer = observer;
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

  /** Bytes held because their packet is not whole yet. */
  get heldBytes(): number {
    return this.#heldBytes;
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
    this.#dropping = false;
    this.#earlyEnd = -1;
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
        this.#prepare = undefined;
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
   * @returns the bytes for the client: the same buffer where nothing was rewritten, an empty one where all is held back
   * @throws FailureError `PROTOCOL_VIOLATION`
   */
  push(chunk: Buffer): Buffer {
    let bytes = chunk;
    let from = 0;
    if (this.#heldBytes > 0) {
      this.#held.push(chunk);
      this.#heldBytes += chunk.length;
      if (this.#heldBytes < this.#needed) return this.#heldWasPassed ? chunk : NOTHING;
      bytes = Buffer.concat(this.#held, this.#heldBytes);
      if (this.#heldWasPassed) from = this.#heldBytes - chunk.length;
      this.#held = [];
      this.#heldBytes = 0;
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
        const step = Math.min(this.#skip, end - offset);
        if (this.#dropping) this.#chunk.replace(bytes, offset, offset + step);
        this.#skip -= step;
        offset += step;
        continue;
      }
      if (end - offset < HEADER_LENGTH) {
        this.#hold(bytes, offset, HEADER_LENGTH);
        return;
      }
      const length = bytes.readUIntLE(offset, 3);
      const payload = offset + HEADER_LENGTH;
      if (this.#continued) {
        if (this.#dropping) this.#chunk.replace(bytes, offset, payload);
        else this.#count.grow(length);
        this.#skip = length;
        this.#continued = length === MAX_FRAME_PAYLOAD;
        offset = payload;
        continue;
      }
      if (this.#state === State.ROWS && (this.#rewrite === undefined || this.#dropping)) {
        if (length > 0 && payload >= end) {
          this.#hold(bytes, offset, HEADER_LENGTH + 1);
          return;
        }
        if (!this.#endsRows(bytes[payload] ?? 0, length)) {
          if (!this.#dropping) this.#countRow(bytes, offset, length);
          if (this.#dropping) this.#chunk.replace(bytes, offset, payload);
          this.#skip = length;
          this.#continued = length === MAX_FRAME_PAYLOAD;
          offset = payload;
          continue;
        }
      }
      this.#checkLength(length);
      if (payload + length > end) {
        this.#hold(bytes, offset, HEADER_LENGTH + length);
        return;
      }
      this.#onPacket(bytes, payload, payload + length);
      offset = payload + length;
    }
  }

  #checkLength(length: number): void {
    const rows = this.#state === State.ROWS;
    if (rows && length === MAX_FRAME_PAYLOAD) {
      throw new FailureError(
        'PROTOCOL_VIOLATION',
        'a row of 16 MB or more cannot be masked: leave its large columns out',
      );
    }
    if (length === 0 || (!rows && length > MAX_CONTROL_BYTES)) {
      throw new FailureError('PROTOCOL_VIOLATION', `the server sent a packet of ${length} bytes where none fits`);
    }
  }

  /** Keeps an incomplete packet. Its bytes went to the client already unless it may be rewritten or dropped. */
  #hold(bytes: Buffer, offset: number, needed: number): void {
    const rest = bytes.subarray(offset);
    this.#held = [rest];
    this.#heldBytes = rest.length;
    this.#needed = needed;
    this.#heldWasPassed = !this.#mayReplace && !this.#dropping && this.#rewrite === undefined;
    if (!this.#heldWasPassed) this.#chunk.replace(bytes, offset, bytes.length);
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
    if (error === undefined) this.#earlyEnd = sequenceId;
    else this.#chunk.replace(bytes, at, at, buildErrPacket(sequenceId, error));
    this.#dropping = true;
  }

  /** Ends a result that was cut, with what the server ended it with or in its place. It is the last one that the client sees. */
  #endEarly(bytes: Buffer, start: number, end: number): void {
    if (this.#earlyEnd === -1) return;
    const { deprecateEof } = this.#format;
    const isError = bytes[start] === 0xff;
    const status = isError ? ServerStatus.AUTOCOMMIT : readEndOfRows(bytes, start, end, deprecateEof);
    this.#chunk.replace(
      bytes,
      end,
      end,
      buildEndOfRows(this.#earlyEnd, status & ~ServerStatus.MORE_RESULTS, deprecateEof),
    );
    this.#earlyEnd = -1;
  }

  /** ERR; EOF, which is shorter than nine bytes; or the OK that stands for an EOF, which is shorter than a full frame. */
  #endsRows(first: number, length: number): boolean {
    if (first === 0xff) return true;
    return first === 0xfe && length < (this.#format.deprecateEof ? MAX_FRAME_PAYLOAD : 9);
  }

  #onPacket(bytes: Buffer, start: number, end: number): void {
    const first = bytes[start] ?? 0;
    this.#sequenceId = bytes[start - 1] ?? 0;
    if (this.#dropping) {
      this.#chunk.replace(bytes, start - HEADER_LENGTH, end);
      this.#endEarly(bytes, start, end);
    }
    if (this.#state === State.ROWS && !this.#endsRows(first, end - start)) {
      this.#onRow(bytes, start, end);
    } else if (first === 0xff) {
      this.#onErrPacket(bytes, start, end);
    } else {
      this.#onControlPacket(bytes, start, end, first);
    }
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
      const output = this.#chunk.anew(bytes, start - HEADER_LENGTH, end);
      this.#rewrite(bytes, start, end, this.#sequenceId, output);
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
