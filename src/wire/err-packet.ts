import { HEADER_LENGTH } from './constants.js';
import { PayloadReader } from './payload-reader.js';

/** An ERR packet. */
export interface ErrPacket {
  readonly errno: number;
  readonly sqlState: string;
  readonly message: string;
}

/**
 * Reads an ERR packet.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html
 */
export function readErrPacket(bytes: Buffer, start: number, end: number): ErrPacket {
  const reader = new PayloadReader(bytes, start + 1, end);
  const errno = reader.int2();
  const rest = reader.rest();
  const hasState = rest[0] === 0x23; // '#'
  return {
    errno,
    sqlState: hasState ? rest.toString('latin1', 1, 6) : 'HY000',
    message: rest.toString('utf8', hasState ? 6 : 0),
  };
}

const MAX_MESSAGE_BYTES = 8_192;

/** Builds a whole ERR packet, header included; the message is cut at 8 KiB. */
export function buildErrPacket(sequenceId: number, error: ErrPacket): Buffer {
  const message = Buffer.from(error.message, 'utf8').subarray(0, MAX_MESSAGE_BYTES);
  const length = 9 + message.length;
  const packet = Buffer.allocUnsafe(HEADER_LENGTH + length);
  packet.writeUIntLE(length, 0, 3);
  packet.writeUInt8(sequenceId & 0xff, 3);
  packet.writeUInt8(0xff, 4);
  packet.writeUInt16LE(error.errno, 5);
  packet.write(`#${error.sqlState.padEnd(5, '0').slice(0, 5)}`, 7, 'latin1');
  message.copy(packet, 13);
  return packet;
}
