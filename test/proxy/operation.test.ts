import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { copyFile, mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { createConnection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { defaultPolicy, readOnlyPolicy } from '../../src/guardrails/index.js';
import type { Identity } from '../../src/identity/index.js';
import type { DatabaseLoginSource, ProxyOptions } from '../../src/proxy/index.js';
import { functionTransport } from '../../src/transports/index.js';
import { eventually } from '../audit/trail-fixtures.js';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from '../database/certificate.js';
import { startAgents } from '../governed/agents.js';
import { type Proxied, type ProxiedOptions, startProxied } from './index.js';

const database = inject('database');
const statements = ['CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(40))'];
const audit = { transports: [] };
let folder: string;
let proxied: Proxied | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-operation-'));
});
afterEach(async () => {
  await proxied?.close();
  proxied = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(options: ProxiedOptions = {}): Promise<Proxied> {
  proxied = await startProxied(database, { statements, ...options });
  return proxied;
}

/** The database, reached as the fixture reaches it. */
function upstream(connection: ConnectionOptions, hosts: readonly string[]): ProxyOptions['upstreams'][string] {
  const { user = '', password = '' } = connection;
  return {
    hosts,
    login: { user, password: String(password) },
    tls: database.ca === undefined ? {} : { ca: database.ca },
    connectTimeoutMs: 2_000,
  };
}

it('goes to the next host where one is away, and says nothing of it to the client', async () => {
  const through = await start({
    proxy: ({ connection }) => ({
      upstreams: { main: upstream(connection, ['127.0.0.1:1', `${connection.host}:${connection.port}`]) },
    }),
  });
  const [rows] = await (await through.connect('anna')).query('SELECT 1 AS one');
  expect(rows).toEqual([{ one: 1 }]);
});

it('lets nobody in where no host is there, is not ready, and names no host', async () => {
  const through = await start({
    proxy: ({ connection }) => ({ admin: { port: 0 }, upstreams: { main: upstream(connection, ['127.0.0.1:1']) } }),
  });
  await expect(through.connect('anna')).rejects.toMatchObject({
    errno: 1105,
    sqlState: '08S01',
    sqlMessage: 'the database main cannot be reached',
  });
  expect((await fetch(`${through.proxy.adminUrl ?? ''}/readyz`)).status).toBe(503);
});

it('survives what is behind and speaks another protocol', async () => {
  const stranger = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  }).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const { port } = stranger.address() as AddressInfo;
  const through = await start({
    proxy: ({ connection }) => ({
      upstreams: { main: upstream(connection, [`127.0.0.1:${port}`, `${connection.host}:${connection.port}`]) },
    }),
  });
  await (await through.connect('anna')).query('SELECT 1');
  stranger.close();
});

it('begins in the schema of the database where the client names none', async () => {
  const through = await start({
    proxy: ({ connection, name }) => ({
      upstreams: { main: { ...upstream(connection, [`${connection.host}:${connection.port}`]), schema: name } },
    }),
  });
  const login = await through.login('anna');
  delete login.database;
  const connection = await createConnection(login);
  const [rows] = await connection.query('SELECT DATABASE() AS name');
  expect(rows).toEqual([{ name: through.schema.name }]);
  connection.destroy();
});

it('asks for the account of each agent', async () => {
  const asked: (string | undefined)[] = [];
  const through = await start({
    proxy: ({ connection }) => {
      const login: DatabaseLoginSource = (identity) => {
        asked.push(identity?.subject);
        return Promise.resolve({ user: connection.user, password: connection.password });
      };
      const host = `${connection.host}:${connection.port}`;
      return { upstreams: { main: { ...upstream(connection, [host]), login } } };
    },
  });
  await (await through.connect('anna')).query('SELECT 1');
  await (await through.connect('bert')).query('SELECT 1');
  expect(asked.filter((subject) => subject !== undefined)).toEqual(['agent-anna', 'agent-bert']);
});

it('leads to the database that the user name names', async () => {
  const through = await start({
    proxy: ({ connection }) => {
      const host = `${connection.host}:${connection.port}`;
      return { upstreams: { main: upstream(connection, ['127.0.0.1:1', host]), other: upstream(connection, [host]) } };
    },
  });
  await (await through.connect('anna', { user: 'other:anna+T-1' })).query('SELECT 1 AS named');
  const [record] = (await through.records()).filter(({ statement }) => statement.text.includes('named'));
  expect(record).toMatchObject({ task: { id: 'T-1' } });
});

