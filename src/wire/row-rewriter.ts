import { FailureError } from '../errors.js';
import { HEADER_LENGTH, MAX_FRAME_PAYLOAD } from './constants.js';
import type { ColumnDefinition } from './column-definition.js';
import { lengthEncodedSize, writeLengthEncoded } from './length-encoded.js';
import { fixedSize } from './field-size.js';
import { framesOf, writeFrameLength } from './frames.js';
import type { PacketBuffer } from './packet-buffer.js';

/** A cell that is to be masked: the bytes from `start` to `end`, without their length. They must not be kept. */
export interface MaskedCell {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly column: ColumnDefinition;
  /** Of the binary protocol, in which what has a fixed size keeps it. */
  readonly binary: boolean;
}

/**
 * Writes the bytes that stand for a cell. It is never called for a cell that is NULL.
 * @returns false for SQL NULL; what was written then does not count
 */
export type CellMasker = (cell: MaskedCell, out: PacketBuffer) => boolean;

/** One masker a column, `undefined` for a column that passes untouched. */
export type RowMask = readonly (CellMasker | undefined)[];

/** Writes a row anew, header included, that stands in `bytes` without its header; the sequence id is kept. */
export type RowRewriter = (bytes: Buffer, start: number, end: number, sequenceId: number, out: PacketBuffer) => void;

/** The cell at hand: one object for all rows. */
type CurrentCell = { -readonly [Key in keyof MaskedCell]: MaskedCell[Key] };

const NULL_CELL = 0xfb;
const NO_BYTES = Buffer.alloc(0);

/** Column at which the last mask stands. What follows it is copied unseen. */
function lastMasked(mask: RowMask): number {
  return mask.findLastIndex((masker) => masker !== undefined);
}

/** Reads the lengths of cells: where the one that was read last begins and ends. */
class CellScanner {
  start = 0;
  end = 0;

  /** A cell with its length in front, at `at`. @throws FailureError `PROTOCOL_VIOLATION` where it does not fit */
  lengthEncoded(bytes: Buffer, at: number, limit: number): void {
    const first = at < limit ? (bytes[at] ?? 0) : 0xff;
    if (first < NULL_CELL) {
      this.fixed(at + 1, first, limit);
      return;
    }
    const size = first === 0xfc ? 3 : first === 0xfd ? 4 : first === 0xfe ? 9 : 0;
    if (size === 0 || at + size > limit) throw doesNotFit();
    this.fixed(at + size, lengthAt(bytes, at + 1, size - 1), limit);
  }

  fixed(at: number, length: number, limit: number): void {
    this.start = at;
    this.end = at + length;
    if (!(this.end <= limit)) throw doesNotFit();
  }
}

function lengthAt(bytes: Buffer, at: number, size: number): number {
  return size === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, size);
}

function doesNotFit(): FailureError {
  return new FailureError('PROTOCOL_VIOLATION', 'the server sent a row whose cells do not fit into it');
}

/** Begins a packet. @returns where its header stands */
function beginPacket(out: PacketBuffer, sequenceId: number): number {
  const at = out.length;
  out.reserve(HEADER_LENGTH);
  out.length += HEADER_LENGTH;
  out.bytes[at + 3] = sequenceId;
  return at;
}

function endPacket(out: PacketBuffer, at: number): void {
  const length = out.length - at - HEADER_LENGTH;
  if (length < MAX_FRAME_PAYLOAD) writeFrameLength(out.bytes, at, length);
  else divide(out, at, length);
}

/** Puts a header in front of each 16 MB of a payload that has one, from the end on. */
function divide(out: PacketBuffer, at: number, length: number): void {
  const more = framesOf(length) - 1;
  out.reserve(more * HEADER_LENGTH);
  const sequenceId = out.bytes[at + 3] ?? 0;
  for (let frame = more; frame >= 0; frame -= 1) {
    const from = at + HEADER_LENGTH + frame * MAX_FRAME_PAYLOAD;
    const size = Math.min(length - frame * MAX_FRAME_PAYLOAD, MAX_FRAME_PAYLOAD);
    const header = from - HEADER_LENGTH + frame * HEADER_LENGTH;
    out.bytes.copyWithin(header + HEADER_LENGTH, from, from + size);
    writeFrameLength(out.bytes, header, size);
    out.bytes[header + 3] = sequenceId + frame;
  }
  out.length += more * HEADER_LENGTH;
}

/** Writes a masked cell with its length in front. @returns false where it became NULL, and nothing was written */
function writeCell(masker: CellMasker, cell: CurrentCell, out: PacketBuffer): boolean {
  const at = out.length;
  out.reserve(1);
  out.length += 1;
  if (!masker(cell, out)) {
    out.length = at;
    return false;
  }
  const length = out.length - at - 1;
  const size = lengthEncodedSize(length);
  if (size === 1) {
    out.bytes[at] = length;
    return true;
  }
  out.reserve(size - 1);
  out.bytes.copyWithin(at + size, at + 1, out.length);
  out.length += size - 1;
  writeLengthEncoded(out.bytes, length, at);
  return true;
}

