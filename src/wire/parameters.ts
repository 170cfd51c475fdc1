import { FailureError } from '../errors.js';
import { FieldType } from './constants.js';
import { PayloadReader } from './payload-reader.js';
import { type BinaryType, type WireValue, readBinaryValue } from './wire-value.js';

/** What a COM_STMT_EXECUTE carries. */
export interface ExecuteParameters {
  readonly values: readonly WireValue[];
  /** Types bound with this execution, to be remembered for the next one that brings none. */
  readonly types: readonly BinaryType[];
}

const PARAMETER_COUNT_AVAILABLE = 0x08;
/** CURSOR_TYPE_READ_ONLY, _FOR_UPDATE and _SCROLLABLE. */
const CURSOR_TYPES = 0x07;
const MAX_PARAMETERS = 65_535;

/** What decoding needs to know about the statement. */
export interface PreparedParameters {
  /** Number of placeholders, as the server said. */
  readonly parameterCount: number;
  /** Types bound by an earlier execution. */
  readonly types: readonly BinaryType[];
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
  const values: WireValue[] = [];
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

function readTypes(reader: PayloadReader, count: number, named: boolean): BinaryType[] {
  const types: BinaryType[] = [];
  for (let index = 0; index < count; index += 1) {
    const type = reader.int1();
    types.push({ type, unsigned: (reader.int1() & 0x80) !== 0 });
    if (named) reader.lengthEncodedBytes();
  }
  return types;
}

/** Whether a COM_STMT_EXECUTE wants its rows fetched later. */
export function opensCursor(payload: Buffer): boolean {
  return ((payload[5] ?? 0) & CURSOR_TYPES) !== 0;
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
  const sets = reader.lengthEncodedInt();
  if (sets !== 1) throw new FailureError('PROTOCOL_VIOLATION', `a query has ${sets} sets of attributes, not one`);
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
