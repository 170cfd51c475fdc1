/** The server that is attacked: a throw-away one, or one that is given. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import { FailureError } from '../src/errors.js';
import { startDatabase, type TestDatabase } from '../test/database/index.js';
import { connectionOptions } from '../test/database/readiness.js';
import { useGivenDatabase } from '../test/database/given.js';

/** A server to attack. */
export interface AttackServer {
  /** Changes where the server had to be started again. */
  readonly database: TestDatabase;
  /** The server's secure_file_priv, if this process can use it. */
  readonly outDirectory: string | undefined;
  /** Whether it answers. */
  answers(): Promise<boolean>;
  /** Starts another one, where the server is ours. */
  restart(): Promise<void>;
  /** Removes what attacks have left in `outDirectory`. */
  clearFiles(): Promise<void>;
  stop(): Promise<void>;
}

/** Options of mysql2 for the administrative account, which is the attack's account too. */
export function loginOptions(database: TestDatabase): ConnectionOptions {
  return connectionOptions(database);
}

/**
 * Takes a server.
 * @param settings as a file of attacks names them
 * @param url `mysql://user:password@host:port` of a server that runs; without it, a throw-away one is started
 */
export async function takeServer(settings: readonly string[], url?: string): Promise<AttackServer> {
  return url === undefined ? startServer(settings) : givenServer(await useGivenDatabase(url));
}

async function startServer(settings: readonly string[]): Promise<AttackServer> {
  const outDirectory = await mkdtemp(join(tmpdir(), 'countersign-attacks-'));
  const start = (): Promise<TestDatabase> => startDatabase({ serverOptions: serverOptions(settings, outDirectory) });
  let database = await start();
  if (!database.owned) {
    await rm(outDirectory, { recursive: true, force: true });
    return givenServer(database);
  }
  return {
    get database() {
      return database;
    },
    outDirectory,
    answers: () => answers(database),
    async restart(): Promise<void> {
      await database.stop();
      database = await start();
    },
    clearFiles: () => clear(outDirectory),
    async stop(): Promise<void> {
      await database.stop();
      await rm(outDirectory, { recursive: true, force: true });
    },
  };
}

async function givenServer(database: TestDatabase): Promise<AttackServer> {
  const outDirectory = await readFilePriv(database);
  return {
    database,
    outDirectory,
    answers: () => answers(database),
    restart: () => Promise.reject(new FailureError('CONNECTION_UNSUPPORTED', 'the given server has stopped')),
    clearFiles: () => Promise.resolve(),
    stop: () => database.stop(),
  };
}

/** Only where the folder is there for us too, and is not just anything: attacks write into it. */
async function readFilePriv(database: TestDatabase): Promise<string | undefined> {
  const connection = await createConnection(loginOptions(database));
  try {
    const [rows] = await connection.query<(RowDataPacket & { path: string | null })[]>(
      'SELECT @@secure_file_priv AS path',
    );
    const path = rows[0]?.path?.replace(/\/$/, '') ?? '';
    await readdir(path);
    return path;
  } catch {
    return undefined;
  } finally {
    await connection.end();
  }
}

function serverOptions(settings: readonly string[], outDirectory: string): string[] {
  // What a file does not name is as the server has it by default, also where our tests want it otherwise.
  const options = settings.flatMap((setting) => {
    const [, name = '', value = ''] = /^(\w+)=(\S+)/.exec(setting) ?? [];
    const option = `--${name.replaceAll('_', '-')}`;
    if (name === '') return [];
    if (name === 'secure_file_priv') return [`${option}=${outDirectory}`];
    // The value of log_bin is the name of its files.
    return name === 'log_bin' ? [option, '--server-id=1'] : [`${option}=${value}`];
  });
  return ['--max-connections=151', ...options];
}

async function answers(database: TestDatabase): Promise<boolean> {
  try {
    const connection = await createConnection({ ...loginOptions(database), connectTimeout: 2_000 });
    await connection.end();
    return true;
  } catch {
    return false;
  }
}

async function clear(directory: string): Promise<void> {
  for (const entry of await readdir(directory)) await rm(join(directory, entry), { recursive: true, force: true });
}