/**
 * Rewrites rows of the text protocol, where every cell is a length-encoded string and 0xFB is NULL.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_row.html
 */
export function createTextRowRewriter(columns: readonly ColumnDefinition[], mask: RowMask): RowRewriter {
  const last = lastMasked(mask);
  const scanner = new CellScanner();
  const cells = cellsOf(columns, false);
  return (bytes, start, end, sequenceId, out) => {
    const header = beginPacket(out, sequenceId);
    let untouched = start;
    let at = start;
    for (let index = 0; index <= last; index += 1) {
      if (at < end && bytes[at] === NULL_CELL) {
        at += 1;
        continue;
      }
      scanner.lengthEncoded(bytes, at, end);
      const masker = mask[index];
      const cell = cells[index];
      if (masker !== undefined && cell !== undefined) {
        out.copy(bytes, untouched, at);
        if (!maskCell(masker, cell, bytes, scanner, out)) {
          out.reserve(1);
          out.bytes[out.length] = NULL_CELL;
          out.length += 1;
        }
        untouched = scanner.end;
      }
      at = scanner.end;
    }
    out.copy(bytes, untouched, end);
    endPacket(out, header);
  };
}

function cellsOf(columns: readonly ColumnDefinition[], binary: boolean): readonly CurrentCell[] {
  return columns.map((column) => ({ bytes: NO_BYTES, start: 0, end: 0, column, binary }));
}

/** Where a cell stands while it is masked, so that what stands for it can be written in its place. */
const SCRATCH = Buffer.alloc(512);

/** Lets a masker see a cell: its bytes may be written over from now on. */
function showCell(cell: CurrentCell, bytes: Buffer, { start, end }: CellScanner, out: PacketBuffer): void {
  // Where so much is free before it, what stands for it ends there, or is seldom as long: then it goes on in other memory.
  const isFree = start - out.length > 2 * (end - start);
  if (isFree || bytes !== out.bytes || end - start > SCRATCH.length) {
    cell.bytes = bytes;
    cell.start = start;
    cell.end = end;
    out.release(bytes, start);
    return;
  }
  for (let at = start, to = 0; at < end; at += 1, to += 1) SCRATCH[to] = bytes[at] ?? 0;
  cell.bytes = SCRATCH;
  cell.start = 0;
  cell.end = end - start;
  out.release(bytes, end);
}

/** Writes what stands for a cell that has its length in front. @returns false where it became NULL */
function maskCell(
  masker: CellMasker,
  cell: CurrentCell,
  bytes: Buffer,
  scanner: CellScanner,
  out: PacketBuffer,
): boolean {
  showCell(cell, bytes, scanner, out);
  const isWritten = writeCell(masker, cell, out);
  cell.bytes = NO_BYTES;
  out.release(bytes, scanner.end);
  return isWritten;
}

/** Writes a masked value of a fixed size. @returns false where it became NULL, or has another size */
function writeFixed(
  masker: CellMasker,
  cell: CurrentCell,
  bytes: Buffer,
  scanner: CellScanner,
  out: PacketBuffer,
): boolean {
  showCell(cell, bytes, scanner, out);
  const at = out.length;
  const isWritten = masker(cell, out) && out.length - at === scanner.end - scanner.start;
  cell.bytes = NO_BYTES;
  if (!isWritten) out.length = at;
  return isWritten;
}

/**
 * Rewrites rows of the binary protocol: 0x00, a NULL bitmap that begins at its third bit, then the values that are not NULL.
 * A value of a fixed size keeps it, or becomes NULL.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
export function createBinaryRowRewriter(columns: readonly ColumnDefinition[], mask: RowMask): RowRewriter {
  const last = lastMasked(mask);
  const sizes = columns.map(({ type }) => fixedSize(type));
  const headLength = 1 + ((columns.length + 9) >> 3);
  const scanner = new CellScanner();
  const cells = cellsOf(columns, true);
  return (bytes, start, end, sequenceId, out) => {
    if (start + headLength > end) throw doesNotFit();
    const header = beginPacket(out, sequenceId);
    out.copy(bytes, start, start + headLength);
    let untouched = start + headLength;
    let at = untouched;
    for (let index = 0; index <= last; index += 1) {
      // The source's bitmap may be written over by now.
      const byte = header + HEADER_LENGTH + 1 + ((index + 2) >> 3);
      const flag = 1 << ((index + 2) & 7);
      if (((out.bytes[byte] ?? 0) & flag) !== 0) continue;
      const size = sizes[index] ?? -1;
      if (size === -1) scanner.lengthEncoded(bytes, at, end);
      else scanner.fixed(at, size, end);
      const masker = mask[index];
      const cell = cells[index];
      if (masker !== undefined && cell !== undefined) {
        out.copy(bytes, untouched, at);
        const write = size === -1 ? maskCell : writeFixed;
        if (!write(masker, cell, bytes, scanner, out)) {
          out.bytes[byte] = (out.bytes[byte] ?? 0) | flag;
        }
        untouched = scanner.end;
      }
      at = scanner.end;
    }
    out.copy(bytes, untouched, end);
    endPacket(out, header);
  };
}
