/**
 * One error tree with stable codes, and the table that turns each code into a MySQL error.
 *
 * A {@link DenialError} says that a rule, or the lack of a valid identity, refused the statement. A {@link FailureError} says that
 * Countersign could not check or record it, and therefore refused too. Both reach the caller as an ordinary MySQL ERR packet.
 *
 * @module
 */

const BRAND = Symbol.for('countersign.error');

/** Codes of refusals that were decided. */
export type DenialCode =
  | 'DENIED_BY_RULE'
  | 'DENIED_BY_MASK'
  | 'APPROVAL_DENIED'
  | 'COMMAND_NOT_ALLOWED'
  | 'STATEMENT_UNKNOWN'
  | 'IDENTITY_MISSING'
  | 'IDENTITY_EXPIRED'
  | 'IDENTITY_REVOKED'
  | 'TOKEN_INVALID';

/** Codes of refusals because something that has to work does not. */
export type FailureCode =
  | 'OPTIONS_INVALID'
  | 'ISSUER_UNREACHABLE'
  | 'TOKEN_SOURCE_FAILED'
  | 'JOURNAL_UNAVAILABLE'
  | 'JOURNAL_CORRUPT'
  | 'GOVERNOR_CLOSED'
  | 'PROTOCOL_VIOLATION'
  | 'PACKET_TOO_LARGE'
  | 'LIMIT_EXCEEDED'
  | 'SESSION_UNSUPPORTED'
  | 'CATALOGUE_UNAVAILABLE'
  | 'CONNECTION_UNSUPPORTED'
  | 'COLLECTOR_FAILED'
  | 'INTERNAL';

/** Every code that an error of this library can carry. */
export type CountersignErrorCode = DenialCode | FailureCode;

/** What every error thrown by this library is. `code` is stable; the message says what was wrong, where, and what to do. */
export abstract class CountersignError<C extends CountersignErrorCode = CountersignErrorCode> extends Error {
  /** The stable code. */
  readonly code: C;

  constructor(code: C, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

// The brand holds across duplicate installs of the package, where instanceof does not.
Object.defineProperty(CountersignError.prototype, BRAND, { value: true });

/** A rule, a mask, or the lack of a valid identity refused. */
export class DenialError extends CountersignError<DenialCode> {
  /** The name of the rule that refused, where one did. */
  readonly rule: string | undefined;

  constructor(code: DenialCode, message: string, options?: ErrorOptions & { readonly rule?: string }) {
    super(code, message, options);
    this.rule = options?.rule;
  }
}

/** Countersign could not do its work, and so refuses. */
export class FailureError extends CountersignError<FailureCode> {}

/** Tells whether a value is an error of this library, whichever copy of the package made it. */
export function isCountersignError(value: unknown): value is CountersignError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

/** The number and state that a refusal carries in its ERR packet. */
export interface MysqlErrorNumber {
  /** MySQL error number. */
  readonly errno: number;
  /** Five characters of SQLSTATE. */
  readonly sqlState: string;
}

const ACCESS_DENIED: MysqlErrorNumber = { errno: 1045, sqlState: '28000' }; // ER_ACCESS_DENIED_ERROR
const SPECIFIC_ACCESS_DENIED: MysqlErrorNumber = { errno: 1227, sqlState: '42000' }; // ER_SPECIFIC_ACCESS_DENIED_ERROR
const QUERY_INTERRUPTED: MysqlErrorNumber = { errno: 1317, sqlState: '70100' }; // ER_QUERY_INTERRUPTED
const PACKET_TOO_LARGE: MysqlErrorNumber = { errno: 1153, sqlState: '08S01' }; // ER_NET_PACKET_TOO_LARGE
const UNKNOWN: MysqlErrorNumber = { errno: 1105, sqlState: 'HY000' }; // ER_UNKNOWN_ERROR

/**
 * The MySQL error that stands for a code.
 * @see https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
 */
export function mysqlErrorOf(code: CountersignErrorCode): MysqlErrorNumber {
  switch (code) {
    case 'DENIED_BY_RULE':
    case 'DENIED_BY_MASK':
    case 'APPROVAL_DENIED':
    case 'COMMAND_NOT_ALLOWED':
    case 'STATEMENT_UNKNOWN':
      return SPECIFIC_ACCESS_DENIED;
    case 'IDENTITY_MISSING':
    case 'IDENTITY_EXPIRED':
    case 'IDENTITY_REVOKED':
    case 'TOKEN_INVALID':
      return ACCESS_DENIED;
    case 'LIMIT_EXCEEDED':
      return QUERY_INTERRUPTED;
    case 'PACKET_TOO_LARGE':
      return PACKET_TOO_LARGE;
    default:
      return UNKNOWN;
  }
}
