/** Waits until a server answers as the one that we mean. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import type { DatabaseAddress } from './types.js';

const RETRY_AFTER_MS = 25;

/** How to reach a server as its administrator. */
export type Login = Pick<DatabaseAddress, 'host' | 'port' | 'user' | 'password' | 'ca'>;

/** Options of mysql2 for an account of a server: TLS is verified where the server's certificate is known. */
export function connectionOptions({ host, port, user, password, ca }: Login): ConnectionOptions {
  return { host, port, user, password, ...(ca === undefined ? {} : { ssl: { ca } }) };
}

/** Logs in and reads `SELECT VERSION()`. Rejects with mysql2's error. */
export async function readVersion(login: Login): Promise<string> {
  const connection = await createConnection({ ...connectionOptions(login), connectTimeout: 5_000 });
  try {
    const [rows] = await connection.query<(RowDataPacket & { version: string })[]>('SELECT VERSION() AS version');
    return rows[0]?.version ?? '';
  } finally {
    await connection.end();
  }
}

/**
 * Tries to log in until it works: another server that happens to sit on the port does not know our password.
 * @param isOver - Ends the wait early.
 * @returns The version, or the last error if the wait was over or took longer than `withinMs`.
 */
export async function waitUntilReady(
  login: Login,
  withinMs: number,
  isOver: () => boolean,
): Promise<{ version: string } | { error: unknown }> {
  const until = Date.now() + withinMs;
  let error: unknown;
  while (!isOver() && Date.now() < until) {
    try {
      return { version: await readVersion(login) };
    } catch (reason) {
      error = reason;
      await sleep(RETRY_AFTER_MS);
    }
  }
  return { error };
}
