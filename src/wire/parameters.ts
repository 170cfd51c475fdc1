import { FailureError, isCountersignError } from '../errors.js';
import { FieldType } from './constants.js';
import { PayloadReader } from './payload-reader.js';
import { type BinaryType, type WireValue, readBinaryValue } from './wire-value.js';

/** What a COM_STMT_EXECUTE carries. */
export interface ExecuteParameters {
  readonly values: readonly WireValue[];
  /** Types bound with this execution, to be remembered for the next one that brings none. */
  readonly types: readonly BinaryType[];
  /** The query's attributes by their names; undefined where there are none. */
  readonly attributes: QueryAttributes | undefined;
}

/** Attributes of a query (CLIENT_QUERY_ATTRIBUTES), those that are texts. */
export type QueryAttributes = ReadonlyMap<string, string>;

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
 * Decodes the parameters of a COM_STMT_EXECUTE. With CLIENT_QUERY_ATTRIBUTES the attributes follow the parameters.
 * @param payload the packet, from its command byte on
 * @throws FailureError `PROTOCOL_VIOLATION` where lengths do not fit
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
 */
export function readExecuteParameters(
  payload: Buffer,
  statement: PreparedParameters,
  queryAttributes: boolean,
): ExecuteParameters {
  try {
    return decode(payload, statement, queryAttributes);
  } catch (cause) {
    if (!isCountersignError(cause)) throw cause;
    const problem = `the parameters do not fit the ${statement.parameterCount} placeholders of the statement: ${cause.message}`;
    throw new FailureError('PROTOCOL_VIOLATION', problem, { cause });
  }
}

function decode(payload: Buffer, statement: PreparedParameters, queryAttributes: boolean): ExecuteParameters {
  const reader = new PayloadReader(payload, 5, payload.length);
  const flags = reader.int1();
  reader.int4(); // iteration count, always 1
  let count = statement.parameterCount;
  const counted = queryAttributes && (flags & PARAMETER_COUNT_AVAILABLE) !== 0;
  if (counted) count = checkCount(reader.lengthEncodedInt(), statement.parameterCount);
  if (count === 0) return { values: [], types: statement.types, attributes: undefined };
  const nullBitmap = reader.skip((count + 7) >> 3);
  const bound = reader.int1() === 1;
  const names: string[] = [];
  const types = bound ? readTypes(reader, count, queryAttributes ? names : undefined) : statement.types;
  const values: WireValue[] = [];
  const isNull = (index: number): boolean => ((payload[nullBitmap + (index >> 3)] ?? 0) & (1 << (index & 7))) !== 0;
  for (let index = 0; index < statement.parameterCount; index += 1) {
    const longData = statement.longData.get(index);
    if (longData !== undefined) values.push(`(${longData} bytes of long data)`);
    else if (isNull(index)) values.push(null);
    else values.push(readBinaryValue(reader, types[index] ?? { type: FieldType.VAR_STRING, unsigned: false }));
  }
  const attributes = new Map<string, string>();
  for (let index = statement.parameterCount; index < names.length; index += 1) {
    if (!isNull(index)) addText(attributes, names[index], readBinaryValue(reader, types[index] ?? NULL_TYPE));
  }
  return {
    values,
    types: types.length > statement.parameterCount ? types.slice(0, statement.parameterCount) : types,
    attributes: attributes.size === 0 ? undefined : attributes,
  };
}

/** A count beyond what there can be is no count: it would be believed for the sizes of what follows. */
function checkCount(count: number, least: number): number {
  if (count >= least && count <= MAX_PARAMETERS) return count;
  throw new FailureError('PROTOCOL_VIOLATION', `${count} parameters and attributes came, of at least ${least}`);
}

const NULL_TYPE: BinaryType = { type: FieldType.NULL, unsigned: false };

function addText(attributes: Map<string, string>, name: string | undefined, value: WireValue): void {
  if (name !== undefined && name !== '' && typeof value === 'string') attributes.set(name, value);
}

/** @param names where their names are put, if they have any */
function readTypes(reader: PayloadReader, count: number, names: string[] | undefined): BinaryType[] {
  const types: BinaryType[] = [];
  for (let index = 0; index < count; index += 1) {
    const type = reader.int1();
    types.push({ type, unsigned: (reader.int1() & 0x80) !== 0 });
    if (names !== undefined) names.push(reader.lengthEncodedText());
  }
  return types;
}

/** Whether a COM_STMT_EXECUTE wants its rows fetched later. */
export function opensCursor(payload: Buffer): boolean {
  return ((payload[5] ?? 0) & CURSOR_TYPES) !== 0;
}

/** What stands in front of the text of a COM_QUERY. */
export interface QueryHead {
  /** Where the text begins. */
  readonly textStart: number;
  readonly attributes: QueryAttributes | undefined;
}

const PLAIN: QueryHead = { textStart: 1, attributes: undefined };
/** With CLIENT_QUERY_ATTRIBUTES, and none: a count of 0, and one set of them. */
const NO_ATTRIBUTES: QueryHead = { textStart: 3, attributes: undefined };

/**
 * Reads what stands in front of the text of a COM_QUERY: the command byte, and with CLIENT_QUERY_ATTRIBUTES the attributes.
 * @throws FailureError `PROTOCOL_VIOLATION` where lengths do not fit
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html
 */
export function readQueryHead(payload: Buffer, queryAttributes: boolean): QueryHead {
  if (!queryAttributes) return PLAIN;
  if (payload[1] === 0 && payload[2] === 1) return NO_ATTRIBUTES;
  const reader = new PayloadReader(payload, 1, payload.length);
  const count = checkCount(reader.lengthEncodedInt(), 0);
  const sets = reader.lengthEncodedInt();
  if (sets !== 1) throw new FailureError('PROTOCOL_VIOLATION', `a query has ${sets} sets of attributes, not one`);
  if (count === 0) return { textStart: reader.offset, attributes: undefined };
  const nullBitmap = reader.skip((count + 7) >> 3);
  if (reader.int1() !== 1) throw new FailureError('PROTOCOL_VIOLATION', 'the attributes of a query come without types');
  const names: string[] = [];
  const types = readTypes(reader, count, names);
  const attributes = new Map<string, string>();
  for (const [index, type] of types.entries()) {
    const isNull = ((payload[nullBitmap + (index >> 3)] ?? 0) & (1 << (index & 7))) !== 0;
    if (!isNull) addText(attributes, names[index], readBinaryValue(reader, type));
  }
  return { textStart: reader.offset, attributes };
}
