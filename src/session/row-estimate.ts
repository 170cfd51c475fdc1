import { setTimeout as delay } from 'node:timers/promises';

import type { ApprovalRequest } from '../approval/approver.js';
import type { AskServer, CatalogueRow } from '../catalogue/index.js';
import type { PendingCommand } from './command-decision.js';
import type { RecordedStatement } from './recorded-statement.js';
import type { SessionState } from './session-state.js';

const TIMEOUT_MS = 2_000;
const OPERATIONS: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE']);
/** The optimizer may work out what is the same for all rows: only functions that do nothing else may be called. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['COUNT', 'SUM', 'MIN', 'MAX', 'AVG', 'COALESCE', 'IFNULL', 'NULLIF', 'IF', 'LOWER', 'UPPER', 'TRIM', 'CONCAT'],
  ...[
    'LENGTH',
    'ABS',
    'ROUND',
    'FLOOR',
    'NOW',
    'CURDATE',
    'CURRENT_TIMESTAMP',
    'CURRENT_DATE',
    'DATE',
    'YEAR',
    'MONTH',
  ],
  ...['DATE_ADD', 'DATE_SUB', 'DATEDIFF', 'UNIX_TIMESTAMP', 'CAST', 'CONVERT'],
]);
/** Column `rows` of EXPLAIN, by how many columns there are: MariaDB has 10, MySQL 12. */
const ROWS_COLUMN: ReadonlyMap<number, number> = new Map([
  [10, 8],
  [12, 9],
]);

/**
 * What somebody is asked, with how many rows the statement would look at, as the server's optimizer estimates it. Of several statements, of one that it
 * would not be safe to ask about, and where the server cannot say, it is left out.
 * @param ask - over a connection of its own, as the same account; undefined where it is not wished
 * @see https://dev.mysql.com/doc/refman/8.4/en/explain-output.html
 */
export async function withEstimate(
  { request, statements }: PendingCommand,
  state: SessionState | undefined,
  ask: AskServer | undefined,
): Promise<ApprovalRequest> {
  const [statement] = statements;
  const [asked] = request.statements;
  if (ask === undefined || state === undefined || statement === undefined || asked === undefined) return request;
  const queries = statements.length === 1 ? estimateQueries(statement, state) : undefined;
  if (queries === undefined) return request;
  const rows = ask(queries, undefined).then(
    (answers) => rowsOf(answers.at(-2) ?? []),
    // It may touch what another connection does not see.
    () => undefined,
  );
  const estimatedRows = await Promise.race([rows, delay(TIMEOUT_MS, undefined, { ref: false })]);
  return Object.freeze({ ...request, statements: [{ ...asked, estimatedRows }] });
}

function estimateQueries(statement: RecordedStatement, state: SessionState): readonly string[] | undefined {
  const { analysed, redacted, text, textStart, textEnd, parameters } = statement;
  if (analysed === undefined || redacted || !isHarmless(analysed.analysis)) return undefined;
  const explain = `EXPLAIN FORMAT=TRADITIONAL ${text.toString('utf8', textStart, textEnd)}`;
  const isMariadb = state.dialect.flavour === 'mariadb';
  const limit = isMariadb ? `max_statement_time = ${TIMEOUT_MS / 1_000}` : `max_execution_time = ${TIMEOUT_MS}`;
  const setUp = [
    `SET SESSION ${limit}, lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, sql_mode = ${quoted(state.sqlMode)}`,
    ...(state.namespace === undefined ? [] : [`USE \`${state.namespace.replaceAll('`', '``')}\``]),
  ];
  // Should the optimizer run something all the same, it is undone.
  if (parameters === undefined) return [...setUp, 'START TRANSACTION', explain, 'ROLLBACK'];
  const values = (JSON.parse(parameters) as readonly unknown[]).map(valueOf);
  if (values.some((value) => value === undefined)) return undefined;
  const names = values.map((_value, at) => `@p${at}`);
  return [
    ...setUp,
    'START TRANSACTION',
    `SET @explain = ${quoted(explain)}, ${values.map((value, at) => `@p${at} = ${value ?? 'NULL'}`).join(', ')}`,
    'PREPARE estimated FROM @explain',
    `EXECUTE estimated USING ${names.join(', ')}`,
    'ROLLBACK',
  ];
}

type Facts = NonNullable<RecordedStatement['analysed']>['analysis'];

function isHarmless({
  operation,
  problem,
  compound,
  file,
  functions,
  routines,
  sets,
  temporary,
  unseen,
  locks,
}: Facts): boolean {
  const isPlain = problem === undefined && !compound && !file && sets === undefined && temporary === undefined;
  const isSeen = locks !== true && (routines ?? []).length === 0 && (unseen ?? []).length === 0;
  return OPERATIONS.has(operation) && isPlain && isSeen && functions.every((name) => HARMLESS.has(name.toUpperCase()));
}

/** In any `sql_mode` and character set the same. */
const quoted = (text: string): string => `CONVERT(0x${Buffer.from(text).toString('hex')} USING utf8mb4)`;

function valueOf(value: unknown): string | undefined {
  if (value === null) return 'NULL';
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? quoted(value) : undefined;
}

/** Of a join it is the product of its tables, of several queries the sum of them. */
function rowsOf(plan: readonly CatalogueRow[]): number | undefined {
  const queries = new Map<string, number>();
  for (const row of plan) {
    const rows = row[ROWS_COLUMN.get(row.length) ?? -1];
    const [id] = row;
    if (rows === null || rows === undefined || id === null || id === undefined) continue;
    queries.set(id, (queries.get(id) ?? 1) * Number(rows));
  }
  const total = [...queries.values()].reduce((sum, rows) => sum + rows, 0);
  return queries.size > 0 && Number.isSafeInteger(total) ? total : undefined;
}
