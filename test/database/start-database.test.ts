import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createConnection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { findServer } from './find-server.js';
import { startDatabase, type TestDatabase } from './index.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function queryOne(options: ConnectionOptions, sql: string): Promise<RowDataPacket | undefined> {
  const connection = await createConnection(options);
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows[0];
  } finally {
    await connection.end();
  }
}

function folderOf(database: TestDatabase): string {
  return dirname(database.socketPath ?? '');
}

// A run on a server that was given may be on a machine that has none to start.
describe.skipIf(!inject('database').owned)('a database that is started', () => {
  let database: TestDatabase;
  const login = (): ConnectionOptions => {
    const { port, user, password, ca = '' } = database;
    return { host: '127.0.0.1', port, user, password, ssl: { ca, verifyIdentity: true } };
  };

  beforeAll(async () => {
    database = await startDatabase({ serverOptions: ['--max-connections=77'] });
  });
  afterAll(() => database.stop());

  it('lets clients verify its certificate for 127.0.0.1 and localhost', async () => {
    const row = await queryOne(login(), `SHOW STATUS LIKE 'Ssl_version'`);
    expect(row?.['Value']).toMatch(/^TLSv1\.[23]$/);
    // A bare container may not resolve the name.
    expect(new X509Certificate(database.ca ?? '').checkHost('localhost')).toBe('localhost');
  });

  it('allows LOCAL INFILE and packets of 256 MB, and takes further options of the server', async () => {
    const sql =
      'SELECT @@local_infile AS localInfile, @@max_allowed_packet AS packet, @@max_connections AS connections';
    expect(await queryOne(login(), sql)).toEqual({ localInfile: 1, packet: 256 * 1024 * 1024, connections: 77 });
  });

  it('says its family and version as the server does', async () => {
    const row = await queryOne(login(), 'SELECT VERSION() AS version');
    expect(database.version).toBe(row?.['version']);
    expect(database.flavour).toBe(/mariadb/i.test(database.version) ? 'mariadb' : 'mysql');
  });

  it('lets nobody in without a password, over TCP or over its socket', async () => {
    const denied = { errno: 1045 };
    await expect(queryOne({ ...login(), password: '' }, 'SELECT 1')).rejects.toMatchObject(denied);
    const socket = { socketPath: database.socketPath ?? '', user: 'root', password: '' };
    await expect(queryOne(socket, 'SELECT 1')).rejects.toMatchObject(denied);
  });

  it('is gone with its folder once stopped, and can be stopped twice', async () => {
    const other = await startDatabase();
    expect(existsSync(folderOf(other))).toBe(true);
    await other.stop();
    await other.stop();
    expect(existsSync(folderOf(other))).toBe(false);
    await expect(queryOne({ ...login(), port: other.port }, 'SELECT 1')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('starts several at once, each with its own port, password and data', async () => {
    const databases = await Promise.all([startDatabase(), startDatabase(), startDatabase()]);
    try {
      expect(new Set(databases.map(({ port }) => port)).size).toBe(3);
      expect(new Set(databases.map(({ password }) => password)).size).toBe(3);
      expect(new Set(databases.map(folderOf)).size).toBe(3);
    } finally {
      await Promise.all(databases.map(({ stop }) => stop()));
    }
  });

  it('shows the end of the log of a server that does not start', async () => {
    const starting = startDatabase({ serverOptions: ['--no-such-option=1'] });
    await expect(starting).rejects.toMatchObject({
      code: 'CONNECTION_UNSUPPORTED',
      message: expect.stringMatching(/did not start.*no-such-option/s) as string,
    });
  });
});

describe('a database that cannot be had', () => {
  it('refuses a COUNTERSIGN_TEST_SERVER that is no server', async () => {
    vi.stubEnv('COUNTERSIGN_TEST_URL', '');
    vi.stubEnv('COUNTERSIGN_TEST_SERVER', '/bin/false');
    await expect(startDatabase()).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining('COUNTERSIGN_TEST_SERVER=/bin/false') as string,
    });
  });

  it('says what to install where neither a server nor Docker is found', async (context) => {
    vi.stubEnv('COUNTERSIGN_TEST_URL', '');
    vi.stubEnv('COUNTERSIGN_TEST_SERVER', '');
    // Without PATH there is no Docker, but MySQL may be in a usual folder.
    vi.stubEnv('PATH', '');
    context.skip((await findServer('mysql')) !== undefined);
    await expect(startDatabase({ flavour: 'mysql' })).rejects.toMatchObject({
      code: 'CONNECTION_UNSUPPORTED',
      message: expect.stringMatching(
        /no mysqld of MySQL in PATH.*no working Docker.*fetch-mysql\.sh.*COUNTERSIGN_TEST_URL=/s,
      ) as string,
    });
  });
});
