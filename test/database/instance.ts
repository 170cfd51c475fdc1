/** One throw-away server from a binary of this machine. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { FailureError } from '../../src/errors.js';
import { createCertificate, type ServerCertificate } from './certificate.js';
import type { ServerBinary } from './find-server.js';
import { waitUntilReady } from './readiness.js';
import { lastLines } from './run.js';
import { tuningArguments } from './server-arguments.js';
import { supervise } from './supervisor.js';
import { createDataDirectory } from './template.js';
import type { TestDatabase } from './types.js';

const HOST = '127.0.0.1';
const READY_WITHIN_MS = 60_000;
const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /address already in use|do you already have another/i;
// sockaddr_un.sun_path has room for 104 bytes on some systems.
const MAX_SOCKET_PATH_BYTES = 100;

/** A port of the loopback interface that was free a moment ago. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Makes the folder of one instance, with room in its path for the socket's. */
export function createInstanceFolder(): Promise<string> {
  const prefix = 'countersign-db-';
  const socketBytes = Buffer.byteLength(join(tmpdir(), `${prefix}XXXXXX`, 'socket'));
  return mkdtemp(join(socketBytes < MAX_SOCKET_PATH_BYTES ? tmpdir() : '/tmp', prefix));
}

/** A password that needs no quoting, in SQL or in a URL. */
export function createPassword(): string {
  return randomBytes(18).toString('base64url');
}

/** Runs before the server listens, so no account without a password can ever be reached. */
function initSql(password: string): string {
  return [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    `DROP USER IF EXISTS 'root'@'::1';`,
    `DROP USER IF EXISTS 'root'@'${HOST}';`,
    `CREATE USER 'root'@'${HOST}' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO 'root'@'${HOST}' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}

function serverArguments(
  server: ServerBinary,
  directory: string,
  port: number,
  certificate: ServerCertificate,
): string[] {
  return [
    '--no-defaults',
    `--user=${userInfo().username}`,
    `--datadir=${join(directory, 'data')}`,
    `--tmpdir=${directory}`,
    `--socket=${join(directory, 'socket')}`,
    `--pid-file=${join(directory, 'server.pid')}`,
    `--init-file=${join(directory, 'init.sql')}`,
    `--port=${String(port)}`,
    `--ssl-cert=${certificate.certificatePath}`,
    `--ssl-key=${certificate.keyPath}`,
    ...tuningArguments(server.flavour),
  ];
}

interface Attempt {
  readonly server: ServerBinary;
  readonly serverOptions: readonly string[];
  readonly onProgress: (line: string) => void;
}

/** @returns The database, or the log of a server that did not come up. */
async function attempt({
  server,
  serverOptions,
  onProgress,
}: Attempt): Promise<TestDatabase | { readonly log: string }> {
  const directory = await createInstanceFolder();
  let stop = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    await createDataDirectory(server, join(directory, 'data'), onProgress);
    const certificate = await createCertificate(directory);
    const login = {
      host: HOST,
      port: await findFreePort(),
      user: 'root',
      password: createPassword(),
      ca: certificate.pem,
    };
    await writeFile(join(directory, 'init.sql'), initSql(login.password), { mode: 0o600 });
    const args = [...serverArguments(server, directory, login.port, certificate), ...serverOptions];
    const supervised = supervise({ command: server.path, args, directory });
    stop = supervised.stop;
    const ready = await waitUntilReady(login, READY_WITHIN_MS, supervised.hasEnded);
    if ('version' in ready) {
      return {
        ...login,
        flavour: server.flavour,
        version: ready.version,
        socketPath: join(directory, 'socket'),
        owned: true,
        stop,
      };
    }
    const log = await readFile(join(directory, 'server.log'), 'utf8');
    await stop();
    return { log: `${log}\nlast answer: ${String(ready.error)}` };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Starts a server on a free port of the loopback interface.
 * @throws FailureError `CONNECTION_UNSUPPORTED` with the last lines of the server's log, if it does not start.
 */
export async function startInstance(options: Attempt): Promise<TestDatabase> {
  for (let left = PORT_ATTEMPTS; ; left--) {
    const result = await attempt(options);
    if (!('log' in result)) return result;
    if (left > 1 && PORT_TAKEN.test(result.log)) continue;
    throw new FailureError(
      'CONNECTION_UNSUPPORTED',
      `${options.server.path} did not start. Its log ends:\n${lastLines(result.log, 20)}`,
    );
  }
}
