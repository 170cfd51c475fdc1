import { createHash } from 'node:crypto';
import { FailureError } from '../../src/errors.js';
import { frame } from '../../src/wire/command-assembler.js';
import { readErrPacket } from '../../src/wire/err-packet.js';
import { PayloadReader } from '../../src/wire/payload-reader.js';
import type { PacketChannel, ServerPacket } from './packet-channel.js';

/** A plugin that no server has, so that it asks for the account's own with a scramble of its own. */
export const NO_PLUGIN = 'countersign_none';

/**
 * Proves the password, after a login or COM_CHANGE_USER that named {@link NO_PLUGIN}. The connection has to be encrypted for an account
 * of `caching_sha2_password`.
 * @throws FailureError `CONNECTION_UNSUPPORTED` where the server does not let us in
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
 */
export async function authenticate(channel: Pick<PacketChannel, 'next' | 'write'>, password: string): Promise<void> {
  for (;;) {
    const packet = await channel.next();
    const { payload } = packet;
    const reply = (bytes: Buffer): void => {
      channel.write(frame(bytes, packet.sequenceId + 1));
    };
    switch (payload[0]) {
      case 0x00:
        return;
      case 0xff:
        throw refused(readErrPacket(payload, 0, payload.length).message);
      case 0xfe:
        reply(proofFor(packet, password));
        break;
      default:
        // Of caching_sha2_password: 3 is known already, 4 wants the password itself.
        if (payload[1] === 4) reply(Buffer.from(`${password}\0`));
    }
  }
}

function proofFor({ payload }: ServerPacket, password: string): Buffer {
  const reader = new PayloadReader(payload, 1, payload.length);
  const plugin = reader.nullTerminatedText();
  const scramble = reader.rest().subarray(0, 20);
  switch (plugin) {
    case 'mysql_native_password':
      return nativeProof(scramble, password);
    case 'caching_sha2_password':
      return sha2Proof(scramble, password);
    case 'mysql_clear_password':
      return Buffer.from(`${password}\0`);
    default:
      throw refused(`it asks for ${plugin}`);
  }
}

function nativeProof(scramble: Buffer, password: string): Buffer {
  const hash = (...parts: readonly Buffer[]): Buffer => digest('sha1', parts);
  const once = hash(Buffer.from(password));
  return xor(once, hash(scramble, hash(once)));
}

function sha2Proof(scramble: Buffer, password: string): Buffer {
  const hash = (...parts: readonly Buffer[]): Buffer => digest('sha256', parts);
  const once = hash(Buffer.from(password));
  return xor(once, hash(hash(once), scramble));
}

function digest(algorithm: string, parts: readonly Buffer[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));
}

function refused(why: string): FailureError {
  return new FailureError('CONNECTION_UNSUPPORTED', `the server did not let the attack's account in: ${why}`);
}
