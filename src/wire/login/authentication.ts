/**
 * What passes between greeting and OK.
 *
 * @module
 */

import { createHash, timingSafeEqual } from 'node:crypto';

/** Authentication plugins of the protocol, as they are named in it. */
export const AuthPlugin = {
  NATIVE: 'mysql_native_password',
  SHA2: 'caching_sha2_password',
  CLEAR: 'mysql_clear_password',
} as const;

/** The client proved its password to caching_sha2_password at the first go: an OK follows. */
export const FAST_AUTH_SUCCESS: Buffer = Buffer.from([0x01, 0x03]);

/**
 * Builds the payload that has the client go on with another plugin.
 * @param data what the plugin begins with, such as a scramble
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_switch_request.html
 */
export function buildAuthSwitch(plugin: string, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`\xfe${plugin}\0`, 'latin1'), data, Buffer.from([0])]);
}

/**
 * Builds the payload of an OK that says nothing but the session's status.
 * @param status bits of `ServerStatus`
 */
export function buildOk(status: number): Buffer {
  return Buffer.from([0x00, 0x00, 0x00, status & 0xff, status >> 8, 0x00, 0x00]);
}

/** The password that a client of mysql_clear_password sent: some end it with a NUL, some do not. */
export function readClearPassword(payload: Buffer): string {
  const end = payload.at(-1) === 0 ? payload.length - 1 : payload.length;
  return payload.toString('utf8', 0, end);
}

/**
 * Whether a client has proved that it knows a password, without having sent it. Takes as long for a wrong proof as for a right one.
 * @param plugin `mysql_native_password` or `caching_sha2_password`
 * @param scramble that it was given, 20 bytes
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html
 */
export function isProof(plugin: string, proof: Buffer, scramble: Buffer, password: string): boolean {
  const expected = plugin === AuthPlugin.SHA2 ? sha2Proof(scramble, password) : nativeProof(scramble, password);
  return proof.length === expected.length && timingSafeEqual(proof, expected);
}

/** What mysql_native_password sends. */
export function nativeProof(scramble: Buffer, password: string): Buffer {
  const once = digest('sha1', Buffer.from(password));
  return xor(once, digest('sha1', scramble, digest('sha1', once)));
}

/** What caching_sha2_password sends. */
export function sha2Proof(scramble: Buffer, password: string): Buffer {
  const once = digest('sha256', Buffer.from(password));
  return xor(once, digest('sha256', digest('sha256', once), scramble));
}

function digest(algorithm: string, ...parts: readonly Buffer[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));
}
