import { createConnection } from 'mysql2/promise';

import type { CatalogueSource } from '../../src/catalogue/index.js';
import { FailureError } from '../../src/errors.js';
import { messageOf } from '../../src/message-of.js';
import { asText, PREPARATION } from '../../src/driver/read-catalogue.js';

/** A server that is asked what its schemas hold. */
export interface OpenServer {
  /** `@@version` and the global `@@sql_mode`. */
  readonly version: string;
  readonly sqlMode: string;
  /** The schema of the URL. */
  readonly namespace: string | undefined;
  readonly source: CatalogueSource;
  close(): Promise<void>;
}

/**
 * Connects to a server.
 * @param url `mysql://user:password@host:port/schema`, with mysql2's options behind `?`
 * @param option that the URL was given with, for the message
 * @throws FailureError `CATALOGUE_UNAVAILABLE`
 */
export async function openServer(url: string, option = '--server'): Promise<OpenServer> {
  try {
    const connection = await createConnection(url);
    const query = async (sql: string): Promise<readonly (readonly unknown[])[]> => {
      const [rows] = await connection.query({ sql, rowsAsArray: true });
      return Array.isArray(rows) ? (rows as readonly (readonly unknown[])[]) : [];
    };
    const [row = []] = await query('SELECT @@version, @@GLOBAL.sql_mode, DATABASE(), CURRENT_USER()');
    for (const sql of PREPARATION) await query(sql);
    return {
      version: String(row[0]),
      sqlMode: String(row[1]),
      namespace: row[2] === null ? undefined : String(row[2]),
      source: {
        // What it does not see is not there, as far as anybody can say.
        user: String(row[3]),
        async ask(queries) {
          const answers = [];
          for (const sql of queries) answers.push(asText(await query(sql)));
          return answers;
        },
      },
      close: () => connection.end(),
    };
  } catch (error) {
    throw new FailureError('CATALOGUE_UNAVAILABLE', `the server of ${option} cannot be asked: ${messageOf(error)}`);
  }
}
