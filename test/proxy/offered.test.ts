import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createConnection as createOther } from 'mariadb';
import { createConnection as createCoreConnection } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { Capability, HEADER_LENGTH, MariadbCapability } from '../../src/wire/constants.js';
import { type Greeting, readGreeting } from '../../src/wire/login/greeting.js';
import { type Proxied, startProxied } from './index.js';

const database = inject('database');
const isMariadb = database.flavour === 'mariadb';
/** CLIENT_ZSTD_COMPRESSION_ALGORITHM, of MySQL. */
const ZSTD = 0x400_0000;
const BULK_EXECUTE = 0xfa;

let proxied: Proxied;
beforeAll(async () => {
  proxied = await startProxied(database, { statements: ['CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(40))'] });
});
afterAll(() => proxied.close());

async function greetingOf(host: string, port: number): Promise<Greeting> {
  const socket = connect({ host, port });
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return readGreeting(bytes.subarray(HEADER_LENGTH));
}

/** Sends bytes on a connection that has logged in. @returns what comes back first */
async function answerTo(bytes: Buffer): Promise<Buffer> {
  const connection = createCoreConnection(await proxied.login('anna'));
  connection.on('error', () => undefined);
  await once(connection, 'connect');
  const { stream } = connection as unknown as { readonly stream: Socket };
  stream.removeAllListeners('data');
  stream.write(bytes);
  const [answer] = (await once(stream, 'data')) as [Buffer];
  stream.destroy();
  return answer;
}

async function deniedCommands(): Promise<string[]> {
  const denied = (await proxied.records()).filter(({ outcome }) => outcome.status === 'denied');
  return denied.map(({ statement, verdict }) => `${statement.command} ${verdict.rule ?? ''}`);
}

it('offers neither compression nor bulk execution, which the database has', async () => {
  const { host, port } = proxied;
  const [behind, offered] = [await greetingOf(database.host, Number(database.port)), await greetingOf(host, port)];
  expect(offered.version).toBe(behind.version);
  expect(offered.capabilities & (Capability.COMPRESS | ZSTD)).toBe(0);
  expect(offered.mariadbCapabilities & MariadbCapability.STMT_BULK_OPERATIONS).toBe(0);
  expect(behind.capabilities & (Capability.COMPRESS | ZSTD)).not.toBe(0);
  if (isMariadb) expect(behind.mariadbCapabilities & MariadbCapability.STMT_BULK_OPERATIONS).not.toBe(0);
});

it('refuses bulk execution of who sends it all the same, and records it', async () => {
  const payload = Buffer.from([BULK_EXECUTE, 0xff, 0xff, 0xff, 0xff, 0x80, 0, 3, 0, 0, 1, 0, 0, 0]);
  const answer = await answerTo(Buffer.concat([Buffer.from([payload.length, 0, 0, 0]), payload]));
  expect(answer.readUInt16LE(HEADER_LENGTH + 1)).toBe(1227);
  expect(answer.toString('latin1')).toContain('COM_STMT_BULK_EXECUTE is not among the commands that are let through');
  expect((await deniedCommands()).at(-1)).toBe('COM_STMT_BULK_EXECUTE allowed-commands');
});

it('runs nothing of who sends compressed packets all the same', async () => {
  const inner = Buffer.concat([Buffer.from([0x17, 0, 0, 0, 0x03]), Buffer.from('INSERT INTO notes (id) ')]);
  const answer = await answerTo(Buffer.concat([Buffer.from([inner.length, 0, 0, 0, 0, 0, 0]), inner]));
  expect(answer.readUInt16LE(HEADER_LENGTH + 1)).toBe(1227);
  expect((await deniedCommands()).at(-1)).toBe('COM_SLEEP allowed-commands');
});

it('serves drivers that would compress, and run in bulk, without either, statement by statement', async () => {
  const { host, port, ca } = proxied;
  const compressing = await proxied.connect('anna', { compress: true });
  await compressing.query("INSERT INTO notes VALUES (1, 'by a driver that compresses')");
  const password = await proxied.token('anna');
  const login = { host, port, user: 'anna', password, database: proxied.schema.name, ssl: { ca } };
  const bulk = await createOther({ ...login, bulk: true, compress: true });
  await bulk.batch('INSERT INTO notes VALUES (?, ?)', [
    [2, 'two'],
    [3, 'three'],
  ]);
  await bulk.end();
  const [rows] = await compressing.query<RowDataPacket[]>('SELECT id FROM notes ORDER BY id');
  expect(rows.map(({ id }) => id as unknown)).toEqual([1, 2, 3]);
  const inserts = (await proxied.records()).filter(({ statement }) =>
    statement.text.startsWith('INSERT INTO notes VALUES'),
  );
  const written = inserts.flatMap(({ outcome }) => (outcome.status === 'ok' ? [Number(outcome.affected ?? 0)] : []));
  expect(written.reduce((sum, affected) => sum + affected, 0)).toBe(3);
});
