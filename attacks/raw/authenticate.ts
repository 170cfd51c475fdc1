import { FailureError } from '../../src/errors.js';
import { frame } from '../../src/wire/command-assembler.js';
import { readErrPacket } from '../../src/wire/err-packet.js';
import { AuthPlugin, nativeProof, sha2Proof } from '../../src/wire/login/authentication.js';
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
    case AuthPlugin.NATIVE:
      return nativeProof(scramble, password);
    case AuthPlugin.SHA2:
      return sha2Proof(scramble, password);
    case AuthPlugin.CLEAR:
      return Buffer.from(`${password}\0`);
    default:
      throw refused(`it asks for ${plugin}`);
  }
}

function refused(why: string): FailureError {
  return new FailureError('CONNECTION_UNSUPPORTED', `the server did not let the attack's account in: ${why}`);
}
