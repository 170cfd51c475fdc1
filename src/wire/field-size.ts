import { FieldType } from './constants.js';

/** How many bytes an integer of this type has in the binary protocol; 0 where it is none. */
export function integerSize(type: number): number {
  switch (type) {
    case FieldType.TINY:
      return 1;
    case FieldType.SHORT:
    case FieldType.YEAR:
      return 2;
    case FieldType.LONG:
    case FieldType.INT24:
      return 4;
    case FieldType.LONGLONG:
      return 8;
    default:
      return 0;
  }
}

/** How many bytes a value of this type has in the binary protocol; -1 where a length stands before it. */
export function fixedSize(type: number): number {
  if (type === FieldType.NULL) return 0;
  if (type === FieldType.FLOAT) return 4;
  if (type === FieldType.DOUBLE) return 8;
  return integerSize(type) || -1;
}
