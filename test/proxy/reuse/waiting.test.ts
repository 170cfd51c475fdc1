import { setTimeout } from 'node:timers/promises';
import { createConnection as createOther } from 'mariadb';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { UpstreamOptions } from '../../../src/proxy/index.js';
import { eventually } from '../../audit/trail-fixtures.js';
import { connectionOptions } from '../../database/readiness.js';
import type { Proxied } from '../index.js';
import { anything, idle, isThere, leave, startReusing, threadOf, upstreamOf, value } from './reusing.js';

const database = inject('database');
let proxied: Proxied;
let admin: Connection;
beforeEach(async () => {
  admin = await createConnection(connectionOptions(database));
});
afterEach(async () => {
  await proxied.close();
  await admin.end();
});

it('ends what waits when its database is changed or taken away, and when the proxy is closed', async () => {
  proxied = await startReusing(database);
  const main = upstreamOf(database, proxied.schema.connection, {});
  const governor = { audit: { directory: 'unused', transports: [] }, policy: anything };
  for (const upstreams of [{ main: { ...main, connectTimeoutMs: 5_000 } }, { other: main }]) {
    const [waiting, open] = [await proxied.connect('anna'), await proxied.connect('anna')];
    const threads = [await threadOf(waiting), await threadOf(open)];
    await waiting.end();
    await proxied.proxy.reload({ governor, upstreams });
    await eventually(async () => !(await isThere(admin, threads[0])));
    await open.query('SELECT 1');
    await open.end();
    await eventually(async () => !(await isThere(admin, threads[1])));
  }
  const last = await proxied.connect('anna');
  const thread = await threadOf(last);
  await last.end();
  await proxied.close();
  await eventually(async () => !(await isThere(admin, thread)));
  proxied = await startReusing(database);
});

it('keeps clients of other kinds apart, and serves each of them again', async () => {
  proxied = await startReusing(database);
  const { host, port, ca } = proxied;
  const other = async (): Promise<unknown> => {
    const password = await proxied.token('anna');
    const login = { host, port, user: 'anna', password, database: proxied.schema.name, ssl: { ca } };
    const connection = await createOther(login);
    const [row] = await connection.query<{ id: unknown }[]>('SELECT CONNECTION_ID() AS id');
    await connection.query('SET @mine = 1');
    const [{ mine } = { mine: 0 }] = await connection.query<{ mine: unknown }[]>('SELECT @mine AS mine');
    expect(Number(mine)).toBe(1);
    await connection.end();
    await eventually(async () => (await idle(proxied)) > 0);
    return Number(row?.id);
  };
  const thread = await other();
  const own = await proxied.connect('anna');
  expect(await threadOf(own)).not.toBe(thread);
  await leave(proxied, own);
  expect(await other()).toBe(thread);
});

it('uses none again by default', async () => {
  proxied = await startReusing(database, {}, { reuse: undefined as never });
  const first = await proxied.connect('anna');
  const thread = await threadOf(first);
  await first.end();
  await eventually(async () => !(await isThere(admin, thread)));
  expect(await idle(proxied)).toBe(0);
});

it('lets so many wait, for so long, and uses none that is too old', async () => {
  proxied = await startReusing(database, { maxIdle: 2, idleTimeoutMs: 1_000, maxAgeMs: 3_000 });
  const open = await Promise.all([1, 2, 3, 4].map(() => proxied.connect('anna')));
  const threads = await Promise.all(open.map(threadOf));
  await Promise.all(open.map((connection) => connection.end()));
  await eventually(
    async () => (await Promise.all(threads.map((thread) => isThere(admin, thread)))).filter(Boolean).length === 2,
  );
  expect(await idle(proxied)).toBe(2);
  await eventually(async () => (await Promise.all(threads.map((thread) => isThere(admin, thread)))).every((is) => !is));
  expect(await idle(proxied)).toBe(0);
  const old = await proxied.connect('anna');
  const thread = await threadOf(old);
  await setTimeout(3_100);
  await old.end();
  await eventually(async () => !(await isThere(admin, thread)));
  expect(await idle(proxied)).toBe(0);
});

it('keeps accounts apart where agents are led to accounts of their own', async () => {
  const users = ['anna', 'bert'].map((name) => `reuse_${name}`);
  for (const user of users) {
    await admin.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'secret of ${user}'`);
    await admin.query(`GRANT ALL ON *.* TO '${user}'@'%'`);
  }
  const login: UpstreamOptions['login'] = (identity) => {
    const user = `reuse_${identity?.subject.replace('agent-', '') ?? 'anna'}`;
    return { user, password: `secret of ${user}` };
  };
  proxied = await startReusing(database, {}, { login });
  const anna = await proxied.connect('anna');
  const thread = await threadOf(anna);
  await leave(proxied, anna);
  const bert = await proxied.connect('bert');
  expect(await value(bert, 'CURRENT_USER()')).toBe('reuse_bert@%');
  expect(await threadOf(bert)).not.toBe(thread);
  expect(await threadOf(await proxied.connect('anna'))).toBe(thread);
  for (const user of users) await admin.query(`DROP USER '${user}'@'%'`);
});