it('judges by another policy from one statement to the next, on connections that are open', async () => {
  const through = await start();
  const connection = await through.connect('anna');
  await connection.query("INSERT INTO notes VALUES (1, 'one')");
  const governor = { audit: { directory: folder, ...audit } };
  await through.proxy.reload({ governor: { ...governor, policy: readOnlyPolicy() } });
  await expect(connection.query("INSERT INTO notes VALUES (2, 'two')")).rejects.toMatchObject({ errno: 1227 });
  const broken = { name: 'broken', rules: [{ name: '', effect: 'maybe' }] } as never;
  await expect(through.proxy.reload({ governor: { ...governor, policy: broken } })).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
  });
  await expect(connection.query('SELECT 1')).rejects.toMatchObject({
    errno: 1227,
    sqlMessage: expect.stringContaining('policy-unavailable') as string,
  });
  await through.proxy.reload({ governor: { ...governor, policy: defaultPolicy() } });
  await connection.query("INSERT INTO notes VALUES (2, 'two')");
  const loaded = (await through.events()).filter(({ type }) => type === 'policy');
  expect(loaded).toHaveLength(4);
});

it('is not ready while its journal is full, and tells no client where that is', async () => {
  let isUp = false;
  const transport = functionTransport(() => (isUp ? undefined : { status: 'retry', reason: 'the receiver is down' }));
  const directory = join(folder, 'small');
  const through = await start({
    governor: { audit: { directory, transports: [transport], maxBytes: 20_000, drainDeadlineMs: 20 } },
    proxy: () => ({ admin: { port: 0 } }),
  });
  const connection = await through.connect('anna');
  const ready = async (): Promise<unknown> => (await fetch(`${through.proxy.adminUrl ?? ''}/readyz`)).json();
  const refused = async (): Promise<string | undefined> => {
    for (let no = 0; no < 100; no++) {
      const problem = await connection.query(`SELECT '${'x'.repeat(500)}'`).catch((error: Error) => error.message);
      if (typeof problem === 'string') return problem;
    }
    return undefined;
  };
  expect(await ready()).toEqual({ ready: true, problems: [] });
  const problem = await refused();
  expect(problem).toContain('it is full');
  expect(problem).not.toContain(folder);
  expect(await ready()).toEqual({ ready: false, problems: ['the journal is full'] });
  isUp = true;
  await eventually(async () => ((await ready()) as { ready: boolean }).ready);
  await connection.query('SELECT 1');
});

