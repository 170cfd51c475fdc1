import { createConnection } from 'mysql2/promise';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { CredentialKey, ProxyReload } from '../../src/proxy/index.js';
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

/** A user name and a password for an agent, and until when they are good. */
async function credential(name: string): Promise<{ user: string; password: string; expires: string }> {
  const answer = await fetch(`${proxied.proxy.credentialsUrl ?? ''}/v1/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await proxied.token(name)}` },
  });
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

it('switches credentials off', async () => {
  const old = await credential('anna');
  await reload({ credentials: undefined });
  await expect(connectWith(old)).rejects.toMatchObject({ errno: 1045 });
  expect(log).toContain('the address of credentials');
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
