import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, inject, it } from 'vitest';

import { type Governed, startGoverned } from '../governed/index.js';

const database = inject('database');
const SENT_BEFORE_IT_IS_LOST = 3;
let governed: Governed | undefined;
let relay: Server | undefined;

afterEach(async () => {
  await governed?.close();
  relay?.close();
});

/** Leads connections to the database, and loses some of them when the client has sent a few times. */
async function startRelay(isLost: (no: number) => boolean): Promise<{ port: number; opened: () => number }> {
  let opened = 0;
  relay = createServer((client: Socket) => {
    const no = ++opened;
    const server = connect(database.port, database.host);
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    let sent = 0;
    client.on('data', (bytes) => {
      server.write(bytes);
      sent += 1;
      if (isLost(no) && sent > SENT_BEFORE_IT_IS_LOST) end();
    });
    server.pipe(client);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return { port: (relay.address() as AddressInfo).port, opened: () => opened };
}

it('the schemas are read once more where the connection was lost that read them', async () => {
  governed = await startGoverned(database, { statements: ['CREATE TABLE orders (id INT PRIMARY KEY)'] });
  const { port, opened } = await startRelay((no) => no === 2);
  const pool = governed.pool({ host: '127.0.0.1', port, connectionLimit: 1 }).promise();
  await expect(pool.query('SELECT id FROM orders')).resolves.toBeDefined();
  expect(opened()).toBe(3);
});

it('a statement is refused, and recorded, where they cannot be read at all', async () => {
  governed = await startGoverned(database, { statements: ['CREATE TABLE orders (id INT PRIMARY KEY)'] });
  const { port, opened } = await startRelay((no) => no > 1);
  const pool = governed.pool({ host: '127.0.0.1', port, connectionLimit: 1 }).promise();
  await expect(pool.query('SELECT id FROM orders')).rejects.toMatchObject({ errno: 1105 });
  expect(opened()).toBe(3);
  const record = await governed.recordOf(({ statement }) => statement.operation === 'SELECT');
  expect(record.outcome.status).toBe('denied');
});
