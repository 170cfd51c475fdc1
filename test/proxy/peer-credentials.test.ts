import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { Identity } from '../../src/identity/index.js';
import type { SocketListenerOptions } from '../../src/proxy/index.js';
import { type Agents, startAgents } from '../governed/agents.js';
import { type Proxied, startProxied } from './index.js';

const database = inject('database');
const ownUid = process.getuid?.() ?? -1;
const NOBODY = 65_534;
let folder: string;
let agents: Agents;
let proxied: Proxied;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-peer-'));
  agents = await startAgents();
});
afterEach(async () => {
  await proxied.close();
  await agents.stop();
  await rm(folder, { recursive: true });
});

async function listen(peerIdentity: NonNullable<SocketListenerOptions['peerIdentity']>): Promise<string> {
  const socketPath = join(folder, 'agent.sock');
  proxied = await startProxied(database, {
    proxy: () => ({ listeners: [{ port: 0 }, { socketPath, peerIdentity }] }),
  });
  return socketPath;
}

async function recordOf(part: string): Promise<{ agent: string | undefined; client: string | undefined }> {
  const record = (await proxied.records()).find(({ statement }) => statement.text.includes(part));
  return { agent: record?.agent?.subject, client: record?.session.client };
}

it('knows an agent by the user of the operating system that opened the socket, and records the process', async () => {
  const bert = await agents.identity('bert');
  const seen: number[] = [];
  const socketPath = await listen(({ uid, gid }) => {
    seen.push(uid, gid);
    return uid === ownUid ? bert : undefined;
  });
  const connection = await createConnection({ user: 'whoever+T-9', socketPath });
  await connection.query('SELECT 1 AS by_peer');
  connection.destroy();
  expect(seen).toEqual([ownUid, process.getgid?.()]);
  expect(await recordOf('by_peer')).toEqual({
    agent: 'agent-bert',
    client: `local, uid ${ownUid}, pid ${process.pid}`,
  });
});

it('has a user that it does not know bring a token', async () => {
  const socketPath = await listen(() => undefined);
  const login = { user: 'anna', socketPath, enableCleartextPlugin: true };
  await expect(createConnection(login)).rejects.toMatchObject({ errno: 1045 });
  const connection = await createConnection({ ...login, password: await proxied.token('anna') });
  await connection.query('SELECT 1 AS by_token');
  connection.destroy();
  expect((await recordOf('by_token')).agent).toBe('agent-anna');
  const refused = (await proxied.events()).filter(({ session }) => session?.client?.includes(`uid ${ownUid}`));
  expect(refused.length).toBeGreaterThan(0);
});

it('asks another function after a reload', async () => {
  const [anna, bert] = [await agents.identity('anna'), await agents.identity('bert')];
  const socketPath = await listen(() => anna);
  const governor = { audit: { directory: 'unused', transports: [] } };
  for (const peerIdentity of [() => undefined, () => bert])
    await proxied.proxy.reload({ governor, listeners: [{ port: 0 }, { socketPath, peerIdentity }] });
  const connection = await createConnection({ user: 'whoever', socketPath });
  await connection.query('SELECT 1 AS by_another');
  connection.destroy();
  expect((await recordOf('by_another')).agent).toBe('agent-bert');
});

it('lets nobody in where the function gives no identity', async () => {
  const socketPath = await listen((() => Promise.resolve({})) as unknown as () => Identity);
  await expect(createConnection({ user: 'anna', socketPath })).rejects.toThrow('the login cannot be checked now');
  expect(await proxied.records()).toEqual([]);
});

/** A client without a driver: a process of another user may not be able to read one. */
const RAW_CLIENT = `
  const socket = require('node:net').connect(process.argv[1]);
  const send = (seq, payload) => socket.write(Buffer.concat([Buffer.from([payload.length, 0, 0, seq]), payload]));
  let packets = 0;
  socket.on('data', (bytes) => {
    packets += 1;
    if (packets === 1) {
      const head = Buffer.alloc(32);
      head.writeUInt32LE(0x88200, 0);
      head[8] = 45;
      send(1, Buffer.concat([head, Buffer.from('agent\\0\\0mysql_native_password\\0')]));
    } else if (packets === 2 && bytes[4] === 0) send(0, Buffer.from('\\x03SELECT 1 AS by_nobody'));
    else { process.stdout.write(packets + ' ' + bytes[4]); socket.destroy(); }
  });`;

it.runIf(ownUid === 0)('tells two users of the operating system from each other', async () => {
  const [anna, bert] = [await agents.identity('anna'), await agents.identity('bert')];
  const socketPath = await listen(({ uid }) => (uid === NOBODY ? anna : bert));
  await chmod(folder, 0o755);
  await chmod(socketPath, 0o777);
  const child = spawn(process.execPath, ['-e', RAW_CLIENT, socketPath], { uid: NOBODY, gid: NOBODY, cwd: '/' });
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(output).toBe('3 1');
  expect(await recordOf('by_nobody')).toEqual({
    agent: 'agent-anna',
    client: `local, uid ${NOBODY}, pid ${child.pid}`,
  });
});
