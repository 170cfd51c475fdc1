import type { CatalogueRow, DatabaseAccount } from '../catalogue/index.js';
import type { Mysql2Connection } from './mysql2-internals.js';
import { type OwnRows, overOwnConnection } from './own-connection.js';

const TIMEOUT_MS = 60_000;
/** What decides how information_schema writes definitions, and in which character set. */
export const PREPARATION: readonly string[] = ["SET SESSION sql_mode = ''", 'SET NAMES utf8mb4'];

/**
 * Reads what the server of a connection has in its schemas.
 * @param config how it was connected to
 * @param queries one result each
 * @param account in the place of the connection's own
 * @throws the driver's error, or FailureError `CONNECTION_UNSUPPORTED` where it takes more than a minute
 */
export function readCatalogue(
  connection: Mysql2Connection,
  config: Mysql2Connection['config'],
  queries: readonly string[],
  account: DatabaseAccount | undefined,
): Promise<readonly (readonly CatalogueRow[])[]> {
  const options = { purpose: 'reading information_schema', timeoutMs: TIMEOUT_MS, config, account };
  return overOwnConnection(connection, options, async (ask) => {
    for (const sql of PREPARATION) await ask(sql);
    const answers: (readonly CatalogueRow[])[] = [];
    for (const sql of queries) answers.push(asText(await ask(sql)));
    return answers;
  });
}

/** Rows as the catalogue takes them. */
export function asText(rows: OwnRows): readonly CatalogueRow[] {
  return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
}
