import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createConnection as createNative } from 'mysql';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { startIssuer } from '../issuer/index.js';
import { clientCredentials } from '../../src/identity/index.js';
import { type Proxied, startProxied } from './index.js';

const database = inject('database');
let proxied: Proxied;
beforeEach(async () => {
  proxied = await startProxied(database, {
    statements: ['CREATE TABLE t (a INT)'],
    proxy: () => ({
      admin: { port: 0 },
      limits: { loginTimeoutMs: 500, failedLoginsPerMinute: 5, connectionsPerAgent: 3 },
    }),
  });
});
afterEach(() => proxied.close());

async function refusals(): Promise<string[]> {
  const events = await proxied.events();
  return events.flatMap((record) =>
    record.type === 'session' && record.event.action === 'refused' ? [record.event.reason ?? ''] : [],
  );
}

it('refuses a token of another issuer, one that expired and one that is none, each with its reason and a record', async () => {
  const stranger = await startIssuer([{ clientId: 'eve', clientSecret: 'secret', claims: {} }]);
  const { tokenEndpoint, audience } = stranger;
  const foreign = await clientCredentials({
    tokenEndpoint,
    audience,
    clientId: 'eve',
    clientSecret: 'secret',
  }).getToken();
  const short = await proxied.token('short');
  const attempt = async (password: string): Promise<unknown> =>
    createConnection(await proxied.login('anna', { password })).then(
      () => 'let in',
      ({ errno, sqlMessage }: { errno: number; sqlMessage: string }) => `${errno} ${sqlMessage}`,
    );
  expect(await attempt(foreign)).toMatch(/^1045 Access denied: the token is refused: its issuer is not/);
  expect(await attempt('let me in')).toMatch(/^1045 Access denied: the token is refused: it is no signed JWT/);
  await setTimeout(8_000);
  expect(await attempt(short)).toMatch(/^1045 Access denied: the token is refused: it expired/);
  expect(await refusals()).toHaveLength(3);
  await stranger.stop();
});

it('takes a token over TLS only', async () => {
  const plain = await proxied.login('anna');
  delete plain.ssl;
  await expect(createConnection(plain)).rejects.toMatchObject({
    errno: 1045,
    sqlMessage: expect.stringContaining('TLS') as string,
  });
});

it('gives a credential for a token, which a client without tokens logs in with', async () => {
  const credential = await buy(await proxied.token('anna'), { task: 'SUP-7' });
  expect(credential.password).toHaveLength(43);
  const { host, port, schema } = proxied;
  const login = { host, port, user: credential.user, password: credential.password, database: schema.name };
  // npm's mysql knows nothing but mysql_native_password.
  const old = createNative(login);
  const rows = await new Promise((resolve, reject) => {
    old.query('SELECT 7 AS seven', (error, result: unknown) => (error === null ? resolve(result) : reject(error)));
  });
  old.destroy();
  expect(JSON.stringify(rows)).toBe('[{"seven":7}]');
  const connection = await createConnection(login);
  await connection.query('SELECT 8 AS eight');
  connection.destroy();
  const [record] = (await proxied.records()).filter(({ statement }) => statement.text === 'SELECT 7 AS seven');
  expect(record).toMatchObject({ agent: { subject: 'agent-anna' }, task: { id: 'SUP-7', source: 'asserted' } });
  const issued = (await proxied.events()).find(({ type }) => type === 'identity');
  expect(issued).toMatchObject({
    agent: { subject: 'agent-anna' },
    task: { id: 'SUP-7' },
    event: { action: 'issued', reason: expect.stringContaining(credential.expires) as string },
  });
});

it('refuses a credential that was altered, or whose password is wrong, without saying which', async () => {
  const { user, password } = await buy(await proxied.token('anna'));
  const { host, port } = proxied;
  const altered = `${user.slice(0, -6)}${user.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`;
  for (const login of [
    { user: altered, password },
    { user, password: `${password}x` },
    { user, password: '' },
  ]) {
    await expect(createConnection({ host, port, ...login })).rejects.toMatchObject({
      errno: 1045,
      sqlMessage: expect.stringMatching(/credential is unknown or has expired/) as string,
    });
  }
});

