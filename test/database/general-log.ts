/** The server's own account of what it was sent, to hold the audit trail against. */
import { randomUUID } from 'node:crypto';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from './readiness.js';
import type { DatabaseAddress } from './types.js';

/** One row of `mysql.general_log`. */
export interface GeneralLogEntry {
  /** The connection's id: `threadId` of a mysql2 connection. */
  readonly threadId: number;
  /** `Connect`, `Query`, `Prepare`, `Execute`, `Init DB`, `Close stmt`, `Reset stmt`, `Change user`, `Quit`, … */
  readonly commandType: string;
  /**
   * The text as it was sent, several statements of one command together; for `Execute` with the parameters put in. MariaDB's table has no
   * characters beyond U+FFFF: it writes their bytes out, as in `\xF0\x9F\x98\x80`.
   */
  readonly argument: string;
  /** When the server read the command. */
  readonly eventTime: Date;
}

/** Which entries to read: of connections, or of an account whatever its connections. */
type GeneralLogFilter = { readonly threadIds: readonly number[] } | { readonly user: string };

/** The general log since it was opened. */
export interface GeneralLog {
  /**
   * Entries in the order in which the server wrote them. A command is written before it is executed, so one that was answered is there; one
   * without an answer (`Quit`, `Close stmt`) may take a moment. A `Prepare` that fails is not there, nor is a ping.
   */
  read(filter: GeneralLogFilter): Promise<GeneralLogEntry[]>;
  /** Closes the connection. With the last reader, a server that is not ours gets its settings back, and ours an empty log. */
  close(): Promise<void>;
}

interface EntryRow extends RowDataPacket {
  threadId: number;
  commandType: string;
  argument: Buffer;
  eventTime: Date;
}

interface SettingsRow extends RowDataPacket {
  enabled: number;
  output: string;
}

// MySQL keeps `argument` as bytes and MariaDB as text: read as bytes from both.
const SELECT = `SELECT thread_id AS threadId, command_type AS commandType, CAST(argument AS BINARY) AS argument, event_time AS eventTime
  FROM mysql.general_log WHERE argument = ? OR`;

/** Places of those who read the log at a time, in whatever process: locks of the server, which go with their connection. */
const READERS = Array.from({ length: 16 }, (_, no) => `countersign general log ${no}`);
const MUTEX = 'countersign general log';
const MUTEX_SECONDS = 60;

interface LockRow extends RowDataPacket {
  taken: number | null;
}

/** Runs alone, of all who open or close the log. */
async function alone<T>(admin: Connection, work: () => Promise<T>): Promise<T> {
  const [[row]] = await admin.query<LockRow[]>('SELECT GET_LOCK(?, ?) AS taken', [MUTEX, MUTEX_SECONDS]);
  if (row?.taken !== 1) throw new Error('the general log is being opened by somebody else for very long');
  try {
    return await work();
  } finally {
    await admin.query('DO RELEASE_LOCK(?)', [MUTEX]);
  }
}

async function takePlace(admin: Connection): Promise<string> {
  for (const place of READERS) {
    const [[row]] = await admin.query<LockRow[]>('SELECT GET_LOCK(?, 0) AS taken', [place]);
    if (row?.taken === 1) return place;
  }
  throw new Error(`more than ${READERS.length} read the general log`);
}

async function isUnread(admin: Connection): Promise<boolean> {
  const free = READERS.map(() => 'IS_FREE_LOCK(?)').join(' + ');
  const [[row]] = await admin.query<LockRow[]>(`SELECT ${free} AS taken`, READERS);
  return Number(row?.taken) === READERS.length;
}

async function setLog(admin: Connection, enabled: number, output: string): Promise<void> {
  await admin.query('SET GLOBAL log_output = ?', [output]);
  await admin.query('SET GLOBAL general_log = ?', [enabled]);
}

/**
 * Turns the general log on, into its table, and marks the place from which {@link GeneralLog.read} reads.
 * @param database - Its account needs the right to set global variables.
 */
export async function openGeneralLog(database: DatabaseAddress): Promise<GeneralLog> {
  const admin = await createConnection(connectionOptions(database));
  const [settings] = await admin.query<SettingsRow[]>(
    'SELECT @@GLOBAL.general_log AS enabled, @@GLOBAL.log_output AS output',
  );
  const place = await alone(admin, async () => {
    await setLog(admin, 1, 'TABLE');
    return takePlace(admin);
  });
  // The table has no key, but is read in the order of writing: what comes after this statement came after it.
  const marker = `SELECT '${randomUUID()}' AS general_log_marker`;
  await admin.query(marker);

  const read = async (filter: GeneralLogFilter): Promise<GeneralLogEntry[]> => {
    const [rows] =
      'user' in filter
        ? await admin.query<EntryRow[]>(`${SELECT} LOCATE(?, user_host) > 0`, [marker, `[${filter.user}] @`])
        : await admin.query<EntryRow[]>(`${SELECT} thread_id IN (?)`, [marker, [0, ...filter.threadIds]]);
    const entries = rows.map((row) => ({ ...row, argument: row.argument.toString() }) satisfies GeneralLogEntry);
    return entries.slice(entries.findIndex(({ argument }) => argument === marker) + 1);
  };
  const close = async (): Promise<void> => {
    const [before] = settings;
    await alone(admin, async () => {
      await admin.query('DO RELEASE_LOCK(?)', [place]);
      if (!(await isUnread(admin)) || before === undefined) return;
      // A log of all that other tests send takes seconds to read.
      if (database.owned) await admin.query('SET GLOBAL general_log = 0');
      else await setLog(admin, before.enabled, before.output);
      if (database.owned) await admin.query('TRUNCATE TABLE mysql.general_log');
    });
    await admin.end();
  };
  return { read, close };
}
