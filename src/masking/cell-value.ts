/**
 * Values of cells in both protocols, and back. What has no representation here stays opaque: it can only become NULL.
 *
 * @module
 */
import type { ColumnDefinition } from '../wire/column-definition.js';
import { FieldType } from '../wire/constants.js';
import { integerSize } from '../wire/field-size.js';

/** What maskers know of a column's type. */
export type ValueKind = 'text' | 'number' | 'date' | 'json' | 'opaque';

/** The kind of a column's values. */
export function kindOf({ type, isJson }: ColumnDefinition): ValueKind {
  if (isJson) return 'json';
  switch (type) {
    case FieldType.VARCHAR:
    case FieldType.VAR_STRING:
    case FieldType.STRING:
    case FieldType.ENUM:
    case FieldType.SET:
    case FieldType.TINY_BLOB:
    case FieldType.MEDIUM_BLOB:
    case FieldType.LONG_BLOB:
    case FieldType.BLOB:
      return 'text';
    case FieldType.DECIMAL:
    case FieldType.NEWDECIMAL:
    case FieldType.FLOAT:
    case FieldType.DOUBLE:
      return 'number';
    case FieldType.DATE:
    case FieldType.DATETIME:
    case FieldType.TIMESTAMP:
      return 'date';
    default:
      return integerSize(type) > 0 ? 'number' : 'opaque';
  }
}

/** The text of a number, as the text protocol has it. */
export function readNumber(cell: Buffer, { type, unsigned }: ColumnDefinition, binary: boolean): string {
  if (!binary) return cell.toString('latin1');
  const bytes = integerSize(type);
  if (bytes === 8) return String(unsigned ? cell.readBigUInt64LE() : cell.readBigInt64LE());
  if (bytes > 0) return String(unsigned ? cell.readUIntLE(0, bytes) : cell.readIntLE(0, bytes));
  if (type === FieldType.FLOAT) return String(cell.readFloatLE());
  return type === FieldType.DOUBLE ? String(cell.readDoubleLE()) : cell.toString('latin1');
}

/** A number as bytes; null where it is none of the type. */
export function writeNumber(text: string, { type, unsigned }: ColumnDefinition, binary: boolean): Buffer | null {
  if (!/^-?\d{1,66}(?:\.\d{1,40})?(?:e[+-]?\d{1,3})?$/i.test(text)) return null;
  const bytes = integerSize(type);
  if (bytes > 0) return writeInteger(text, bytes, unsigned, binary);
  if (!binary) return Buffer.from(text, 'latin1');
  if (type === FieldType.FLOAT) {
    const cell = Buffer.alloc(4);
    cell.writeFloatLE(Number(text));
    return cell;
  }
  if (type === FieldType.DOUBLE) {
    const cell = Buffer.alloc(8);
    cell.writeDoubleLE(Number(text));
    return cell;
  }
  return Buffer.from(text, 'latin1');
}

function writeInteger(text: string, bytes: number, unsigned: boolean, binary: boolean): Buffer | null {
  if (!/^-?\d+$/.test(text)) return null;
  const value = BigInt(text);
  const bits = bytes * 8;
  const fits = unsigned ? value === BigInt.asUintN(bits, value) : value === BigInt.asIntN(bits, value);
  if (!fits) return null;
  if (!binary) return Buffer.from(text, 'latin1');
  const cell = Buffer.alloc(8);
  cell.writeBigUInt64LE(BigInt.asUintN(64, value));
  return cell.subarray(0, bytes);
}

/** A calendar date. Month and day may be 0. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The date of a DATE, DATETIME or TIMESTAMP; undefined for what is none. */
export function readDate(cell: Buffer, binary: boolean): CalendarDate | undefined {
  if (binary) {
    if (cell.length === 0) return { year: 0, month: 0, day: 0 };
    return cell.length < 4 ? undefined : { year: cell.readUInt16LE(0), month: cell[2] ?? 0, day: cell[3] ?? 0 };
  }
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T]|$)/.exec(cell.toString('latin1'));
  return match === null ? undefined : { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
}

/** A date as bytes of a column's type, at midnight. `like`: the cell that it stands for. */
export function writeDate({ year, month, day }: CalendarDate, like: Buffer, binary: boolean): Buffer {
  if (binary) {
    const cell = Buffer.alloc(4);
    cell.writeUInt16LE(year);
    cell[2] = month;
    cell[3] = day;
    return cell;
  }
  const pad = (value: number, length: number): string => String(value).padStart(length, '0');
  const rest = like.toString('latin1', 10).replace(/\d/g, '0');
  return Buffer.from(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}${rest}`, 'latin1');
}
