import { FieldType } from './constants.js';
import { PayloadReader } from './payload-reader.js';

/** Type of one bound parameter: a `FieldType`, and whether it is unsigned. */
export interface ParameterType {
  readonly type: number;
  readonly unsigned: boolean;
}

/** A parameter as the record shows it: 64-bit integers beyond 2^53 as strings, bytes that are not UTF-8 as `base64:…`. */
export type ParameterValue = string | number | null;

/** What a COM_STMT_EXECUTE carries. */
export interface ExecuteParameters {
  readonly values: readonly ParameterValue[];
  /** Types bound with this execution, to be remembered for the next one that brings none. */
  readonly types: readonly ParameterType[];
}

const PARAMETER_COUNT_AVAILABLE = 0x08;
const MAX_PARAMETERS = 65_535;

/** What decoding needs to know about the statement. */
export interface PreparedParameters {
  /** Number of placeholders, as the server said. */
  readonly parameterCount: number;
  /** Types bound by an earlier execution. */
  readonly types: readonly ParameterType[];
  /** Values sent by COM_STMT_SEND_LONG_DATA, by position: their bytes are not in the packet. */
  readonly longData: ReadonlyMap<number, number>;
}

/**
 * Decodes the parameters of a COM_STMT_EXECUTE. With CLIENT_QUERY_ATTRIBUTES the attributes follow the parameters and are left out.
 * @param payload the packet, from its command byte on
 * @throws FailureError `PROTOCOL_VIOLATION` where lengths do not fit
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
 */
export function readExecuteParameters(
  payload: Buffer,
  statement: PreparedParameters,
  queryAttributes: boolean,
): ExecuteParameters {
  const reader = new PayloadReader(payload, 5, payload.length);
  const flags = reader.int1();
  reader.int4(); // iteration count, always 1
  let count = statement.parameterCount;
  const counted = queryAttributes && (flags & PARAMETER_COUNT_AVAILABLE) !== 0;
  if (counted) count = reader.lengthEncodedInt();
  if (count === 0 || count > MAX_PARAMETERS) return { values: [], types: statement.types };
  const nullBitmap = reader.skip((count + 7) >> 3);
  const bound = reader.int1() === 1;
  const types = bound ? readTypes(reader, count, queryAttributes) : statement.types;
  const values: ParameterValue[] = [];
  for (let index = 0; index < statement.parameterCount; index += 1) {
    const longData = statement.longData.get(index);
    if (longData !== undefined) {
      values.push(`(${longData} bytes of long data)`);
    } else if (((payload[nullBitmap + (index >> 3)] ?? 0) & (1 << (index & 7))) !== 0) {
      values.push(null);
    } else {
      values.push(readBinaryValue(reader, types[index] ?? { type: FieldType.VAR_STRING, unsigned: false }));
    }
  }
  return { values, types: types.length > statement.parameterCount ? types.slice(0, statement.parameterCount) : types };
}

function readTypes(reader: PayloadReader, count: number, named: boolean): ParameterType[] {
  const types: ParameterType[] = [];
  for (let index = 0; index < count; index += 1) {
    const type = reader.int1();
    types.push({ type, unsigned: (reader.int1() & 0x80) !== 0 });
    if (named) reader.lengthEncodedBytes();
  }
  return types;
}

/** Longer values are cut in the record, and say how long they were. */
const MAX_RECORDED_BYTES = 4_096;

function textOrBase64(bytes: Buffer): string {
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

function integer(value: bigint): ParameterValue {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value.toString();
}

function readBinaryValue(reader: PayloadReader, { type, unsigned }: ParameterType): ParameterValue {
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

/**
 * Where the text of a COM_QUERY begins: after the command byte, and with CLIENT_QUERY_ATTRIBUTES after the attributes.
 * @throws FailureError `PROTOCOL_VIOLATION` where lengths do not fit
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html
 */
export function queryTextStart(payload: Buffer, queryAttributes: boolean): number {
  if (!queryAttributes) return 1;
  const reader = new PayloadReader(payload, 1, payload.length);
  const count = reader.lengthEncodedInt();
  reader.lengthEncodedInt(); // number of parameter sets, always 1
  if (count === 0) return reader.offset;
  const nullBitmap = reader.skip((count + 7) >> 3);
  reader.skip(1); // new-params-bind flag, always 1
  const types = readTypes(reader, count, true);
  for (const [index, type] of types.entries()) {
    const isNull = ((payload[nullBitmap + (index >> 3)] ?? 0) & (1 << (index & 7))) !== 0;
    if (!isNull) readBinaryValue(reader, type);
  }
  return reader.offset;
}
