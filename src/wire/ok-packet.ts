import { PayloadReader } from './payload-reader.js';

/** What of an OK packet matters here. */
export interface OkPacket {
  readonly affectedRows: number | bigint;
  readonly lastInsertId: number | bigint;
  /** Bits of `ServerStatus`. */
  readonly status: number;
  readonly warnings: number;
}

/**
 * Reads an OK packet, whose header is 0x00, or 0xFE where it stands for an EOF under CLIENT_DEPRECATE_EOF.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html
 */
export function readOkPacket(bytes: Buffer, start: number, end: number): OkPacket {
  const reader = new PayloadReader(bytes, start + 1, end);
  return {
    affectedRows: reader.lengthEncodedCount(),
    lastInsertId: reader.lengthEncodedCount(),
    status: reader.int2(),
    warnings: reader.int2(),
  };
}

/** The status bits of an EOF packet: header, two bytes of warnings, two of status. */
export function readEofStatus(bytes: Buffer, start: number, end: number): number {
  const reader = new PayloadReader(bytes, start + 3, end);
  return reader.int2();
}

/** The status bits of the packet that ends rows: EOF, or the OK that stands for it under CLIENT_DEPRECATE_EOF. */
export function readEndOfRows(bytes: Buffer, start: number, end: number, deprecateEof: boolean): number {
  return deprecateEof ? readOkPacket(bytes, start, end).status : readEofStatus(bytes, start, end);
}

/** Builds the packet that ends the rows of a result, header included: EOF, or the OK that stands for it under CLIENT_DEPRECATE_EOF. */
export function buildEndOfRows(sequenceId: number, status: number, deprecateEof: boolean): Buffer {
  const payload = deprecateEof
    ? [0xfe, 0, 0, status & 0xff, status >> 8, 0, 0]
    : [0xfe, 0, 0, status & 0xff, status >> 8];
  return Buffer.from([payload.length, 0, 0, sequenceId & 0xff, ...payload]);
}
