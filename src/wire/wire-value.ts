import { FieldType } from './constants.js';
import type { PayloadReader } from './payload-reader.js';

/** Type of a value of the binary protocol: a `FieldType`, and whether it is unsigned. */
export interface BinaryType {
  readonly type: number;
  readonly unsigned: boolean;
}

/** A parameter or a cell as the record shows it: 64-bit integers beyond 2^53 as strings, bytes that are not UTF-8 as `base64:…`. */
export type WireValue = string | number | null;

/** Longer values are cut in the record, and say how long they were. */
const MAX_RECORDED_BYTES = 4_096;

/** A text; `base64:…` where it is no UTF-8. Above 4,096 bytes it is cut, and says how long it was. */
export function textOrBase64(bytes: Buffer): string {
  const cut = bytes.length > MAX_RECORDED_BYTES;
  const shown = cut ? bytes.subarray(0, MAX_RECORDED_BYTES) : bytes;
  const note = cut ? `… (${bytes.length} bytes)` : '';
  try {
    // In streaming mode a character that the cut has split is no error.
    return new TextDecoder('utf-8', { fatal: true }).decode(shown, { stream: cut }) + note;
  } catch {
    return `base64:${shown.toString('base64')}${note}`;
  }
}

/** As a number where that is exact. */
export function integer(value: bigint): WireValue {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value.toString();
}

/**
 * Reads a value of the binary protocol.
 * @throws FailureError `PROTOCOL_VIOLATION` where lengths do not fit
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
export function readBinaryValue(reader: PayloadReader, { type, unsigned }: BinaryType): WireValue {
  switch (type) {
    case FieldType.NULL:
      return null;
    case FieldType.TINY:
      return unsigned ? reader.int1() : (reader.int1() << 24) >> 24;
    case FieldType.SHORT:
    case FieldType.YEAR:
      return unsigned ? reader.int2() : (reader.int2() << 16) >> 16;
    case FieldType.LONG:
    case FieldType.INT24:
      return unsigned ? reader.int4() : reader.int4() | 0;
    case FieldType.LONGLONG:
      return integer(unsigned ? reader.int8() : BigInt.asIntN(64, reader.int8()));
    case FieldType.FLOAT:
      return reader.floatLE();
    case FieldType.DOUBLE:
      return reader.doubleLE();
    case FieldType.DATE:
    case FieldType.DATETIME:
    case FieldType.TIMESTAMP:
      return readDateTime(reader);
    case FieldType.TIME:
      return readTime(reader);
    default:
      return textOrBase64(reader.lengthEncodedBytes());
  }
}

const two = (value: number): string => String(value).padStart(2, '0');

function fraction(microseconds: number): string {
  return microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`;
}

/** A length of 0, 4, 7 or 11, then year, month, day, hour, minute, second, microseconds as far as the length goes. */
function readDateTime(reader: PayloadReader): string {
  const length = reader.int1();
  if (length === 0) return '0000-00-00';
  const date = `${String(reader.int2()).padStart(4, '0')}-${two(reader.int1())}-${two(reader.int1())}`;
  if (length < 7) return date;
  const time = `${two(reader.int1())}:${two(reader.int1())}:${two(reader.int1())}`;
  return `${date} ${time}${length < 11 ? '' : fraction(reader.int4())}`;
}

/** A length of 0, 8 or 12, then sign, days, hours, minutes, seconds, microseconds. */
function readTime(reader: PayloadReader): string {
  const length = reader.int1();
  if (length === 0) return '00:00:00';
  const sign = reader.int1() === 1 ? '-' : '';
  const hours = reader.int4() * 24 + reader.int1();
  const time = `${sign}${two(hours)}:${two(reader.int1())}:${two(reader.int1())}`;
  return `${time}${length < 12 ? '' : fraction(reader.int4())}`;
}
