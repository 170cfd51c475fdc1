import { createHash } from 'node:crypto';
import type { Connection as CallbackConnection, ConnectionOptions, FieldPacket, RowDataPacket } from 'mysql2';
import type { Connection, Pool } from 'mysql2/promise';

/** What mysql2 is told of a statement, beside its text. */
export type Reading = Pick<
  ConnectionOptions,
  | 'dateStrings'
  | 'supportBigNumbers'
  | 'bigNumberStrings'
  | 'rowsAsArray'
  | 'decimalNumbers'
  | 'nestTables'
  | 'jsonStrings'
>;

/** Ways to read a result, by name. */
export const READINGS: Readonly<Record<string, Reading>> = {
  plain: {},
  'date strings': { dateStrings: true, rowsAsArray: true },
  'big numbers': { supportBigNumbers: true, bigNumberStrings: true, jsonStrings: true },
  'decimal numbers': { supportBigNumbers: true, decimalNumbers: true, nestTables: '_' },
};

/** An answer, with what the server says of its columns. */
export interface Answer {
  readonly rows: readonly unknown[];
  readonly fields: readonly unknown[];
}

/** By which protocol a statement is sent. */
export type Via = 'query' | 'execute';

/** Both protocols. */
export const VIAS: readonly Via[] = ['query', 'execute'];

/** The answer to a statement. */
export async function answer(asked: Pool | Connection, via: Via, sql: string, reading: Reading = {}): Promise<Answer> {
  const options = { sql, ...reading };
  const [rows, fields] = await (via === 'query'
    ? asked.query<RowDataPacket[]>(options)
    : asked.execute<RowDataPacket[]>(options));
  return { rows: rows.map(shortened), fields: fields.map(described) };
}

/** The rows by a stream. */
export async function streamed(pool: Pool, via: Via, sql: string): Promise<readonly unknown[]> {
  const connection = await pool.getConnection();
  const core = connection.connection as unknown as CallbackConnection;
  const command = via === 'query' ? core.query(sql) : core.execute(sql);
  const rows: unknown[] = [];
  for await (const row of command.stream({ highWaterMark: 2 }) as AsyncIterable<object>) rows.push(shortened(row));
  connection.release();
  return rows;
}

const SHORT = 200;

/** A row with digests in the place of long values, which take long to compare. */
export function shortened(row: object): unknown {
  if (Array.isArray(row)) return row.map(shortenedCell);
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, shortenedCell(cell)]));
}

function shortenedCell(cell: unknown): unknown {
  const isLong = (typeof cell === 'string' || Buffer.isBuffer(cell)) && cell.length > SHORT;
  if (!isLong) return cell;
  const kind = typeof cell === 'string' ? 'text' : 'bytes';
  return `${kind} of ${String(cell.length)}: ${createHash('sha256').update(cell).digest('base64')}`;
}

function described(field: FieldPacket): unknown {
  const { name, orgName, orgTable, columnType, type, flags, columnLength, decimals, characterSet } = field;
  return { name, orgName, orgTable, columnType, type, flags, columnLength, decimals, characterSet };
}