it('sells no credential without a good token', async () => {
  const url = `${proxied.proxy.credentialsUrl ?? ''}/v1/credentials`;
  const without = await fetch(url, { method: 'POST' });
  expect(without.status).toBe(401);
  const answers: number[] = [];
  for (let tries = 0; tries < 6; tries += 1) {
    const forged = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer e30.e30.e30' } });
    answers.push(forged.status);
  }
  expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
  expect(await refusals()).toHaveLength(5);
});

it('lets an address that fails too often wait, and records it no more', async () => {
  const attempt = async (): Promise<number> =>
    createConnection(await proxied.login('anna', { password: 'wrong' })).then(
      () => 0,
      ({ errno }: { errno: number }) => errno,
    );
  const answers = [];
  for (let tries = 0; tries < 7; tries += 1) answers.push(await attempt());
  expect(answers).toEqual([1045, 1045, 1045, 1045, 1045, 1129, 1129]);
  expect(await refusals()).toHaveLength(5);
});

it('lets an agent have so many connections, and another as soon as one is gone', async () => {
  const open = [await proxied.connect('anna'), await proxied.connect('anna'), await proxied.connect('anna')];
  await expect(proxied.connect('anna')).rejects.toMatchObject({ errno: 1203 });
  const other = await proxied.connect('bert');
  await other.query('SELECT 1');
  await open[0]?.end();
  await setTimeout(50);
  await (await proxied.connect('anna')).query('SELECT 1');
});

it('ends a login that takes too long, and is not disturbed by who only looks', async () => {
  const slow = await open();
  const closed = once(slow, 'close');
  const probes = await Promise.all(Array.from({ length: 50 }, open));
  for (const probe of probes) probe.destroy();
  const connection = await proxied.connect('anna');
  const [rows] = await connection.query<RowDataPacket[]>('SELECT 1 AS one');
  expect(rows).toEqual([{ one: 1 }]);
  await closed;
  expect(await refusals()).toEqual([]);
});

it('counts what is no login at all against its address', async () => {
  const seen: string[] = [];
  for (let tries = 0; tries < 8; tries += 1) {
    const socket = await open();
    const answer: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => answer.push(bytes));
    // A login of before MySQL 4.1.
    socket.write(Buffer.from([36, 0, 0, 1, ...Buffer.alloc(36)]));
    await once(socket, 'close');
    seen.push(Buffer.concat(answer).toString('latin1').includes('have failed') ? 'blocked' : 'refused');
  }
  expect(seen.slice(0, 5)).toEqual(Array(5).fill('refused'));
  expect(seen.slice(5)).toEqual(Array(3).fill('blocked'));
  expect((await refusals()).length).toBeLessThanOrEqual(5);
});

it('takes no packet of a login that is longer than a login', async () => {
  const socket = await open();
  const answer: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => answer.push(bytes));
  socket.write(Buffer.from([0xff, 0xff, 0xff, 1]));
  await once(socket, 'close');
  expect(Buffer.concat(answer).toString('latin1')).toContain('came in place of a login');
});

it('says that a schema is not there, and nothing of the account behind', async () => {
  await expect(proxied.connect('anna', { database: 'no_such_schema' })).rejects.toMatchObject({
    errno: expect.toBeOneOf([1044, 1049]) as number,
  });
});

it('tells whether it is ready, and what it counts', async () => {
  await (await proxied.connect('anna')).query('SELECT 1');
  const { adminUrl = '' } = proxied.proxy;
  expect((await fetch(`${adminUrl}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${adminUrl}/readyz`)).json()).toEqual({ ready: true, problems: [] });
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/^countersign_proxy_logins_total\{result="ok"\} 1$/m);
  expect(metrics).toMatch(/^countersign_proxy_sessions 1$/m);
});

async function open(): Promise<Socket> {
  const socket = connect({ host: proxied.host, port: proxied.port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume();
  return socket;
}

async function buy(token: string, body?: object): Promise<{ user: string; password: string; expires: string }> {
  const answer = await fetch(`${proxied.proxy.credentialsUrl ?? ''}/v1/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { user: string; password: string; expires: string };
}
