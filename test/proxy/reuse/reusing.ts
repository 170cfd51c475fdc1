import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2/promise';
import type { Policy } from '../../../src/guardrails/index.js';
import type { UpstreamOptions } from '../../../src/proxy/index.js';
import { eventually } from '../../audit/trail-fixtures.js';
import type { DatabaseAddress } from '../../database/index.js';
import { connectionOptions } from '../../database/readiness.js';
import { type Proxied, startProxied } from '../index.js';

type ReuseOptions = NonNullable<UpstreamOptions['reuse']>;

/** Also what no other policy lets through. */
export const anything: Policy = {
  name: 'anything',
  rules: [{ name: 'all', effect: 'allow', matches: () => 'it is a test' }],
};

/** The database, as its administrator, with connections that are used again. */
export function upstreamOf(
  database: DatabaseAddress,
  { host, port }: ConnectionOptions,
  reuse: ReuseOptions,
): UpstreamOptions {
  const { user = '', password = '' } = connectionOptions(database);
  return {
    hosts: [`${host}:${port}`],
    login: { user, password: String(password) },
    tls: database.ca === undefined ? {} : { ca: database.ca },
    reuse,
  };
}

/** A proxy that lets anything through to such a database. */
export function startReusing(
  database: DatabaseAddress,
  reuse: ReuseOptions = {},
  more: Partial<UpstreamOptions> = {},
): Promise<Proxied> {
  return startProxied(database, {
    statements: ['CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(40))'],
    governor: { policy: anything },
    proxy: ({ connection }) => ({
      admin: { port: 0 },
      upstreams: { main: { ...upstreamOf(database, connection, reuse), ...more } },
    }),
  });
}

/** Connections that wait for a session, as the figures have it. */
export async function idle({ proxy }: Proxied): Promise<number> {
  const text = await (await fetch(`${proxy.adminUrl ?? ''}/metrics`)).text();
  return Number(/^countersign_proxy_idle_connections\{database="main"\} (\d+)$/m.exec(text)?.[1]);
}

/** Ends a session, and waits until its connection waits for another one. */
export async function leave(proxied: Proxied, connection: Connection): Promise<void> {
  const before = await idle(proxied);
  await connection.end();
  await eventually(async () => (await idle(proxied)) === before + 1, 'a connection that waits');
}

export async function value(connection: Connection, expression: string): Promise<unknown> {
  const [[row]] = await connection.query<RowDataPacket[]>(`SELECT ${expression} AS value`);
  return row?.['value'];
}

/** The server's number of a connection. */
export function threadOf(connection: Connection): Promise<unknown> {
  return value(connection, 'CONNECTION_ID()');
}

/** Whether the server has a connection of that number. */
export async function isThere(admin: Connection, thread: unknown): Promise<boolean> {
  const [list] = await admin.query<RowDataPacket[]>('SHOW PROCESSLIST');
  return list.some(({ Id: id }) => id === thread);
}
