import type { FieldPacket, Pool, QueryError } from 'mysql2';
import type { LeakStatement } from './leak-statement.js';
import { dateText } from './secret-finder.js';

/** By which protocol a statement is sent. */
export type Via = 'query' | 'execute';

/** What an agent sees of a statement. */
export interface AgentView {
  /** Undefined where it failed. */
  readonly rows: readonly (readonly unknown[])[] | undefined;
  /** Names of the columns. */
  readonly names: readonly string[];
  readonly error: { readonly errno: number | undefined; readonly message: string } | undefined;
}

/** The server is gone: now and then a generated statement crashes it. */
export class ServerGone extends Error {}

/** The server stopped it, since it took too long: MariaDB's and MySQL's error. */
export function tookTooLong({ error }: AgentView): boolean {
  return error?.errno === 1969 || error?.errno === 3024;
}

/**
 * Runs a statement.
 * @throws ServerGone
 */
export async function view(pool: Pool, { sql, values }: LeakStatement, via: Via): Promise<AgentView> {
  try {
    const promised = pool.promise();
    const options = { sql, values: [...values], rowsAsArray: true };
    const [rows, fields] = await (via === 'query' ? promised.query(options) : promised.execute(options));
    const names = (fields as FieldPacket[] | undefined)?.map(({ name }) => name) ?? [];
    return { rows: rows as unknown[][], names, error: undefined };
  } catch (error) {
    const { errno, message, code, fatal } = error as QueryError;
    if (fatal === true || code === 'ECONNREFUSED') throw new ServerGone(message, { cause: error });
    return { rows: undefined, names: [], error: { errno, message } };
  }
}

/** A value as text, the same for equal values. */
export function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex')}`;
  if (value instanceof Date) return dateText(value);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

/** The rows in an order that does not depend on the server. */
export function sortedRows(rows: AgentView['rows']): readonly string[] {
  return (rows ?? []).map((row) => row.map(textOf).join('\u0000')).sort();
}
