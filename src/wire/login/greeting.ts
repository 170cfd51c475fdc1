import { FailureError } from '../../errors.js';
import { PayloadReader } from '../payload-reader.js';
import { readErrPacket } from '../err-packet.js';

/** Bytes of a scramble. */
export const SCRAMBLE_LENGTH = 20;

const PROTOCOL_VERSION = 10;
/** Of a greeting, behind the version: thread id, first part of the scramble, filler, capabilities, collation, status, length, reserved. */
const MIDDLE_LENGTH = 4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 6 + 4;

/** The server's first packet. */
export interface Greeting {
  /** `8.4.3` or `5.5.5-10.11.18-MariaDB`. */
  readonly version: string;
  readonly threadId: number;
  /** {@link SCRAMBLE_LENGTH} bytes without a NUL. */
  readonly scramble: Buffer;
  /** Bits of `Capability`. */
  readonly capabilities: number;
  /** Bits of `MariadbCapability`; 0 of a server that is none. */
  readonly mariadbCapabilities: number;
  /** The lowest byte of the server's collation. */
  readonly collation: number;
  /** Bits of `ServerStatus`. */
  readonly status: number;
  readonly authPlugin: string;
}

/**
 * Builds the payload of a greeting.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html
 */
export function buildGreeting(greeting: Greeting): Buffer {
  const { version, threadId, scramble, capabilities, mariadbCapabilities, collation, status, authPlugin } = greeting;
  const middle = Buffer.alloc(MIDDLE_LENGTH);
  middle.writeUInt32LE(threadId >>> 0, 0);
  scramble.copy(middle, 4, 0, 8);
  middle.writeUInt16LE(capabilities & 0xffff, 13);
  middle.writeUInt8(collation, 15);
  middle.writeUInt16LE(status, 16);
  middle.writeUInt16LE(capabilities >>> 16, 18);
  middle.writeUInt8(SCRAMBLE_LENGTH + 1, 20);
  middle.writeUInt32LE(mariadbCapabilities >>> 0, 27);
  const head = Buffer.from(`\x0a${version}\0`, 'latin1');
  return Buffer.concat([head, middle, scramble.subarray(8), Buffer.from(`\0${authPlugin}\0`, 'latin1')]);
}

/**
 * Reads the payload of a greeting.
 * @throws FailureError `CONNECTION_UNSUPPORTED` where it is an error, such as too many connections, or of another protocol; `PROTOCOL_VIOLATION`
 */
export function readGreeting(payload: Buffer): Greeting {
  if (payload[0] === 0xff) {
    const { errno, message } = readErrPacket(payload, 0, payload.length);
    throw new FailureError('CONNECTION_UNSUPPORTED', `the server does not want this connection: ${errno} ${message}`);
  }
  const reader = new PayloadReader(payload, 0, payload.length);
  const protocol = reader.int1();
  if (protocol !== PROTOCOL_VERSION) {
    throw new FailureError('CONNECTION_UNSUPPORTED', `the server speaks version ${protocol} of the protocol, not 10`);
  }
  const version = reader.nullTerminatedText();
  const threadId = reader.int4();
  const first = reader.skip(8);
  reader.skip(1);
  const low = reader.int2();
  const collation = reader.int1();
  const status = reader.int2();
  const capabilities = low | (reader.int2() << 16);
  reader.skip(7);
  // Where MySQL has zeros.
  const mariadbCapabilities = reader.int4();
  const second = reader.skip(SCRAMBLE_LENGTH - 8);
  reader.skip(1);
  const scramble = Buffer.concat([
    payload.subarray(first, first + 8),
    payload.subarray(second, second + SCRAMBLE_LENGTH - 8),
  ]);
  const authPlugin = reader.nullTerminatedText();
  return { version, threadId, scramble, capabilities, mariadbCapabilities, collation, status, authPlugin };
}

/**
 * Takes MariaDB's own capabilities out of a greeting on its way, but for some: in place, the payload stays as long as it is.
 * @param allowed bits of `MariadbCapability`
 */
export function restrictGreeting(payload: Buffer, allowed: number): void {
  const at = payload.indexOf(0, 1) + 1 + 27;
  if (payload[0] !== PROTOCOL_VERSION || at + 4 > payload.length) return;
  payload.writeUInt32LE((payload.readUInt32LE(at) & allowed) >>> 0, at);
}
