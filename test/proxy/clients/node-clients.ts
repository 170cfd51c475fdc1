/** Clients of Node. */
import { createConnection as createMariadb, type Connection as MariadbConnection } from 'mariadb';
import { createConnection as createMysql } from 'mysql2/promise';
import type { Seen } from './scenario.js';

/** Where the proxy is, and how to log in. */
export interface NodeLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ca: string;
}

interface Client {
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  execute(sql: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  end(): Promise<void>;
}

async function scenario(client: Client): Promise<Seen> {
  const one = async (sql: string): Promise<unknown> => Object.values((await client.query(sql))[0] ?? {})[0];
  const errno = (sql: string): Promise<number> =>
    client.query(sql).then(
      () => 0,
      (error: unknown) => (error as { errno: number }).errno,
    );
  const text = (await client.query('SELECT id, name FROM items ORDER BY id')).map(({ id, name }): [number, string] => [
    Number(id),
    String(name),
  ]);
  const [prepared] = await client.execute('SELECT name FROM items WHERE id = ?', [2]);
  await client.query('START TRANSACTION');
  await client.query("INSERT INTO notes VALUES (1, 'gone')");
  await client.query('ROLLBACK');
  const seen = {
    text,
    prepared: String(prepared?.['name']),
    rolledBack: Number(await one('SELECT COUNT(*) FROM notes')),
    error: await errno('SELECT * FROM no_such_table'),
    big: (await client.query('SELECT filler FROM big')).reduce((sum, { filler }) => sum + String(filler).length, 0),
    masked: String(await one('SELECT email FROM customers WHERE id = 1')),
    refused: await errno('DELETE FROM customers'),
  };
  await client.end();
  return seen;
}

/** npm's mysql2. */
export async function throughMysql2({ ca, ...login }: NodeLogin): Promise<Seen> {
  const connection = await createMysql({ ...login, enableCleartextPlugin: true, ssl: { ca } });
  const rows = ([result]: [unknown, unknown]): readonly Record<string, unknown>[] =>
    result as readonly Record<string, unknown>[];
  return scenario({
    query: async (sql) => rows(await connection.query(sql)),
    execute: async (sql, values) => rows(await connection.execute(sql, values as string[])),
    end: () => connection.end(),
  });
}

/** npm's mariadb. */
export async function throughMariadb({ ca, ...login }: NodeLogin): Promise<Seen> {
  const connection: MariadbConnection = await createMariadb({ ...login, ssl: { ca } });
  return scenario({
    query: (sql) => connection.query(sql),
    execute: (sql, values) => connection.execute(sql, values as unknown[]),
    end: () => connection.end(),
  });
}
