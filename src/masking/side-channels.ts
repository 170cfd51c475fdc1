import type { Analysis, TableUse } from '../sql/analysis.js';
import type { ErrPacket } from '../wire/err-packet.js';
import { foldName } from '../sql/fold-name.js';

/** SHOW forms that repeat values: of the statement before, or of what others run. */
const TELLING_SHOWS: ReadonlySet<string> = new Set(['SHOW WARNINGS', 'SHOW ERRORS', 'SHOW PROCESSLIST']);

/** Schemas whose tables hold texts of statements, samples of values or account data. */
const TELLING_SCHEMAS: ReadonlySet<string> = new Set(['mysql', 'performance_schema', 'sys']);

/** Tables of information_schema that do. */
const TELLING_TABLES: ReadonlySet<string> = new Set([
  'column_statistics',
  'innodb_ft_deleted',
  'innodb_ft_index_cache',
  'innodb_ft_index_table',
  'innodb_locks',
  'innodb_trx',
  'metadata_lock_info',
  'optimizer_trace',
  'processlist',
  'query_response_time',
  'user_variables',
]);

/**
 * Why a statement may not run where columns are masked, whatever table they are of: it tells values out of other statements, or of the
 * one before. Undefined for every other statement.
 */
export function sideChannelProblem({ kind, operation, tables }: Analysis): string | undefined {
  if (kind === 'show' && TELLING_SHOWS.has(operation)) return `${operation} may repeat values of masked columns`;
  if (kind === 'show' || operation === 'DESCRIBE') return undefined;
  const telling = tables.find(isTelling);
  return telling === undefined
    ? undefined
    : `${telling.schema ?? '?'}.${telling.table} may repeat values of masked columns`;
}

function isTelling({ schema, table }: TableUse): boolean {
  const inSchema = foldName(schema ?? '');
  if (TELLING_SCHEMAS.has(inSchema)) return true;
  return inSchema === 'information_schema' && TELLING_TABLES.has(foldName(table));
}

/** Errors whose texts name tables, columns and accounts only. */
const ERRORS_WITHOUT_VALUES: ReadonlySet<number> = new Set([
  1044, // ER_DBACCESS_DENIED_ERROR
  1045, // ER_ACCESS_DENIED_ERROR
  1048, // ER_BAD_NULL_ERROR
  1052, // ER_NON_UNIQ_ERROR
  1054, // ER_BAD_FIELD_ERROR
  1136, // ER_WRONG_VALUE_COUNT_ON_ROW
  1142, // ER_TABLEACCESS_DENIED_ERROR
  1143, // ER_COLUMNACCESS_DENIED_ERROR
  1146, // ER_NO_SUCH_TABLE
  1205, // ER_LOCK_WAIT_TIMEOUT
  1213, // ER_LOCK_DEADLOCK
  1305, // ER_SP_DOES_NOT_EXIST
  1317, // ER_QUERY_INTERRUPTED
  1364, // ER_NO_DEFAULT_FOR_FIELD
  1451, // ER_ROW_IS_REFERENCED_2
  1452, // ER_NO_REFERENCED_ROW_2
  1969, // ER_STATEMENT_TIMEOUT of MariaDB
  3024, // ER_QUERY_TIMEOUT of MySQL
]);

/** What stands in the place of a server's error where it may hold values that the caller, or the record, is not to see. */
export function withoutValues(error: ErrPacket): ErrPacket {
  if (ERRORS_WITHOUT_VALUES.has(error.errno)) return error;
  const message = `the server refused it with error ${error.errno}; its message is withheld, as it may hold values that are not to be seen`;
  return { ...error, message };
}
