import { FailureError } from '../../errors.js';
import { Capability } from '../constants.js';
import { PayloadReader } from '../payload-reader.js';

/** Length of the part that a request for TLS has as well. */
const HEAD_LENGTH = 32;
/** Names of users and schemas may be longer here than on a server: a short-lived credential is one. */
const MAX_NAME_LENGTH = 1_024;
/** As on a server. */
const MAX_ATTRIBUTES_BYTES = 65_536;

/** What every login begins with. */
export interface HandshakeHead {
  /** Bits of `Capability`. */
  readonly capabilities: number;
  /** Bits of `MariadbCapability`; 0 of a client that does not speak of them. */
  readonly mariadbCapabilities: number;
  /** The lowest byte of the client's collation. */
  readonly collation: number;
}

/** A client's answer to the greeting. */
export interface HandshakeResponse extends HandshakeHead {
  readonly user: string;
  readonly authResponse: Buffer;
  readonly schema: string | undefined;
  readonly authPlugin: string | undefined;
  /** What the client says of itself, such as `_client_name`. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Whether a packet asks for TLS, before anything is said of the user. */
export function isTlsRequest(payload: Buffer): boolean {
  return payload.length === HEAD_LENGTH && (payload.readUInt32LE(0) & Capability.SSL) !== 0;
}

/**
 * Reads the payload of a `HandshakeResponse41`.
 * @throws FailureError `PROTOCOL_VIOLATION` where it is cut off or names something too long; `CONNECTION_UNSUPPORTED` where the client is older
 * than 4.1
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html
 */
export function readHandshakeResponse(payload: Buffer): HandshakeResponse {
  const reader = new PayloadReader(payload, 0, payload.length);
  const head = readHead(reader);
  const { capabilities } = head;
  const has = (capability: number): boolean => (capabilities & capability) !== 0;
  const user = nameOf(reader);
  const authResponse = readAuthResponse(reader, capabilities);
  const schema = has(Capability.CONNECT_WITH_DB) && reader.remaining > 0 ? nameOf(reader) : '';
  const authPlugin = has(Capability.PLUGIN_AUTH) && reader.remaining > 0 ? nameOf(reader) : undefined;
  const attributes = has(Capability.CONNECT_ATTRS) && reader.remaining > 0 ? readAttributes(reader) : new Map();
  return { ...head, user, authResponse, schema: schema === '' ? undefined : schema, authPlugin, attributes };
}

function readHead(reader: PayloadReader): HandshakeHead {
  const capabilities = reader.int4();
  if ((capabilities & Capability.PROTOCOL_41) === 0 || (capabilities & Capability.SECURE_CONNECTION) === 0) {
    throw new FailureError('CONNECTION_UNSUPPORTED', 'the client speaks a protocol older than that of MySQL 4.1');
  }
  reader.skip(4);
  const collation = reader.int1();
  reader.skip(19);
  const extended = reader.int4();
  const speaksMariadb = (capabilities & Capability.LONG_PASSWORD) === 0;
  return { capabilities, collation, mariadbCapabilities: speaksMariadb ? extended : 0 };
}

function readAuthResponse(reader: PayloadReader, capabilities: number): Buffer {
  // A copy: the packet goes, and what is in here may be a password.
  if ((capabilities & Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA) !== 0) return Buffer.from(reader.lengthEncodedBytes());
  return Buffer.from(reader.bytes(reader.int1()));
}

function nameOf(reader: PayloadReader): string {
  const name = reader.nullTerminatedText();
  if (name.length > MAX_NAME_LENGTH) {
    throw new FailureError('PROTOCOL_VIOLATION', `a login has a name of more than ${MAX_NAME_LENGTH} characters`);
  }
  return name;
}

function readAttributes(reader: PayloadReader): Map<string, string> {
  const attributes = new Map<string, string>();
  const length = reader.lengthEncodedInt();
  if (length > MAX_ATTRIBUTES_BYTES || length > reader.remaining) {
    throw new FailureError('PROTOCOL_VIOLATION', `a login has ${length} bytes of attributes`);
  }
  const end = reader.offset + length;
  while (reader.offset < end) attributes.set(reader.lengthEncodedText(), reader.lengthEncodedText());
  return attributes;
}
