import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createConnection as createCoreConnection, type Connection as CoreConnection } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { Command } from '../../src/wire/constants.js';
import { type Proxied, startProxied } from './index.js';

/** At a time: a process has so many descriptors at least, and both ends are in this one. */
const CONNECTS = 2_000;
const WAVES = 5;

let proxied: Proxied;
let neighbour: Connection;
beforeAll(async () => {
  proxied = await startProxied(inject('database'), {
    statements: ['CREATE TABLE t (a INT)'],
    governor: { maxPacketBytes: 8 * 1024 * 1024 },
    proxy: () => ({ limits: { loginTimeoutMs: 2_000, connections: CONNECTS + 100 } }),
  });
  neighbour = await proxied.connect('bert');
});
afterAll(() => proxied.close());
beforeEach(() => neighbour.query('SELECT 1'));

/** How long a statement of somebody else takes meanwhile, in milliseconds, at most. */
async function disturbance(during: Promise<unknown>): Promise<number> {
  let [over, most] = [false, 0];
  void during.finally(() => (over = true));
  while (!over) {
    const start = performance.now();
    await neighbour.query('SELECT 1');
    most = Math.max(most, performance.now() - start);
    await setTimeout(10);
  }
  return most;
}

async function open(): Promise<Socket> {
  const socket = connect({ host: proxied.host, port: proxied.port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume();
  return socket;
}

/** A connection of mysql2 that has logged in, whose socket is there for bytes of all kinds. */
async function loggedIn(): Promise<CoreConnection & { readonly stream: Socket }> {
  const connection = createCoreConnection(await proxied.login('anna'));
  connection.on('error', () => undefined);
  await once(connection, 'connect');
  return connection as unknown as CoreConnection & { readonly stream: Socket };
}

it(`survives ${CONNECTS * WAVES} connections that never log in`, async () => {
  for (let wave = 0; wave < WAVES; wave += 1) {
    const sockets = await Promise.all(Array.from({ length: CONNECTS }, open));
    const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
    expect(await disturbance(closed)).toBeLessThan(2_000);
  }
  await (await proxied.connect('anna')).query('SELECT 1');
}, 60_000);

it('ends a login that comes byte by byte when its time is over', async () => {
  const socket = await open();
  let over = false;
  // What it still sends may be answered with a reset.
  socket.on('error', () => undefined).on('close', () => (over = true));
  const head = Buffer.from([0xff, 0x01, 0x00, 0x01]);
  const start = performance.now();
  for (let sent = 0; !over; sent += 1) {
    socket.write(Buffer.from([head[sent] ?? 0]));
    await setTimeout(50);
  }
  expect(performance.now() - start).toBeLessThan(6_000);
});

it('takes no packet above the limit, however long it says it is, and tells why', async () => {
  const before = process.memoryUsage.rss();
  const { stream } = await loggedIn();
  const answer: Buffer[] = [];
  stream.removeAllListeners('data');
  stream.on('data', (bytes: Buffer) => answer.push(bytes));
  const closed = once(stream, 'close');
  const head = Buffer.from([0xff, 0xff, 0xff, 0, Command.QUERY]);
  stream.write(head);
  const piece = Buffer.alloc(1 << 20, 0x61);
  for (let sent = 0; sent < 1_024 && !stream.destroyed; sent += 1) {
    if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), closed]).catch(() => undefined);
  }
  await closed;
  expect(Buffer.concat(answer).toString('latin1')).toContain('raise maxPacketBytes');
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1_048_576);
});

it('refuses COM_CHANGE_USER again and again, without an end', async () => {
  const { stream } = await loggedIn();
  stream.removeAllListeners('data');
  let answers = 0;
  stream.on('data', (bytes: Buffer) => {
    answers += bytes.toString('latin1').split('COM_CHANGE_USER').length - 1;
  });
  const payload = Buffer.from('\x11root\0\0mysql\0-\0mysql_native_password\0', 'latin1');
  const packet = Buffer.concat([Buffer.from([payload.length, 0, 0, 0]), payload]);
  const flood = (async (): Promise<void> => {
    for (let sent = 0; sent < 2_000; sent += 1) if (!stream.write(packet)) await once(stream, 'drain');
    for (const end = Date.now() + 20_000; answers < 2_000 && Date.now() < end;) await setTimeout(20);
  })();
  expect(await disturbance(flood)).toBeLessThan(2_000);
  expect(answers).toBe(2_000);
  stream.destroy();
}, 60_000);

it('ends a session that says what no client says', async () => {
  const { stream } = await loggedIn();
  const closed = once(stream, 'close');
  // A statement that is to be executed, and is not even named.
  stream.write(Buffer.from([2, 0, 0, 0, Command.STMT_SEND_LONG_DATA, 1]));
  stream.write(Buffer.from([5, 0, 0, 0, Command.STMT_EXECUTE, 9, 9, 9, 9]));
  await Promise.race([closed, setTimeout(1_000)]);
  stream.destroy();
  await neighbour.query('SELECT 1');
});

it('reads no further from who floods it with what is refused, and reads no answer', async () => {
  const { stream } = await loggedIn();
  stream.removeAllListeners('data');
  stream.pause();
  const before = process.memoryUsage.rss();
  const commands = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.from([1, 0, 0, 0, 0x1d])));
  const flood = (async (): Promise<void> => {
    for (let sent = 0; sent < 100; sent += 1) {
      if (!stream.write(commands)) await setTimeout(20);
    }
  })();
  expect(await disturbance(flood)).toBeLessThan(2_000);
  expect(process.memoryUsage.rss() - before).toBeLessThan(128 * 1_048_576);
  stream.destroy();
}, 60_000);
