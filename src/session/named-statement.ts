import { FailureError } from '../errors.js';
import { Command, commandName } from '../wire/constants.js';

/** MariaDB's number for the statement that was prepared last. */
const LAST_PREPARED = 0xff_ff_ff_ff;

/**
 * Whether a command is about the statement that was prepared last: MariaDB's clients name it so where they do not wait for its id.
 * @see https://mariadb.com/docs/server/reference/clientserver-protocol/3-binary-protocol-prepared-statements/com_stmt_execute
 */
export function namesLast(payload: Buffer): boolean {
  const command = payload[0] ?? 0;
  const isAboutOne =
    (command >= Command.STMT_EXECUTE && command <= Command.STMT_RESET) || command === Command.STMT_FETCH;
  return isAboutOne && payload.length >= 5 && payload.readUInt32LE(1) === LAST_PREPARED;
}

/**
 * The id of the statement that a command is about.
 * @throws FailureError `PROTOCOL_VIOLATION` where it has none
 */
export function statementId(payload: Buffer): number {
  if (payload.length < 5)
    throw new FailureError('PROTOCOL_VIOLATION', `${commandName(payload[0] ?? 0)} names no statement`);
  return payload.readUInt32LE(1);
}
