import type { ColumnDefinition } from './column-definition.js';
import { FieldType } from './constants.js';
import { PayloadReader } from './payload-reader.js';
import { integer, readBinaryValue, textOrBase64, type WireValue } from './wire-value.js';

/** Reads the cells of a row that stands in `bytes` without its header. @throws FailureError `PROTOCOL_VIOLATION` where lengths do not fit */
export type RowReader = (
  bytes: Buffer,
  start: number,
  end: number,
  columns: readonly ColumnDefinition[],
) => readonly WireValue[];

const NULL_CELL = 0xfb;

/**
 * Reads a row of the text protocol.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_row.html
 */
export const readTextRow: RowReader = (bytes, start, end, columns) => {
  const reader = new PayloadReader(bytes, start, end);
  return columns.map(({ type }) => {
    if (reader.remaining > 0 && bytes[reader.offset] === NULL_CELL) {
      reader.skip(1);
      return null;
    }
    return valueOfText(reader.lengthEncodedBytes(), type);
  });
};

/**
 * Reads a row of the binary protocol.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
export const readBinaryRow: RowReader = (bytes, start, end, columns) => {
  const reader = new PayloadReader(bytes, start, end);
  reader.skip(1);
  const nulls = reader.skip((columns.length + 9) >> 3);
  return columns.map((column, index) => {
    const bit = index + 2;
    const isNull = ((bytes[nulls + (bit >> 3)] ?? 0) & (1 << (bit & 7))) !== 0;
    return isNull ? null : readBinaryValue(reader, column);
  });
};

function valueOfText(cell: Buffer, type: number): WireValue {
  switch (type) {
    case FieldType.TINY:
    case FieldType.SHORT:
    case FieldType.LONG:
    case FieldType.INT24:
    case FieldType.LONGLONG:
    case FieldType.YEAR:
      return integerOf(cell.toString('latin1'));
    case FieldType.FLOAT:
    case FieldType.DOUBLE:
      return numberOf(cell.toString('latin1'));
    default:
      return textOrBase64(cell);
  }
}

/** A mask may stand in the place of a number. */
function integerOf(text: string): WireValue {
  return /^-?\d{1,20}$/.test(text) ? integer(BigInt(text)) : text;
}

function numberOf(text: string): WireValue {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : text;
}
