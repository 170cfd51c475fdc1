import { FailureError } from '../errors.js';
import type { SqlDialect } from '../sql/analysis.js';
import { HEADER_LENGTH } from '../wire/constants.js';
import { readErrPacket } from '../wire/err-packet.js';
import { readFirstRow } from '../wire/first-row.js';
import type { ServerThread } from './session-options.js';

/**
 * Asked on a connection before its first statement, and again after COM_CHANGE_USER and COM_RESET_CONNECTION: the state that
 * decides how the server will read the bytes that follow. The comment names the asker in the server's own logs.
 */
export const STATE_QUERY =
  '/* countersign: session state */ SELECT @@version, @@sql_mode, @@character_set_client, @@character_set_results, DATABASE(), CURRENT_USER(), CONNECTION_ID(), CONCAT_WS(0x3a, @@hostname, @@port)';

const STATE_COLUMNS = 8;

/** Sent after it where the policy wants the server's own read-only mode. Temporary tables can still be written. */
export const READ_ONLY_QUERY = '/* countersign: session state */ SET SESSION TRANSACTION READ ONLY';

/** @throws FailureError `SESSION_UNSUPPORTED` where the server answered with an error */
export function requireOk(answer: Buffer): void {
  if (answer[HEADER_LENGTH] === 0x00) return;
  const { errno, message } = readErrPacket(answer, HEADER_LENGTH, answer.length);
  throw new FailureError('SESSION_UNSUPPORTED', `the server did not take its read-only mode: ${errno} ${message}`);
}

const ER_QUERY_INTERRUPTED = 1317;

/** What the server said about a session. */
export interface SessionState extends ServerThread {
  readonly version: string;
  readonly dialect: SqlDialect;
  readonly sqlMode: string;
  /** Of the statements: `character_set_client`. */
  readonly characterSet: string;
  /** Of results and the names of their columns: `character_set_results`; undefined where the server converts nothing. */
  readonly resultCharacterSet: string | undefined;
  /** Default schema. */
  readonly namespace: string | undefined;
  readonly user: string;
}

/**
 * Reads the answer to {@link STATE_QUERY}.
 * @param bytes the whole answer, packets with headers
 * @throws FailureError `PROTOCOL_VIOLATION` where it is no such answer
 */
export function readSessionState(bytes: Buffer, deprecateEof: boolean): SessionState {
  const cells = readFirstRow(bytes, STATE_COLUMNS, deprecateEof);
  if (cells === undefined) throw new FailureError('PROTOCOL_VIOLATION', 'the server did not tell its session state');
  const [
    version = '',
    sqlMode = '',
    characterSet = '',
    resultCharacterSet,
    namespace,
    user = '',
    threadId = '0',
    server = '',
  ] = cells;
  return {
    version,
    dialect: dialectOf(version),
    sqlMode,
    characterSet,
    resultCharacterSet,
    namespace,
    user,
    threadId: Number(threadId),
    server,
  };
}

/** Whether the query was broken off by a KILL QUERY that was meant for the statement before. */
export function isInterrupted(answer: Buffer): boolean {
  if (answer.length <= HEADER_LENGTH || answer[HEADER_LENGTH] !== 0xff) return false;
  const { errno } = readErrPacket(answer, HEADER_LENGTH, answer.length);
  return errno === ER_QUERY_INTERRUPTED;
}

/** `8.0.36-log` and `10.11.18-MariaDB-0+deb12u1` as flavour and number. */
export function dialectOf(version: string): SqlDialect {
  const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return {
    flavour: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    version: Number(major) * 10_000 + Number(minor) * 100 + Number(patch),
  };
}

/** Client character sets in which a byte below 0x80 is always that ASCII character, and that decode as UTF-8. */
const READABLE: ReadonlySet<string> = new Set(['utf8mb4', 'utf8mb3', 'utf8']);

/** Whether a character set is one of those. */
export function isReadable(characterSet: string): boolean {
  return READABLE.has(characterSet) || READABLE.has(characterSet.toLowerCase());
}

/** Whether the columns of a result can be told under it. Under `binary` nothing is converted: the server's own names are UTF-8. */
export function isReadableInResults(characterSet: string): boolean {
  return isReadable(characterSet) || characterSet.toLowerCase() === 'binary';
}

/**
 * Why statements in this session are refused; undefined where they, and the columns of their results, can be read.
 */
export function characterSetProblem({ characterSet, resultCharacterSet }: SessionState): string | undefined {
  if (!isReadable(characterSet)) {
    return `the connection's character set is ${characterSet || 'unknown'}, in which a statement cannot be read safely: use utf8mb4`;
  }
  if (resultCharacterSet === undefined || isReadableInResults(resultCharacterSet)) return undefined;
  return `character_set_results is ${resultCharacterSet}, in which the columns of a result cannot be told: use utf8mb4`;
}