it('lets what runs and what is in a transaction come to its end when it is closed', async () => {
  const anything = { name: 'anything', rules: [], otherwise: 'allow' } as const;
  const through = await start({ governor: { policy: anything }, proxy: () => ({ drainTimeoutMs: 5_000 }) });
  const [idle, busy, transacting] = [
    await through.connect('anna'),
    await through.connect('anna'),
    await through.connect('bert'),
  ];
  for (const connection of [idle, busy, transacting]) connection.on('error', () => undefined);
  await idle.query('SELECT 1');
  await transacting.query('START TRANSACTION');
  const slow = busy.query('SELECT SLEEP(1) AS slept');
  await setTimeout(50);
  const closed = through.proxy.close();
  await setTimeout(100);
  await expect(idle.query('SELECT 1')).rejects.toBeDefined();
  await expect(through.connect('anna')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await transacting.query("INSERT INTO notes VALUES (1, 'kept')");
  await transacting.query('COMMIT');
  expect((await slow)[0]).toHaveLength(1);
  await closed;
  await through.schema.drop().catch(() => undefined);
  proxied = undefined;
}, 60_000);

it('takes certificates from files, and new ones without a restart', async () => {
  await createCertificate(folder);
  const files = { certFile: join(folder, CERTIFICATE_FILE), keyFile: join(folder, KEY_FILE) };
  const first = await readFile(files.certFile, 'utf8');
  const through = await start({ proxy: () => ({ listeners: [{ port: 0, tls: files }] }) });
  await (await through.connect('anna', { ssl: { ca: first } })).query('SELECT 1');
  await createCertificate(folder);
  await utimes(files.certFile, new Date(), new Date(Date.now() + 2_000));
  await through.proxy.reload();
  await expect(through.connect('anna', { ssl: { ca: first } })).rejects.toMatchObject({ code: 'HANDSHAKE_SSL_ERROR' });
  const second = await readFile(files.certFile, 'utf8');
  await (await through.connect('anna', { ssl: { ca: second } })).query('SELECT 1');
  await copyFile(files.keyFile, files.certFile);
  await expect(through.proxy.reload()).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  await (await through.connect('anna', { ssl: { ca: second } })).query('SELECT 1');
});

it('shows a renewed certificate where credentials are made as well', async () => {
  await createCertificate(folder);
  const tls = { certFile: join(folder, CERTIFICATE_FILE), keyFile: join(folder, KEY_FILE) };
  const keys = [{ id: 'test', secret: new Uint8Array(32).fill(7) }];
  const through = await start({ proxy: () => ({ credentials: { keys, port: 0, tls } }) });
  const { hostname, port } = new URL(through.proxy.credentialsUrl ?? '');
  const shown = async (): Promise<string | undefined> => {
    const socket = connectTls({ host: hostname, port: Number(port), ca: await readFile(tls.certFile), servername: '' });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  const first = await shown();
  await createCertificate(folder);
  await utimes(tls.certFile, new Date(), new Date(Date.now() + 2_000));
  await through.proxy.reload();
  expect(await shown()).not.toBe(first);
  await copyFile(tls.keyFile, tls.certFile);
  await expect(through.proxy.reload()).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
});

it('wants a certificate of the client where it is told by whom it has to be signed', async () => {
  const ca = await createCertificate(folder);
  const [certFile, keyFile] = [join(folder, CERTIFICATE_FILE), join(folder, KEY_FILE)];
  const tls = { certFile, keyFile, clientCaFile: certFile };
  const through = await start({ proxy: () => ({ listeners: [{ port: 0, tls }] }) });
  await expect(through.connect('anna', { ssl: { ca } })).rejects.toBeDefined();
  await expect(createConnection({ host: through.host, port: through.port, user: 'anna' })).rejects.toMatchObject({
    sqlMessage: expect.stringContaining('a certificate is needed here') as string,
  });
  const [cert, key] = [await readFile(certFile, 'utf8'), await readFile(keyFile, 'utf8')];
  await (await through.connect('anna', { ssl: { ca, cert, key } })).query('SELECT 1');
});

it('takes tokens and listens for one agent on a socket of the file system', async () => {
  const agents = await startAgents();
  const bert = await agents.identity('bert');
  const [open, own] = [join(folder, 'open.sock'), join(folder, 'bert.sock')];
  const through = await start({
    proxy: () => ({ listeners: [{ port: 0 }, { socketPath: open }, { socketPath: own, identity: bert }] }),
  });
  const login = { user: 'anna', database: through.schema.name, enableCleartextPlugin: true };
  const byToken = await createConnection({ ...login, socketPath: open, password: await through.token('anna') });
  await byToken.query('SELECT 1 AS by_token');
  const bySocket = await createConnection({ ...login, socketPath: own });
  const [rows] = await bySocket.query<RowDataPacket[]>('SELECT 2 AS by_socket');
  expect(rows).toEqual([{ by_socket: 2 }]);
  byToken.destroy();
  bySocket.destroy();
  const records = await through.records();
  const of = (text: string): string | undefined =>
    records.find(({ statement }) => statement.text.includes(text))?.agent?.subject;
  expect([of('by_token'), of('by_socket')]).toEqual(['agent-anna', 'agent-bert']);
  await agents.stop();
});

it('names everything that is wrong with its options', async () => {
  const problem = (options: Partial<ProxyOptions>): Promise<unknown> =>
    startProxied(database, { proxy: () => options }).catch((error: unknown) => (error as Error).message);
  expect(await problem({ listeners: [{ port: 0, host: '0.0.0.0' }] })).toContain('needs tls');
  expect(await problem({ listeners: [{ port: 0, upstream: 'nowhere' }] })).toContain('there is no upstream nowhere');
  const both = { socketPath: '/x', identity: { expiresAtMs: 1 } as Identity, peerIdentity: () => undefined };
  expect(await problem({ listeners: [both] })).toContain('has both identity and peerIdentity');
  expect(await problem({ upstreams: {} })).toContain('upstreams: must name at least one');
  expect(await problem({ limits: { connections: 0 } })).toContain('limits.connections');
});
