import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventually } from '../../audit/trail-fixtures.js';
import { startDatabase, type TestDatabase } from '../../database/index.js';
import { connectionOptions } from '../../database/readiness.js';
import type { Proxied } from '../index.js';
import { idle, isThere, leave, startReusing, threadOf } from './reusing.js';

const isMariadb = inject('database').flavour === 'mariadb';
/** Of its own: what is set here is global, and would hold for other tests. */
let database: TestDatabase;
let proxied: Proxied;
let admin: Connection;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  admin = await createConnection(connectionOptions(database));
});
afterEach(async () => {
  await proxied.close();
  await admin.end();
});

describe('a connection is used by nobody else', () => {
  beforeEach(async () => {
    proxied = await startReusing(database);
  });

  /** Whether the server has let go of the connection of a session that has ended. */
  async function gone(connection: Connection, end: () => unknown = () => connection.end()): Promise<void> {
    const thread = await threadOf(connection);
    await end();
    await eventually(async () => !(await isThere(admin, thread)), 'the end of a connection');
    expect(await idle(proxied)).toBe(0);
  }

  it('whose session took another role', async () => {
    const { name } = proxied.schema;
    await admin.query(`CREATE ROLE IF NOT EXISTS role_${name}`);
    await admin.query(`GRANT role_${name} TO CURRENT_USER()`).catch(() => undefined);
    const connection = await proxied.connect('anna');
    await connection.query(`SET ROLE role_${name}`);
    await gone(connection);
    await admin.query(`DROP ROLE role_${name}`);
  });

  const doubtful: readonly (readonly [what: string, ...texts: string[]])[] = [
    ['a text that is made while it runs', "PREPARE p FROM 'SELECT 1'"],
    ['an open handler', 'HANDLER notes OPEN'],
    ['a distributed transaction', "XA START 'x'", "XA END 'x'"],
    ['a variable that is not known to be harmless', 'SET timestamp = 1000'],
    ['profiles', 'SET profiling = 1', "SELECT 'a secret'"],
    ['a lock on everything', 'FLUSH TABLES WITH READ LOCK'],
    ['a routine that makes its text', 'CALL makes_text()'],
    ...(isMariadb
      ? [['a sequence', 'SELECT NEXT VALUE FOR numbers'] as const]
      : [['a lock on the instance', 'LOCK INSTANCE FOR BACKUP'] as const]),
  ];
  it.each(doubtful)('whose session has left %s', async (_what, ...texts) => {
    const { name } = proxied.schema;
    if (isMariadb) await admin.query(`CREATE SEQUENCE ${name}.numbers`);
    await admin.query(`CREATE PROCEDURE ${name}.makes_text() BEGIN PREPARE p FROM 'SELECT 1'; EXECUTE p; END`);
    const connection = await proxied.connect('anna');
    for (const text of texts) await connection.query(text);
    await gone(connection);
    await admin.query(`INSERT INTO ${name}.notes (text) VALUES ('nothing is locked')`);
  });

  it('whose session ended while something ran', async () => {
    const connection = await proxied.connect('anna');
    await gone(connection, async () => {
      connection.query('SELECT SLEEP(20)').catch(() => undefined);
      await setTimeout(200);
      connection.destroy();
    });
  });

  it('whose session began in no schema, and went to one', async () => {
    const login = await proxied.login('anna');
    delete login.database;
    const connection = await createConnection(login);
    await connection.query(`USE ${proxied.schema.name}`);
    await gone(connection);
  });

  it('that was opened for another schema, with other capabilities, or for another account', async () => {
    const first = await proxied.connect('anna');
    const thread = await threadOf(first);
    await leave(proxied, first);
    const others = [
      await proxied.connect('anna', { database: 'information_schema' }),
      await proxied.connect('anna', { flags: ['-FOUND_ROWS'] }),
    ];
    for (const other of others) expect(await threadOf(other)).not.toBe(thread);
    expect(await threadOf(await proxied.connect('anna'))).toBe(thread);
  });

  it('that the server has ended meanwhile', async () => {
    const first = await proxied.connect('anna');
    const thread = await threadOf(first);
    await leave(proxied, first);
    await admin.query(`KILL ${String(thread)}`);
    await eventually(async () => (await idle(proxied)) === 0);
    expect(await threadOf(await proxied.connect('anna'))).not.toBe(thread);
  });

  it('where a global variable has changed', async () => {
    const first = await proxied.connect('anna');
    const [[{ mode }]] = (await admin.query<RowDataPacket[]>('SELECT @@global.sql_mode AS mode')) as unknown as [
      [{ mode: string }],
    ];
    await admin.query("SET GLOBAL sql_mode = 'ANSI_QUOTES'");
    try {
      await gone(first);
    } finally {
      await admin.query('SET GLOBAL sql_mode = ?', [mode]);
    }
  });

  it('where the server does at a login what a reset does not do', async () => {
    await admin.query("SET GLOBAL init_connect = 'SET @by_init_connect = 1'");
    try {
      await gone(await proxied.connect('anna'));
    } finally {
      await admin.query("SET GLOBAL init_connect = ''");
    }
  });
});

describe('a server that does not answer', () => {
  /** Between proxy and database: passes nothing on to the proxy while it is `stalled`. */
  const network = { stalled: false };
  let forwarder: Server;
  beforeEach(async () => {
    network.stalled = false;
    forwarder = createServer((near) => {
      const far = connect(Number(database.port), database.host);
      near.on('error', () => undefined).on('close', () => far.destroy());
      far.on('error', () => undefined).on('close', () => near.destroy());
      near.on('data', (bytes) => far.write(bytes));
      far.on('data', (bytes) => network.stalled || near.write(bytes));
    }).listen(0, '127.0.0.1');
    await once(forwarder, 'listening');
    proxied = await startReusing(database, {}, { hosts: [`127.0.0.1:${(forwarder.address() as AddressInfo).port}`] });
  });
  afterEach(() => forwarder.close());

  it('to a reset gets no session any more', async () => {
    const first = await proxied.connect('anna');
    const thread = await threadOf(first);
    network.stalled = true;
    await first.end();
    await eventually(async () => !(await isThere(admin, thread)), 'the end of a connection');
    expect(await idle(proxied)).toBe(0);
    network.stalled = false;
    await (await proxied.connect('anna')).query('SELECT 1');
  });

  it('to a look at it costs the next session a second, and no more', async () => {
    const [first, second] = [await proxied.connect('anna'), await proxied.connect('anna')];
    const threads = [await threadOf(first), await threadOf(second)];
    await leave(proxied, first);
    await leave(proxied, second);
    network.stalled = true;
    const start = performance.now();
    const connecting = proxied.connect('anna');
    await setTimeout(500);
    // Those connections stay as they are: what goes by now is of others.
    network.stalled = false;
    const third = await connecting;
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(threads).not.toContain(await threadOf(third));
    expect(await idle(proxied)).toBe(0);
  });
});
