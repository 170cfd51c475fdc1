import { FieldType, HEADER_LENGTH } from './constants.js';
import type { ColumnDefinition } from './column-definition.js';
import { lengthEncodedSize, writeLengthEncoded } from './length-encoded.js';
import { PayloadReader } from './payload-reader.js';

/**
 * Gives the bytes that stand for a cell, or null for SQL NULL. It is never called for a cell that is NULL. The bytes handed in
 * are a view that must not be kept; `binary` says whether they are of the binary protocol, in which what has a fixed size keeps it.
 */
export type CellMasker = (cell: Buffer, column: ColumnDefinition, binary: boolean) => Buffer | null;

/** One masker a column, `undefined` for a column that passes untouched. */
export type RowMask = readonly (CellMasker | undefined)[];

/** Rewrites one row packet (header excluded on the way in, included on the way out); the sequence id is kept. */
export type RowRewriter = (bytes: Buffer, start: number, end: number, sequenceId: number) => Buffer;

/** A cell of the new row: a slice of bytes with or without a length in front. */
interface Piece {
  readonly bytes: Buffer;
  readonly lengthPrefixed: boolean;
}

function assemble(pieces: readonly Piece[], sequenceId: number): Buffer {
  let length = 0;
  for (const { bytes, lengthPrefixed } of pieces) {
    length += bytes.length + (lengthPrefixed ? lengthEncodedSize(bytes.length) : 0);
  }
  const packet = Buffer.allocUnsafe(HEADER_LENGTH + length);
  packet.writeUIntLE(length, 0, 3);
  let offset = packet.writeUInt8(sequenceId, 3);
  for (const { bytes, lengthPrefixed } of pieces) {
    if (lengthPrefixed) offset = writeLengthEncoded(packet, bytes.length, offset);
    offset += bytes.copy(packet, offset);
  }
  return packet;
}

const TEXT_NULL = Buffer.from([0xfb]);

/**
 * Rewrites rows of the text protocol, where every cell is a length-encoded string and 0xFB is NULL.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_row.html
 */
export function createTextRowRewriter(columns: readonly ColumnDefinition[], mask: RowMask): RowRewriter {
  return (bytes, start, end, sequenceId) => {
    const reader = new PayloadReader(bytes, start, end);
    const pieces: Piece[] = [];
    let untouched = start;
    for (const [index, column] of columns.entries()) {
      const cellStart = reader.offset;
      if (bytes[cellStart] === 0xfb) {
        reader.skip(1);
        continue;
      }
      const cell = reader.lengthEncodedBytes();
      const masker = mask[index];
      if (masker === undefined) continue;
      pieces.push({ bytes: bytes.subarray(untouched, cellStart), lengthPrefixed: false });
      const masked = masker(cell, column, false);
      pieces.push(
        masked === null ? { bytes: TEXT_NULL, lengthPrefixed: false } : { bytes: masked, lengthPrefixed: true },
      );
      untouched = reader.offset;
    }
    pieces.push({ bytes: bytes.subarray(untouched, end), lengthPrefixed: false });
    return assemble(pieces, sequenceId);
  };
}

/** Bytes of a value of fixed size in the binary protocol; -1 where a length stands before it. */
function fixedSize(type: number): number {
  switch (type) {
    case FieldType.NULL:
      return 0;
    case FieldType.TINY:
      return 1;
    case FieldType.SHORT:
    case FieldType.YEAR:
      return 2;
    case FieldType.LONG:
    case FieldType.INT24:
    case FieldType.FLOAT:
      return 4;
    case FieldType.LONGLONG:
    case FieldType.DOUBLE:
      return 8;
    default:
      return -1;
  }
}

/**
 * Rewrites rows of the binary protocol: 0x00, a NULL bitmap that begins at its third bit, then the values that are not NULL.
 * A value of a fixed size keeps it, or becomes NULL.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
export function createBinaryRowRewriter(columns: readonly ColumnDefinition[], mask: RowMask): RowRewriter {
  const bitmapLength = (columns.length + 9) >> 3;
  return (bytes, start, end, sequenceId) => {
    const reader = new PayloadReader(bytes, start, end);
    reader.skip(1 + bitmapLength);
    const head = Buffer.from(bytes.subarray(start, reader.offset));
    const pieces: Piece[] = [{ bytes: head, lengthPrefixed: false }];
    let untouched = reader.offset;
    for (const [index, column] of columns.entries()) {
      const bit = index + 2;
      const at = 1 + (bit >> 3);
      const flag = 1 << (bit & 7);
      if (((head[at] ?? 0) & flag) !== 0) continue;
      const cellStart = reader.offset;
      const size = fixedSize(column.type);
      const cell = size === -1 ? reader.lengthEncodedBytes() : bytes.subarray(cellStart, reader.skip(size) + size);
      const masker = mask[index];
      if (masker === undefined) continue;
      pieces.push({ bytes: bytes.subarray(untouched, cellStart), lengthPrefixed: false });
      const masked = masker(cell, column, true);
      if (masked === null || (size !== -1 && masked.length !== size)) head[at] = (head[at] ?? 0) | flag;
      else pieces.push({ bytes: masked, lengthPrefixed: size === -1 });
      untouched = reader.offset;
    }
    pieces.push({ bytes: bytes.subarray(untouched, end), lengthPrefixed: false });
    return assemble(pieces, sequenceId);
  };
}
