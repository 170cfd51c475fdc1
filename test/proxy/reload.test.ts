import { once } from 'node:events';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { readOnlyPolicy } from '../../src/guardrails/index.js';
import type { ListenerOptions, ProxyAddress, UpstreamOptions } from '../../src/proxy/index.js';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from '../database/certificate.js';
import { connectionOptions } from '../database/readiness.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { type Proxied, startProxied } from './index.js';

const database = inject('database');
const statements = ['CREATE TABLE notes (id INT PRIMARY KEY)'];
let folder: string;
let proxied: Proxied;
let other: TestSchema;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-reload-'));
  proxied = await startProxied(database, { statements, proxy: () => ({ admin: { port: 0 } }) });
  other = await createSchema(database);
});
afterEach(async () => {
  await proxied.close();
  await other.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The database, with the account of a schema, which is the schema that its sessions begin in. */
function upstream({ connection, name }: TestSchema): UpstreamOptions {
  const { user = '', password = '', host, port } = connection;
  return {
    hosts: [`${host}:${port}`],
    login: { user, password: String(password) },
    tls: database.ca === undefined ? {} : { ca: database.ca },
    schema: name,
  };
}

async function reload(changed: {
  readonly listeners?: readonly ListenerOptions[];
  readonly upstreams?: Readonly<Record<string, UpstreamOptions>>;
}): Promise<void> {
  await proxied.proxy.reload({ governor: { audit: { directory: folder, transports: [] } }, ...changed });
}

/** Connects to an address of the proxy. */
async function connectTo(address: ProxyAddress | undefined, options: ConnectionOptions = {}): Promise<Connection> {
  if (address === undefined) throw new Error('nothing listens there');
  const login = await proxied.login('anna', options);
  if (options.database === undefined) delete login.database;
  if ('host' in address) {
    const { host, port, certificate } = address;
    return createConnection({ ...login, host, port, ssl: { ca: certificate }, ...options });
  }
  const { socketPath } = address;
  delete login.ssl;
  return createConnection({ ...login, socketPath });
}

async function schemaOf(connection: Connection): Promise<unknown> {
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT DATABASE() AS name');
  return row?.['name'];
}

it('leads new sessions to another account, and leaves open ones where they are', async () => {
  await reload({ upstreams: { main: upstream(proxied.schema) } });
  const before = await connectTo(proxied.proxy.addresses[0]);
  await before.query('START TRANSACTION');
  await before.query('INSERT INTO notes VALUES (1)');
  await reload({ upstreams: { main: upstream(other) } });
  const after = await connectTo(proxied.proxy.addresses[0]);
  expect(await schemaOf(after)).toBe(other.name);
  expect(await schemaOf(before)).toBe(proxied.schema.name);
  await before.query('COMMIT');
  const users = (await proxied.records()).map(({ db }) => db?.user?.split('@')[0]);
  expect(new Set(users)).toEqual(new Set([proxied.schema.connection.user, other.connection.user]));
  for (const connection of [before, after]) connection.destroy();
});

it('takes a changed password', async () => {
  const { user } = proxied.schema.connection;
  const before = await proxied.connect('anna');
  const admin = await createConnection(connectionOptions(database));
  await admin.query(`ALTER USER '${user}' IDENTIFIED BY 'another one'`);
  await admin.end();
  await expect(proxied.connect('anna')).rejects.toMatchObject({ errno: 1105 });
  await reload({
    upstreams: { main: { ...upstream(proxied.schema), login: { user: String(user), password: 'another one' } } },
  });
  await (await proxied.connect('anna')).query('SELECT 1');
  await before.query('SELECT 1');
});

it('adds and takes away databases, and leads nobody who names one that is gone to another', async () => {
  const both = { main: upstream(proxied.schema), shop: upstream(other) };
  await reload({ upstreams: both });
  const connection = await connectTo(proxied.proxy.addresses[0], { user: 'shop:anna' });
  expect(await schemaOf(connection)).toBe(other.name);
  await reload({ upstreams: { main: upstream(proxied.schema) } });
  expect(await schemaOf(connection)).toBe(other.name);
  await expect(connectTo(proxied.proxy.addresses[0], { user: 'shop:anna' })).rejects.toMatchObject({
    errno: 1105,
    sqlMessage: 'the database shop is not there any more',
  });
  const ready = await fetch(`${proxied.proxy.adminUrl ?? ''}/readyz`);
  expect(await ready.json()).toEqual({ ready: true, problems: [] });
  connection.destroy();
});

it('opens and closes listeners, and ends no session', async () => {
  const through = await proxied.connect('anna');
  const [first] = proxied.proxy.addresses;
  const socketPath = join(folder, 'agent.sock');
  await reload({ listeners: [{ port: 0 }, { socketPath }, { port: 0 }] });
  const { addresses } = proxied.proxy;
  expect(addresses[0]).toEqual(first);
  expect(addresses).toHaveLength(3);
  const bySocket = await connectTo(addresses[1]);
  const byPort = await connectTo(addresses[2]);
  await reload({ listeners: [{ port: 0 }] });
  expect(proxied.proxy.addresses).toEqual([first]);
  await expect(connectTo(addresses[1])).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(connectTo(addresses[2])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  for (const connection of [through, bySocket, byPort]) await connection.query('SELECT 1');
  await (await proxied.connect('bert')).query('SELECT 1');
  bySocket.destroy();
  byPort.destroy();
});

it('changes the certificate and the database of a listener while it listens', async () => {
  await createCertificate(folder);
  const tls = { certFile: join(folder, CERTIFICATE_FILE), keyFile: join(folder, KEY_FILE) };
  const before = await proxied.connect('anna');
  const upstreams = { main: upstream(proxied.schema), shop: upstream(other) };
  await reload({ upstreams, listeners: [{ port: 0, upstream: 'shop', tls }] });
  const [address] = proxied.proxy.addresses;
  expect(address).toMatchObject({ port: proxied.port, certificate: await readFile(tls.certFile, 'utf8') });
  const after = await connectTo(address);
  expect(await schemaOf(after)).toBe(other.name);
  expect(await schemaOf(before)).toBe(proxied.schema.name);
  after.destroy();
});

it('gives up an address for another of the same port', async () => {
  const { port } = proxied;
  await reload({ listeners: [{ host: '127.0.0.1', port }] });
  expect(proxied.proxy.addresses).toMatchObject([{ host: '127.0.0.1', port }]);
  const before = await connectTo(proxied.proxy.addresses[0]);
  await createCertificate(folder);
  const tls = { certFile: join(folder, CERTIFICATE_FILE), keyFile: join(folder, KEY_FILE) };
  await reload({ listeners: [{ host: '0.0.0.0', port, tls }] });
  const [address] = proxied.proxy.addresses;
  expect(address).toMatchObject({ host: '0.0.0.0', port });
  await before.query('SELECT 1');
  await (await connectTo(address, { host: '127.0.0.1' })).end();
  before.destroy();
});

it('takes its address again where another of the same port cannot be had', async () => {
  const through = await proxied.connect('anna');
  const { port } = proxied;
  await createCertificate(folder);
  const tls = { certFile: join(folder, CERTIFICATE_FILE), keyFile: join(folder, KEY_FILE) };
  const listeners = [
    { host: '0.0.0.0', port, tls },
    { host: '192.0.2.1', port, tls },
  ];
  await expect(reload({ listeners })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  expect(proxied.proxy.addresses).toMatchObject([{ host: '127.0.0.1', port }]);
  await through.query('SELECT 1');
  await (await proxied.connect('bert')).query('SELECT 1');
});

it('changes no listener and no database where anything of them cannot be used', async () => {
  const through = await proxied.connect('anna');
  const before = proxied.proxy.addresses;
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const upstreams = { main: upstream(other) };
  const missing = { certFile: join(folder, 'none.pem'), keyFile: join(folder, 'none.key') };
  const socketPath = join(folder, 'new.sock');
  const broken: readonly [Parameters<typeof reload>[0], object][] = [
    [{ upstreams, listeners: [{ socketPath }, { port }] }, { code: 'EADDRINUSE' }],
    [{ upstreams, listeners: [{ port: 0, tls: missing }] }, { code: 'OPTIONS_INVALID' }],
    [{ upstreams, listeners: [{ port: 0, upstream: 'nowhere' }] }, { code: 'OPTIONS_INVALID' }],
    [{ upstreams: {} }, { code: 'OPTIONS_INVALID' }],
    [{ upstreams, listeners: [] }, { code: 'OPTIONS_INVALID' }],
  ];
  for (const [changed, problem] of broken) await expect(reload(changed)).rejects.toMatchObject(problem);
  taken.close();
  expect(proxied.proxy.addresses).toEqual(before);
  await expect(access(socketPath)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await schemaOf(await proxied.connect('anna'))).toBe(proxied.schema.name);
  await through.query('SELECT 1');
  await reload({ upstreams });
  const address = proxied.proxy.addresses[0];
  const after = await connectTo(address);
  expect(await schemaOf(after)).toBe(other.name);
  after.destroy();
});

it('takes a policy over by itself, whatever becomes of the listeners', async () => {
  const through = await proxied.connect('anna');
  const governor = { audit: { directory: folder, transports: [] }, policy: readOnlyPolicy() };
  await expect(proxied.proxy.reload({ governor, listeners: [] })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  await expect(through.query('INSERT INTO notes VALUES (1)')).rejects.toMatchObject({ errno: 1227 });
  await through.query('SELECT 1');
});

it('reloads one after the other, and no more when it is closed', async () => {
  const lists: readonly (readonly ListenerOptions[])[] = [
    [{ port: 0 }, { port: 0 }],
    [{ port: 0 }],
    [{ port: 0 }, { socketPath: join(folder, 'a.sock') }],
  ];
  await Promise.all(lists.map((listeners) => reload({ listeners })));
  expect(proxied.proxy.addresses).toHaveLength(2);
  await proxied.close();
  await expect(reload({ listeners: [{ port: 0 }] })).rejects.toMatchObject({ code: 'GOVERNOR_CLOSED' });
  proxied = await startProxied(database, { statements });
});
