/** Takes what one account sends from the server's general log, with the state that each statement met. */
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { openGeneralLog, type GeneralLogEntry } from '../../database/general-log.js';
import type { DatabaseAddress } from '../../database/index.js';
import { connectionOptions } from '../../database/readiness.js';
import { ACCOUNT } from './account.js';

/** A statement as the server got it. */
export interface Recorded {
  readonly sql: string;
  readonly command: 'query' | 'prepare';
  readonly sqlMode: string;
  readonly schema: string | undefined;
}

/** What was recorded, and what of it the server refused. */
export interface Recording {
  readonly accepted: readonly Recorded[];
  readonly refused: readonly string[];
}

/** Records from now on. */
export interface Recorder {
  stop(): Promise<Recording>;
}

interface TextRow extends RowDataPacket {
  text: string | null;
  failed: number;
}

interface ModeRow extends RowDataPacket {
  id: number;
  mode: string;
}

// Kept by `init_connect`, which runs for each connection of an account without SUPER: what the client's capabilities made of sql_mode.
const CONNECTIONS = 'countersign_capture.connections';
const ON_CONNECT = `REPLACE INTO ${CONNECTIONS} SELECT CONNECTION_ID(), @@sql_mode`;

// MariaDB's log also has what the functions of its schema `sys` run.
function isSent(argument: string): boolean {
  return argument !== ON_CONNECT && !argument.startsWith('SET @sys.');
}

/**
 * Begins to record what {@link ACCOUNT} sends.
 * @param database with its performance schema on
 */
export async function record(database: DatabaseAddress): Promise<Recorder> {
  const admin = await createConnection({ ...connectionOptions(database), multipleStatements: true });
  await admin.query(`CREATE DATABASE IF NOT EXISTS countersign_capture;
    CREATE TABLE IF NOT EXISTS ${CONNECTIONS} (id BIGINT PRIMARY KEY, mode TEXT);
    UPDATE performance_schema.setup_consumers SET enabled = 'YES' WHERE name LIKE 'events_statements%';
    TRUNCATE performance_schema.events_statements_history_long;
    SET GLOBAL init_connect = '${ON_CONNECT}'`);
  const log = await openGeneralLog(database);
  const stop = async (): Promise<Recording> => {
    const entries = (await log.read({ user: ACCOUNT.user })).filter(({ argument }) => isSent(argument));
    await log.close();
    const refused = await refusedTexts(admin);
    const recorded = await withState(entries, admin);
    await admin.end();
    return { accepted: recorded.filter(({ sql }) => !refused.has(sql)), refused: [...refused] };
  };
  return { stop };
}

async function refusedTexts(admin: Connection): Promise<Set<string>> {
  const [rows] = await admin.query<TextRow[]>(
    `SELECT CONVERT(sql_text USING utf8mb4) AS text, MIN(mysql_errno <> 0) AS failed
     FROM performance_schema.events_statements_history_long WHERE sql_text IS NOT NULL GROUP BY sql_text`,
  );
  return new Set(rows.filter(({ failed }) => failed === 1).map(({ text }) => text ?? ''));
}

async function withState(entries: readonly GeneralLogEntry[], admin: Connection): Promise<readonly Recorded[]> {
  const [rows] = await admin.query<ModeRow[]>(`SELECT id, mode FROM ${CONNECTIONS}`);
  const modes = new Map(rows.map(({ id, mode }) => [id, mode]));
  const schemas = new Map<number, string>();
  const recorded: Recorded[] = [];
  for (const { threadId, commandType, argument } of entries) {
    const schema = schemaBehind(commandType, argument);
    if (schema !== undefined) schemas.set(threadId, schema);
    if (commandType !== 'Query' && commandType !== 'Prepare') continue;
    const sqlMode = modes.get(threadId) ?? '';
    const command = commandType === 'Query' ? 'query' : 'prepare';
    recorded.push({ sql: argument, command, sqlMode, schema: schemas.get(threadId) });
    if (/^SET\b.*\bsql_mode\b/is.test(argument)) modes.set(threadId, await modeBehind(argument, sqlMode, admin));
  }
  return recorded;
}

/** The default schema that a command selects. */
function schemaBehind(commandType: string, argument: string): string | undefined {
  switch (commandType) {
    case 'Connect':
      return /^\S+ on (\S+) using /.exec(argument)?.[1];
    case 'Init DB':
      return argument;
    case 'Query':
      return /^USE\s+`?(\w+)`?$/i.exec(argument.trim())?.[1];
    default:
      return undefined;
  }
}

// The server itself says what a SET with an expression comes to.
async function modeBehind(statement: string, before: string, admin: Connection): Promise<string> {
  await admin.query('SET SESSION sql_mode = ?', [before]);
  await admin.query(statement);
  const [rows] = await admin.query<ModeRow[]>('SELECT 0 AS id, @@sql_mode AS mode');
  return rows[0]?.mode ?? before;
}
