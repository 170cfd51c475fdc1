import { FailureError } from '../errors.js';
import { MAX_FRAME_PAYLOAD } from './constants.js';

/** Where in an answer its reader stands. */
export const State = {
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

/** @throws FailureError `PROTOCOL_VIOLATION` where no packet of this length can stand */
export function checkLength(length: number, state: number): void {
  if (length === 0 || (state !== State.ROWS && length > MAX_CONTROL_BYTES)) {
    throw new FailureError('PROTOCOL_VIOLATION', `the server sent a packet of ${length} bytes where none fits`);
  }
}

/** ERR; EOF, which is shorter than nine bytes; or the OK that stands for an EOF, which is shorter than a full frame. */
export function endsRows(first: number, length: number, deprecateEof: boolean): boolean {
  if (first === 0xff) return true;
  return first === 0xfe && length < (deprecateEof ? MAX_FRAME_PAYLOAD : 9);
}
