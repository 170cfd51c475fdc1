import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, inject, it, onTestFinished } from 'vitest';
import type { CredentialKey, ProxyReload } from '../../src/proxy/index.js';
import { CERTIFICATE_FILE, createCertificate, KEY_FILE } from '../database/certificate.js';
import { type Proxied, startProxied } from './index.js';

const database = inject('database');
const first: CredentialKey = { id: 'first', secret: new Uint8Array(32).fill(1) };
const second: CredentialKey = { id: 'second', secret: new Uint8Array(32).fill(2) };
let proxied: Proxied;
let log = '';
beforeEach(async () => {
  log = '';
  const logger = pino({ level: 'warn' }, { write: (line: string) => (log += line) });
  proxied = await startProxied(database, {
    proxy: () => ({ logger, credentials: { keys: [first], port: 0 } }),
  });
});
afterEach(() => proxied.close());

async function reload(changed: Omit<ProxyReload, 'governor'>): Promise<void> {
  await proxied.proxy.reload({ governor: { audit: { directory: 'unused', transports: [] } }, ...changed });
}

async function ask(name: string): Promise<Response> {
  const headers = { authorization: `Bearer ${await proxied.token(name)}` };
  return fetch(`${proxied.proxy.credentialsUrl ?? ''}/v1/credentials`, { method: 'POST', headers });
}

/** A user name and a password for an agent, and until when they are good. */
async function credential(name: string): Promise<{ user: string; password: string; expires: string }> {
  const answer = await ask(name);
  expect(answer.status).toBe(200);
  return (await answer.json()) as { user: string; password: string; expires: string };
}

async function connectWith({ user, password }: { user: string; password: string }): Promise<void> {
  const connection = await createConnection({
    ...{ host: proxied.host, port: proxied.port, user, password, ssl: { ca: proxied.ca } },
  });
  connection.destroy();
}

it('trusts other issuers from the next login on, and leaves open sessions', async () => {
  const { issuer, audience } = proxied.agents.credentials('anna');
  const open = await proxied.connect('anna');
  await reload({ tokens: { issuer, audience: 'urn:example:other' } });
  await expect(proxied.connect('bert')).rejects.toMatchObject({ errno: 1045 });
  await open.query('SELECT 1');
  await reload({ tokens: { issuer, audience } });
  await proxied.connect('bert');
});

it('takes over nothing of a reload whose issuers are wrong', async () => {
  await expect(reload({ tokens: { issuer: 'no URL', audience: 'x' }, limits: { connections: 1 } })).rejects.toThrow(
    'issuer',
  );
  await proxied.connect('anna');
  await proxied.connect('bert');
});

it('rotates the keys of credentials, and gives them for another time', async () => {
  const old = await credential('anna');
  await reload({ credentials: { keys: [second, first], port: 0, ttlSeconds: 30 } });
  const young = await credential('anna');
  expect(Date.parse(young.expires)).toBeLessThan(Date.parse(old.expires));
  await connectWith(old);
  await connectWith(young);
  await reload({ credentials: { keys: [second], port: 0, ttlSeconds: 30 } });
  await expect(connectWith(old)).rejects.toMatchObject({ errno: 1045 });
  await connectWith(young);
  expect(log).toBe('');
});

it('switches credentials off, and blocks nobody who asks for one', async () => {
  const old = await credential('anna');
  await reload({ credentials: undefined, limits: { failedLoginsPerMinute: 2 } });
  expect(log).toContain('the address of credentials');
  for (let turn = 0; turn < 4; turn += 1) expect((await ask('anna')).status).toBe(404);
  await expect(connectWith(old)).rejects.toMatchObject({ errno: 1045 });
  await proxied.connect('anna');
});

it('takes no credential of an issuer that is not trusted any more', async () => {
  const { issuer, audience } = proxied.agents.credentials('anna');
  const old = await credential('anna');
  await connectWith(old);
  await reload({ tokens: { issuer: 'https://other.example', audience } });
  await expect(connectWith(old)).rejects.toMatchObject({ errno: 1045 });
  await reload({ tokens: { issuer, audience } });
  await connectWith(old);
});

it('believes the keys that it has of an issuer that stays, though it is away', async () => {
  await proxied.connect('anna');
  const token = await proxied.token('bert');
  const { issuer, audience } = proxied.agents.credentials('anna');
  await proxied.agents.stop();
  await proxied.proxy.reload();
  await reload({ tokens: { issuer, audience, algorithms: ['ES256'] } });
  const { host, port, ca } = proxied;
  const login = { host, port, ssl: { ca }, user: 'bert', password: token, enableCleartextPlugin: true };
  (await createConnection(login)).destroy();
});

it('takes over nothing where a certificate has become one that cannot be used', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-reload-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await createCertificate(folder);
  const [certFile, keyFile] = [join(folder, CERTIFICATE_FILE), join(folder, KEY_FILE)];
  const listeners = [{ port: 0 }, { port: 0, tls: { certFile, keyFile } }];
  await reload({ listeners });
  await writeFile(certFile, 'no certificate');
  const { issuer } = proxied.agents.credentials('anna');
  await expect(reload({ listeners, tokens: { issuer, audience: 'urn:example:other' } })).rejects.toThrow(certFile);
  await proxied.connect('bert');
});

it('has other limits from the next login on', async () => {
  await proxied.connect('anna');
  await reload({ limits: { connectionsPerAgent: 1 } });
  await expect(proxied.connect('anna')).rejects.toMatchObject({ errno: 1203 });
  await reload({ limits: { connections: 1 } });
  await expect(proxied.connect('bert')).rejects.toMatchObject({ errno: 1040 });
  await reload({ limits: { failedLoginsPerMinute: 1 } });
  const wrong = { password: 'nothing' };
  await expect(proxied.connect('bert', wrong)).rejects.toMatchObject({ errno: 1045 });
  await expect(proxied.connect('bert', wrong)).rejects.toMatchObject({ errno: 1129 });
});

it('says what needs a restart', async () => {
  await reload({ admin: { port: 0 }, credentials: { keys: [first], port: 1 } });
  expect(log).toContain('"parts":["admin","the address of credentials');
  expect(proxied.proxy.adminUrl).toBeUndefined();
  await proxied.connect('anna');
});
